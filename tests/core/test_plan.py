"""What a run is expected to come to and what a precision costs: whoever wrote the experiment and the analyzer."""

from __future__ import annotations

import json
import math
from types import ModuleType
from typing import ClassVar

import attrs
import numpy as np
import pytest
from attrs import evolve, frozen

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Analyzer,
    Axis,
    Backend,
    ConfigError,
    DeviceError,
    DeviceInfo,
    DeviceSummary,
    Experiment,
    FitModel,
    PluginFault,
    Quantity,
    QubitInfo,
    Reason,
    Sweep,
    Verdict,
    forecast,
    gt,
    hookimpl,
    parameter,
    price,
)

RUN = """\
shots = 400
backend = "queue"

[[experiments]]
use = "wait"
physical_qubits = [0, 3]
window = "1 us"
"""
DOUBLE = ("--set", "experiments.0.window=2000.0")
QUEUE = DeviceSummary(name="far", kind="QPU", status="available", queue=12)
DEVICE = DeviceInfo(summary=QUEUE, qubits=(*(QubitInfo(index=i) for i in range(3)), QubitInfo(index=3, t1=4000.0)))


def level(position, time, floor):
    return floor + 0 * position


def guess(position, signal):
    return {"time": 1000.0, "floor": 0.5}


@frozen(kw_only=True)
class Wait(Experiment):
    """A lifetime of 1 us; nothing is built of it."""

    name: ClassVar[str] = "wait"
    analyzer: ClassVar[str] = "oracle"
    window: float = parameter(1000.0, gt(0), unit="ns", help="longest wait")
    strange: str = parameter("", help="what goes wrong")

    def sweep(self):
        return Sweep(Axis("position", np.linspace(0, self.window, 4), unit="ns"))

    def circuit(self, position):
        raise NotImplementedError

    def fit_model(self):
        if self.strange == "broken":
            message = "no such law"
            raise ZeroDivisionError(message)
        example = {} if self.strange == "no example" else {"time": 1000.0, "floor": 0.5}
        return FitModel(level, guess, quantities=("time",), units={"time": "ns"}, example=example)

    def expected(self, qubits):
        if self.strange == "a text":
            return {"time": "4 us"}
        (qubit,) = qubits
        return {} if qubit.t1 is None else {"time": qubit.t1}

    def alternatives(self):
        if self.strange == "other targets":
            return [Wait(window=500.0)]
        return [evolve(self, window=self.window * factor) for factor in (0.25, 0.5, 2, 4, 8)]


@frozen(kw_only=True)
class Oracle(Analyzer):
    """Knows T to 1/sqrt(shots) at a window of T, less at others, and doubts windows above 3 T and under 20 shots."""

    name: ClassVar[str] = "oracle"

    def analyze(self, experiment, dataset):
        raise NotImplementedError

    def forecast(self, experiment, truth, shots):
        if "time" not in truth:
            message = "the time must be known"
            raise AnalysisError(message)
        time = truth["time"]
        part = (1 + abs(math.log2(experiment.window / time))) / math.sqrt(shots)
        if experiment.strange == "negative":
            part = -part
        if experiment.strange == "never":
            part = math.nan
        good = experiment.window <= 3 * time and shots >= 20
        verdict = Verdict([Reason("seen", "well", "good" if good else "suspect")])
        if experiment.strange == "number":
            return 3
        return Analysis(experiment.targets[0], [Quantity("time", time, part * time, "ns")], verdict)


@frozen(kw_only=True)
class Queue(Backend):
    """A queue of one job per circuit; what it knows of its device, or why it says nothing."""

    name: ClassVar[str] = "queue"
    away: bool = parameter(False, help="whether the service does not answer")

    def submit(self, batch):
        raise NotImplementedError

    def device_info(self, name=None):
        if self.away:
            message = "the service does not answer"
            raise DeviceError(message)
        return DEVICE

    def jobs_for(self, circuits):
        return circuits


@pytest.fixture
def lifetimes(fakes):
    """The plugin of this file beside the toys."""
    from oqtopus_experiments.plugins._registry import registry

    module = ModuleType("lifetimes")
    module.experiments = hookimpl(specname="register_experiments")(lambda: [Wait])
    module.analyzers = hookimpl(specname="register_analyzers")(lambda: [Oracle])
    module.backends = hookimpl(specname="register_backends")(lambda: [Queue])
    registry().register(module)
    return module


@pytest.fixture
def oqx(tmp_path, lifetimes, monkeypatch, oqx):
    """Run the command line in an empty folder; returns exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(RUN)

    return oqx


def errors(forecasts):
    return [one.analysis.quantities[0].stderr for one in forecasts]


def test_what_is_given_wins_over_the_calibration_and_that_over_the_example(lifetimes):
    pair = Wait(physical_qubits=[0, 3])

    by_example, calibrated = forecast(pair, 100, device=DEVICE)
    (given, _) = forecast(pair, 100, device=DEVICE, truth={"time": 2000.0})

    assert by_example.truth.values == {"time": 1000.0, "floor": 0.5}
    assert by_example.truth.sources == {"time": "example", "floor": "example"}
    assert calibrated.truth.values == {"time": 4000.0, "floor": 0.5}
    assert calibrated.truth.sources == {"time": "calibration", "floor": "example"}
    assert given.truth.sources == {"time": "given", "floor": "example"}
    assert [one.target for one in (by_example, calibrated, given)] == [(0,), (3,), (0,)]
    assert [*errors([by_example, calibrated, given])] == pytest.approx([100.0, 1200.0, 400.0])


def test_a_parameter_that_the_model_does_not_have_cannot_be_assumed(lifetimes):
    with pytest.raises(AnalysisError, match="'wait' has no parameter 'tim' to assume; did you mean 'time'"):
        forecast(Wait(), truth={"tim": 3.0})


def test_an_analyzer_that_makes_no_forecasts_says_so(fakes):
    with pytest.raises(AnalysisError, match="the analyzer 'mean' makes no forecasts"):
        forecast(fakes.Ramp())


def test_an_experiment_without_an_example_is_forecast_for_what_is_given(lifetimes):
    unknown = Wait(strange="no example")
    with pytest.raises(AnalysisError, match="the time must be known"):
        forecast(unknown)
    assert errors(forecast(unknown, 100, truth={"time": 1000.0, "floor": 0.1})) == pytest.approx([100.0])


@pytest.mark.parametrize(
    ("strange", "sentence"),
    [
        ("negative", r"Oracle.forecast is wrong for qubit 0: 'time' has a negative error"),
        ("number", r"Oracle.forecast must return a list of Analysis; it holds 3"),
        ("a text", r"Wait.expected must give finite numbers by name, not 'time': '4 us'"),
    ],
)
def test_an_unsound_forecast_is_the_fault_of_its_author(lifetimes, strange, sentence):
    with pytest.raises(PluginFault, match=sentence):
        forecast(Wait(strange=strange), device=DEVICE)


def test_the_fewest_shots_are_found_to_the_last(lifetimes):
    """At a window of T the error is T / sqrt(shots): 2 % take 2500, and so does 20 ns."""
    for precision in ("2 %", "2%", "20 ns", "0.02 us", 20, 20.0):
        assert price(Wait(), {"time": precision}).as_asked.shots == 2500
    offer = price(Wait(), {"time": "1.999 %"}).as_asked
    assert offer.shots == 2503
    assert offer.circuits == 4
    assert offer.total_shots == 10_012
    assert errors(offer.forecasts) == pytest.approx([19.99], rel=1e-4)


def test_shots_that_are_too_few_to_be_believed_are_not_offered(lifetimes):
    """Four shots make 50 %, but a fit to under twenty is doubted; where all shots are doubted, four it is."""
    assert price(Wait(), {"time": "50 %"}).as_asked.shots == 20
    assert price(Wait(window=4000.0), {"time": "150 %"}).as_asked.shots == 4


def test_every_target_is_known_so_well(lifetimes):
    """Qubit 3 lives four times as long: at a window of 1 us it needs nine times the shots."""
    offer = price(Wait(physical_qubits=[0, 3]), {"time": "2 %"}, device=DEVICE).as_asked
    assert offer.shots == 22_500
    assert max(errors(offer.forecasts)) == pytest.approx(80.0)


def test_better_points_are_those_of_the_fewest_shots_and_the_truth_stays_the_same(lifetimes):
    found = price(Wait(window=4000.0), {"time": "2 %"})
    assert found.better.changes == {"window": 1000.0}
    assert found.better.shots == 2500
    assert found.better.forecasts[0].truth.values["time"] == 1000.0
    assert found.as_asked.shots == 22_500


def test_points_with_something_against_them_are_not_offered(lifetimes):
    """Above three T a window is doubted here, and gives way to one that is not."""
    assert price(Wait(window=500.0), {"time": "2 %"}, truth={"time": 4000.0}).better.changes == {"window": 4000.0}
    doubted = price(Wait(window=4000.0), {"time": "5 %"}, truth={"time": 1200.0, "floor": 0.1})
    assert not doubted.as_asked.is_good
    assert doubted.better.is_good
    assert price(Wait(window=40_000.0), {"time": "5 %"}).better is None  # all others are above three T, too


def test_points_as_good_as_any_other_are_not_bettered(lifetimes):
    assert price(Wait(), {"time": "2 %"}).better is None


def test_a_precision_that_no_number_of_shots_reaches_is_an_error(lifetimes):
    with pytest.raises(AnalysisError, match=r"no number of shots reaches time to 0.01 %: 10,000,000 of each circuit"):
        price(Wait(), {"time": "0.01 %"})
    with pytest.raises(AnalysisError, match=r"these points do not determine time, whatever the shots"):
        price(Wait(strange="never"), {"time": "2 %"})


def test_what_only_better_points_reach_is_offered_and_the_others_are_said_to_fail(lifetimes):
    found = price(Wait(window=4000.0), {"time": "0.04 %"})
    assert found.as_asked is None
    assert "no number of shots reaches time to 0.04 %" in found.problem
    assert found.better.changes == {"window": 1000.0}


@pytest.mark.parametrize("precision", ["0 %", "-1 %", "1 Hz", "much", "nan", "0", "inf %", "%"])
def test_what_is_not_a_precision_is_refused(lifetimes, precision):
    with pytest.raises(ConfigError, match=r"time: a precision is a standard error above 0, as 2% of the value or"):
        price(Wait(), {"time": precision})


def test_a_quantity_that_is_not_reported_is_refused_with_the_nearest(lifetimes):
    with pytest.raises(ConfigError, match="'wait' reports no 'tme'; did you mean 'time'"):
        price(Wait(), {"tme": "2 %"})


def test_other_points_are_of_the_same_targets(lifetimes):
    with pytest.raises(PluginFault, match=r"Wait.alternatives must keep the targets: attrs.evolve"):
        price(Wait(strange="other targets", physical_qubit=2), {"time": "2 %"})


def test_a_plan_shows_the_worst_target_its_truth_and_the_queue(oqx):
    code, out, err = oqx("plan", "run.toml")
    assert code == 0
    assert "time = 4.0(6) µs (qubit 3, the worst)" in out
    assert "wait: expected for qubit 3, time = 4 us (as calibrated), floor = 0.5 (as an example)" in out
    assert "device: far (QPU, available), 12 jobs waiting\n" in out
    assert "time: not known before a first run on queue\n" in out
    assert "1,600" in out
    assert err == ""


def test_what_is_assumed_of_a_run_is_said(oqx):
    _, out, _ = oqx("plan", "run.toml", "--assume", "time=2 us")
    assert "time = 2.00(20) µs" in out
    assert "wait: expected for time = 2 us (as you say), floor = 0.5 (as an example)" in out


def test_a_plan_is_made_without_a_device_that_does_not_answer(oqx):
    code, out, err = oqx("plan", "run.toml", "--set", "backends.queue.away=true")
    assert code == 0
    assert "time = 1.00(5) µs" in out
    assert "queue: its device was not asked for calibration and queue: the service does not answer" in err
    assert "waiting" not in out


def test_an_experiment_that_cannot_be_forecast_is_planned_all_the_same(oqx):
    changes = ("--set", "experiments.0.strange='no example'", "--set", "backends.queue.away=true")
    code, out, _ = oqx("plan", "run.toml", *changes)
    assert code == 0
    assert "wait: no forecast: the time must be known" in out
    assert "1,600" in out


def test_the_fault_of_one_experiment_costs_the_plan_of_no_other(oqx, tmp_path):
    (tmp_path / "run.toml").write_text(f'{RUN}\n[[experiments]]\nuse = "wait"\nname = "other"\nstrange = "broken"\n')
    code, out, _ = oqx("plan", "run.toml")
    assert code == 0
    assert "time = 4.0(6) µs" in out
    (line,) = [line for line in out.splitlines() if line.startswith("other: no forecast: ")]
    assert "Wait.fit_model failed: ZeroDivisionError: no such law" in line
    assert "3,200" in out


def test_a_price_shows_both_ways_with_their_jobs(oqx):
    code, out, _ = oqx("plan", "run.toml", "--precision", "time=2%", "--assume", "time=1us", *DOUBLE)
    rows = [" ".join(line.split()) for line in out.splitlines() if "time = " in line and ":" not in line]
    assert code == 0
    assert rows == [
        "wait as written 10,000 4 4 40,000 time = 1.000(20) µs",
        'wait window = "1 us" 2,500 4 4 10,000 time = 1.000(20) µs',
    ]


def test_a_price_for_programs_holds_both_ways_and_null_for_what_is_not_known(oqx):
    code, out, _ = oqx("plan", "run.toml", "--precision", "time=2%", "--assume", "time=1us", "--json", *DOUBLE)
    content = json.loads(out, parse_constant=pytest.fail)
    (one,) = content["experiments"]
    assert code == 0
    assert (content["device"], content["jobs_waiting"]) == ("far", 12)
    assert one["jobs"] == 4
    assert one["expected"][0]["quantities"] == [{"name": "time", "value": 1000.0, "stderr": 100.0, "unit": "ns"}]
    assert one["expected"][0]["assumed"]["time"] == {"value": 1000.0, "from": "given"}
    assert one["price"]["as_written"]["shots_each"] == 10_000
    assert one["price"]["better"]["changes"] == {"window": 1000.0}
    never = json.loads(oqx("plan", "run.toml", "--json", "--set", "experiments.0.strange='never'")[1],
                       parse_constant=pytest.fail)  # fmt: skip
    assert never["experiments"][0]["expected"][0]["quantities"][0]["stderr"] is None


@pytest.mark.parametrize(
    ("option", "code", "sentence"),
    [
        (("--precision", "tme=2%"), 2, "no experiment with a forecast reports 'tme'; did you mean 'time'"),
        (("--precision", "time"), 2, "'time' is not NAME=VALUE"),
        (("--precision", "time=2%", "--precision", "time=3%"), 2, "'time' is given twice"),
        (("--precision", "time=0.0001%"), 1, "no number of shots reaches time to 0.0001%"),
        (("--assume", "tim=2"), 2, "no experiment has a parameter 'tim' to assume; did you mean 'time'"),
        (("--assume", "time=2 Hz"), 2, "--assume time: '2 Hz' has the unit 'Hz'"),
    ],
)
def test_what_cannot_be_asked_of_a_plan_is_refused_in_a_sentence(oqx, option, code, sentence):
    found, out, err = oqx("plan", "run.toml", *option)
    assert found == code
    assert sentence in err
    assert "Traceback" not in out + err


def test_an_example_is_where_made_up_counts_come_from(lifetimes):
    """A rehearsal draws from the example where there is one, rather than from a guess at made-up points."""
    from oqtopus_experiments.execution._rehearsal import _expected

    lifted = attrs.evolve(Wait().fit_model(), example={"time": 1000.0, "floor": 0.125})

    class Lifted(Wait):
        def fit_model(self):
            return lifted

    one = Lifted()
    assert set(_expected(one, one.sweep()).values()) == {0.125}
