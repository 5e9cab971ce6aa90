"""Where the gate whose strength is swept is made of others, no number is given for it, now or later."""

from __future__ import annotations

import json
import math
import sys
from typing import ClassVar

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Axis,
    Backend,
    BackendError,
    Counts,
    Experiment,
    FinishedJob,
    FitModel,
    Outcome,
    PluginFault,
    Quantity,
    Reason,
    Sweep,
    Verdict,
    hookimpl,
    load_run,
    run,
)
from oqtopus_experiments.cli import main
from oqtopus_experiments.execution._driven import sentences, synthesized, without_undriven
from oqtopus_experiments.execution._pipeline import resume
from oqtopus_experiments.execution._reanalysis import reanalyze


def wave(position, strength, contrast):
    return contrast * np.cos(position / strength)


def guess(position, signal):
    return {"strength": float(position.max()), "contrast": float(signal.max())}


MODEL = FitModel(
    wave,
    guess,
    quantities=("strength", "scale", "double", "contrast"),
    derived={"scale": lambda strength: 1 / strength, "double": "2 * scale * pi"},
)


@frozen
class OneBit:
    """As much of a circuit as core looks at."""

    num_qubits: int = 1
    num_clbits: int = 1


@frozen(kw_only=True)
class Swept(Experiment):
    """Sweeps the strength of rx."""

    name: ClassVar[str] = "swept"
    analyzer: ClassVar[str] = "known"
    driven = ("rx",)
    driven_otherwise = 'set pulse = "sx"'

    def sweep(self):
        return Sweep(Axis("position", [0.0, 1.0, 2.0]))

    def circuit(self, position):
        return OneBit()

    def fit_model(self):
        return MODEL


@frozen(kw_only=True)
class Waiting(Swept):
    """Sweeps no strength."""

    name: ClassVar[str] = "waiting"
    driven = ()


@frozen(kw_only=True)
class Known(Analyzer):
    """Reports what the model of `Swept` has, whatever was measured."""

    name: ClassVar[str] = "known"

    def analyze(self, experiment, dataset):
        verdict = Verdict([Reason("fits", "it fits", "good")])
        numbers = [Quantity(name, 1.0, 0.1, "ns") for name in self.names()]
        covariance = np.eye(len(numbers)) / 100
        return [Analysis(target, numbers, verdict, covariance=covariance) for target in dataset.targets]

    def names(self):
        return MODEL.quantities


@frozen(kw_only=True)
class Unheard(Known):
    """Reports what no model knows."""

    name: ClassVar[str] = "unheard"

    def names(self):
        return ("mean", "contrast")


@frozen(kw_only=True)
class Driving(Backend):
    """A device that drives what it is asked to."""

    name: ClassVar[str] = "driving"
    drifts: ClassVar[bool] = False

    def submit(self, batch):
        bits = np.zeros((batch.shots, batch.circuits[0].num_clbits), dtype=bool)
        return FinishedJob("job-1", [Outcome(i, Counts.from_shots(bits)) for i in range(len(batch.circuits))])


@frozen(kw_only=True)
class OfOthers(Driving):
    """A device that makes rx of others on its even qubits."""

    name: ClassVar[str] = "of-others"

    def synthesized(self, gates, physical_qubits):
        return {gate: tuple(q for q in physical_qubits if q % 2 == 0) for gate in gates if gate == "rx"}


def drives_all(self, gates, physical_qubits):
    return {}


def answers_with_a_list(self, gates, physical_qubits):
    return list(gates)


@hookimpl
def register_experiments():
    return [Swept, Waiting]


@hookimpl
def register_backends():
    return [Driving, OfOthers]


@hookimpl
def register_analyzers():
    return [Known, Unheard]


FILE = """\
backend = "of-others"
shots = 50

[[experiments]]
use = "swept"
physical_qubit = 2
"""


@pytest.fixture
def plugin(fakes, monkeypatch, tmp_path):
    from oqtopus_experiments.plugins._registry import registry

    monkeypatch.chdir(tmp_path)
    registry().register(sys.modules[__name__], "driving")
    (tmp_path / "run.toml").write_text(FILE)


def is_doubted(analysis):
    return analysis.verdict.level == "suspect" and "not_driven" in analysis.verdict.codes


def test_a_run_from_python_gives_no_number_that_depends_on_the_drive_and_says_why(plugin):
    (analysis,) = Swept(physical_qubit=2).run(OfOthers(), shots=50).analyses()

    assert is_doubted(analysis)
    assert [q.name for q in analysis.quantities if q.is_known] == ["contrast"]
    assert all(math.isnan(analysis[name].stderr) for name in ("strength", "scale", "double"))
    assert analysis["strength"].unit == "ns"
    reason = analysis.verdict.reasons[-1]
    assert reason.message == (
        'the device makes rx of other gates, so no pulse was swept and no number is given; set pulse = "sx"'
    )
    assert np.argwhere(np.isfinite(analysis.covariance)).tolist() == [[3, 3]]


def test_only_the_targets_on_such_qubits_are_doubted():
    experiment = Swept(physical_qubits=[1, 2, 3])
    numbers = [Quantity(name, 1.0, 0.1) for name in MODEL.quantities]
    good = Verdict([Reason("fits", "it fits", "good")])

    found = without_undriven(
        [Analysis(target, numbers, good) for target in experiment.targets],
        experiment,
        synthesized(experiment, OfOthers()),
    )

    assert [is_doubted(analysis) for analysis in found] == [False, True, False]
    assert [analysis["strength"].is_known for analysis in found] == [True, False, True]


def test_an_experiment_that_sweeps_no_strength_is_not_asked_about(plugin):
    @frozen(kw_only=True)
    class Silent(OfOthers):
        def synthesized(self, gates, physical_qubits):
            raise AssertionError

    frame = Waiting(physical_qubit=2).run(Silent(), shots=50).analyze()

    assert frame.verdict[0] == "good"


def test_of_an_analyzer_with_other_quantities_than_the_model_no_number_is_kept(plugin):
    (analysis,) = Swept(physical_qubit=2).run(OfOthers(), shots=50).analyses("unheard")

    assert is_doubted(analysis)
    assert not any(quantity.is_known for quantity in analysis.quantities)


def test_the_run_folder_keeps_the_fact_for_every_later_look(plugin, tmp_path):
    done = run("run.toml")

    again = reanalyze(done.path).experiments[0].analyses[0]
    resumed = resume(done.path).experiments[0].analyses[0]
    loaded = load_run(done.path).results["swept"].analyses()[0]
    for analysis in (done.experiments[0].analyses[0], again, resumed, loaded):
        assert is_doubted(analysis)
        assert not analysis["strength"].is_known
    table = (done.path / "table.csv").read_text()
    assert "not_driven" in table
    assert "not_driven" in (done.path / "report.html").read_text()


def test_the_fact_is_that_of_the_submission_whatever_the_device_says_later(plugin, monkeypatch):
    done = run("run.toml")
    monkeypatch.setattr(OfOthers, "synthesized", drives_all)

    assert is_doubted(resume(done.path).experiments[0].analyses[0])


@pytest.mark.parametrize("damaged", ["sweep", "synthesized"])
def test_one_damaged_line_of_the_journal_does_not_lose_the_fact(plugin, damaged):
    done = run("run.toml")
    journal = done.path / "swept" / "journal.jsonl"
    lines = journal.read_text().splitlines()
    (number,) = [i for i, line in enumerate(lines) if line.startswith(f'{{"{damaged}"')]
    lines[number] = lines[number].replace("[", "(")
    journal.write_text("\n".join(lines) + "\n")

    assert is_doubted(reanalyze(done.path).experiments[0].analyses[0])


def test_a_journal_of_before_it_was_noted_is_completed_when_it_is_resumed(plugin, caplog):
    done = run("run.toml")
    journal = done.path / "swept" / "journal.jsonl"
    kept = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in kept:
        del line["crc"]
    old = [
        {key: value for key, value in line.items() if key != "synthesized"}
        for line in kept
        if set(line) != {"synthesized"}
    ]
    journal.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in old))
    assert not is_doubted(reanalyze(done.path).experiments[0].analyses[0])

    assert is_doubted(resume(done.path).experiments[0].analyses[0])
    assert is_doubted(reanalyze(done.path).experiments[0].analyses[0])


def test_a_device_that_cannot_be_asked_any_more_costs_an_old_run_nothing(plugin, monkeypatch, caplog):
    def gone(self, gates, physical_qubits):
        raise BackendError("the device is away")

    done = run("run.toml")
    journal = done.path / "swept" / "journal.jsonl"
    lines = [line for line in journal.read_text().splitlines() if '"synthesized"' not in line]
    journal.write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(OfOthers, "synthesized", gone)

    assert resume(done.path).experiments[0].analyses
    assert "the device is away" in caplog.text
    with pytest.raises(BackendError, match="the device is away"):
        Swept(physical_qubit=2).run(OfOthers(), shots=50)


@pytest.mark.parametrize("command", ["check", "plan"])
def test_it_is_said_before_anything_runs(plugin, capsys, monkeypatch, command):
    monkeypatch.setattr("sys.argv", ["oqx", command, "run.toml"])
    with pytest.raises(SystemExit) as stop:
        main()

    assert not stop.value.code
    said = 'of-others: swept: the device makes rx of other gates on qubit 2, so no pulse is swept; set pulse = "sx"'
    assert said in capsys.readouterr().err


def test_it_is_said_when_something_is_submitted(plugin, caplog):
    Swept(physical_qubit=2).submit(OfOthers(), shots=50)
    assert "makes rx of other gates on qubit 2, so no pulse is swept" in caplog.text
    (several,) = sentences(Swept(physical_qubits=[0, 2]), {"rx": (0, 2)})
    assert "on qubits 0, 2, so" in several


@pytest.mark.parametrize(
    ("cls", "name", "answer", "says"),
    [
        (OfOthers, "synthesized", answers_with_a_list, "must return a Mapping"),
        (Swept, "driven", "rx", "names of gates in a tuple"),
        (Swept, "driven_otherwise", 3, "must return a str"),
    ],
)
def test_a_wrong_answer_names_its_author(plugin, monkeypatch, cls, name, answer, says):
    monkeypatch.setattr(cls, name, answer)

    with pytest.raises(PluginFault, match=f"driving.*{says}"):
        Swept(physical_qubit=2).run(OfOthers(), shots=50)


def test_a_device_that_drives_the_gate_gives_the_number(plugin):
    (analysis,) = Swept(physical_qubit=2).run(Driving(), shots=50).analyses()

    assert analysis.verdict.level == "good"
    assert all(quantity.is_known for quantity in analysis.quantities)
