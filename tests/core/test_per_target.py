"""A parameter may have one value, or one for each target: in Python, in a run file, in a run folder."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import (
    Axis,
    ConfigError,
    Experiment,
    ParameterError,
    PerTarget,
    StoreError,
    Sweep,
    construct,
    ge,
    gt,
    load_run,
    parameter,
    run,
)
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.execution._submission import submit_or_resume


@frozen(kw_only=True)
class Tuned(Experiment):
    """Reads 1 as often as its target's level says."""

    name = "tuned"
    analyzer = "mean"
    level: PerTarget[float] = parameter(0.5, ge(0), per_target=True, help="probability of 1")
    wait: PerTarget[float] = parameter(100.0, gt(0), unit="ns", per_target=True, help="pause")
    repeats: PerTarget[int] = parameter(1, ge(1), per_target=True, help="how often")

    def sweep(self):
        return Sweep(Axis("point", [0, 1, 2]))

    def circuit(self, point, target):
        import fakes

        return fakes.ToyCircuit(self.level[target])


@frozen(kw_only=True)
class TunedPair(Tuned):
    name = "tuned-pair"
    num_qubits = 2


@pytest.fixture
def tuned(fakes, monkeypatch):
    monkeypatch.setattr(fakes, "register_experiments", fakes.hookimpl(lambda: [fakes.Ramp, Tuned, TunedPair]))
    from oqtopus_experiments.plugins import _registry as plugins

    registry = plugins.PluginRegistry(found=[])
    registry.register(fakes, "toy-distribution")
    monkeypatch.setattr(plugins, "_current", registry)


def test_one_value_is_that_of_every_target():
    experiment = Tuned(physical_qubits=[0, 3], level=0.25)

    assert [experiment.level[target] for target in experiment.targets] == [0.25, 0.25]
    assert Tuned().level[(0,)] == 0.5


def test_a_table_has_the_value_of_each_target():
    experiment = Tuned(physical_qubits=[0, 3], level={0: 0.25, 3: 0.75}, repeats={"0": 2, "3": 4})

    assert [experiment.level[target] for target in experiment.targets] == [0.25, 0.75]
    assert [experiment.repeats[target] for target in experiment.targets] == [2, 4]


@pytest.mark.parametrize("key", [(3, 1), "3-1", "3,1", "3, 1"])
def test_a_pair_is_named_by_its_qubits_in_their_order(key):
    assert TunedPair(physical_qubits=[3, 1], level={key: 0.75}).level[(3, 1)] == 0.75
    with pytest.raises(ParameterError, match="'level' has no value for target 1-3"):
        TunedPair(physical_qubits=[1, 3], level={key: 0.75})


@pytest.mark.parametrize(
    ("level", "message"),
    [
        ({0: 0.25}, "'level' has no value for target 3; give one, or one for all"),
        ({}, "'level': a table of values by qubit needs at least one"),
        ({"q0": 0.25, 3: 0.5}, "names qubits, such as 3 or '2-3', not 'q0'"),
        ({True: 0.25}, "names qubits"),
        ({-1: 0.25}, "names qubits"),
        ({0: 0.25, 3: -0.25}, "'level' must be >= 0: -0.25"),
        ({0: 0.25, 3: "a lot"}, "'level' must be a finite number, not 'a lot'"),
        ({0: 0.25, 3: None}, "'level'"),
        ({0: 0.25, 3: float("nan")}, "'level' must be a finite number"),
        ({0: 0.25, "00": 0.5, 3: 0.5}, "'level': a table of values by qubit names 0 twice"),
        (-0.25, "'level' must be >= 0"),
        (True, "'level' must be a finite number"),
    ],
)
def test_what_a_target_would_not_understand_is_refused_by_the_name_of_the_parameter(level, message):
    with pytest.raises(ParameterError) as refused:
        Tuned(physical_qubits=[0, 3], level=level)

    assert message in str(refused.value)
    assert refused.value.field == "level"


def test_the_validator_of_a_whole_number_holds_for_each_value():
    with pytest.raises(ParameterError, match=r"'repeats' must be an integer, not 1\.5"):
        Tuned(physical_qubits=[0, 3], repeats={0: 1, 3: 1.5})


def test_the_type_of_each_value_holds_also_where_only_that_is_annotated():
    @frozen(kw_only=True)
    class Short(Tuned):
        depth: int = parameter(3, ge(1), per_target=True)

    assert Short(depth={0: 4}).depth[(0,)] == 4
    with pytest.raises(ParameterError, match=r"'depth' must be an integer, not 1\.5"):
        Short(depth={0: 1.5})
    assert construct(Short, {"depth": {"0": 4}}).depth[(0,)] == 4


def test_values_for_qubits_that_are_no_targets_are_kept_for_another_run():
    experiment = Tuned(physical_qubits=[3], level={0: 0.25, 3: 0.75})

    assert experiment.parameters()["level"] == {"0": 0.25, "3": 0.75}


def test_a_run_file_gives_one_quantity_or_a_table_of_them():
    one = construct(Tuned, {"wait": "50 us", "targets": [[0], [3]]})
    each = construct(TunedPair, {"wait": {"0-1": "50 us", "3-2": 7}, "targets": [[0, 1], [3, 2]]})

    assert one.wait[(3,)] == 50_000.0
    assert [each.wait[target] for target in each.targets] == [50_000.0, 7.0]
    assert isinstance(each.wait[(3, 2)], float)


def test_whole_numbers_of_a_run_file_stay_whole_also_in_a_table():
    one = construct(Tuned, {"repeats": 3})
    each = construct(Tuned, {"repeats": {"0": 2, "3": 4}, "targets": [[0], [3]]})

    assert one.repeats[(0,)] == 3
    assert [type(each.repeats[target]) for target in each.targets] == [int, int]
    with pytest.raises(ConfigError, match=r"'repeats' must be an integer, not 2\.5"):
        construct(Tuned, {"repeats": {"0": 2.5}})


def test_a_whole_number_with_a_unit_is_given_as_a_number_or_as_a_quantity():
    @frozen(kw_only=True)
    class Clocked(Tuned):
        tick: int = parameter(2, ge(1), unit="ns", help="of the clock")

    assert [construct(Clocked, {"tick": tick}).tick for tick in (4, "4 ns", "0.004 us")] == [4, 4, 4]
    with pytest.raises(ConfigError, match=r"'tick' must be an integer, not 4\.5"):
        construct(Clocked, {"tick": "4.5 ns"})


@pytest.mark.parametrize(
    ("wait", "message"),
    [("50 MHz", "MHz"), ({"0": "50 us", "3": "soon"}, "soon"), ({"0": "50 us"}, "no value for target 3")],
)
def test_a_run_file_that_is_wrong_is_told_where(wait, message):
    with pytest.raises(ConfigError, match=message) as refused:
        construct(Tuned, {"wait": wait, "targets": [[0], [3]]})

    assert refused.value.path.startswith("wait")


def test_whoever_looks_up_a_parameter_is_told_that_it_may_be_a_table():
    from oqtopus_experiments.plugins._describe import describe

    told = {row["name"]: row for row in describe(Tuned)}

    assert told["level"]["type"] == "float, or a table by qubit"
    assert told["repeats"]["type"] == "int, or a table by qubit"
    assert told["wait"]["unit"] == "ns"
    assert told["wait"]["default"] == "100"


RUN_FILE = """
shots = 4000
seed = 3
[backend]
use = "toy"
seed = 5
[[experiments]]
use = "tuned"
physical_qubit = 3
wait = "50 us"
[experiments.level]
0 = 0.25
3 = 0.75
"""


def test_a_table_of_a_run_file_reaches_the_circuits_and_the_run_folder(tuned, tmp_path):
    (tmp_path / "run.toml").write_text(RUN_FILE)

    finished = run(tmp_path / "run.toml", runs=tmp_path / "runs")

    (folder,) = (tmp_path / "runs").iterdir()
    result = load_run(folder).results["tuned"]
    assert result.experiment.level == PerTarget({(0,): 0.25, (3,): 0.75})
    assert result.experiment.wait[(3,)] == 50_000.0
    assert abs(result.dataset.mean - 0.75).max() < 0.04
    np.testing.assert_array_equal(result.dataset.mean, finished.results["tuned"].dataset.mean)


@pytest.mark.usefixtures("tuned")
def test_a_run_with_a_table_is_resumed_with_it(fakes, tmp_path):
    handle = Tuned(targets=[[3]], level={0: 0.25, 3: 0.75}).submit(fakes.Toy(seed=5), shots=4000, runs=tmp_path)

    config, folder = reopen(handle.folder)
    (again,) = submit_or_resume(config, folder)

    assert config.experiments[0].experiment == Tuned(targets=[[3]], level={0: 0.25, 3: 0.75})
    assert abs(again.result().dataset.mean - 0.75).max() < 0.04


@pytest.mark.usefixtures("tuned")
def test_a_run_folder_whose_table_lost_a_target_is_not_resumed(fakes, tmp_path):
    handle = Tuned(physical_qubit=3, level={3: 0.75}).submit(fakes.Toy(), runs=tmp_path)
    manifest = handle.folder / "run.json"
    manifest.write_text(manifest.read_text().replace('"3": 0.75', '"4": 0.75'))

    with pytest.raises(StoreError, match="'level' has no value for target 3"):
        reopen(handle.folder)
