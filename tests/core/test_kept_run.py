"""A run from Python with a folder leaves what a run file leaves, and is never undone by its analysis."""

from __future__ import annotations

import json
from types import ModuleType

import attrs
import pytest

from oqtopus_experiments import AnalysisError, hookimpl, load_run, run
from oqtopus_experiments.execution._reanalysis import reanalyze
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.reporting._history import history
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._summary import find_runs

FILE = """
name = "ramp"
shots = 100
backends.toy.seed = 3
backend = "toy"
[[experiments]]
use = "ramp"
points = 4
analyzer = "mean"
"""


@pytest.fixture
def ramp(fakes):
    """An experiment that names its analyzer."""

    @attrs.frozen(kw_only=True)
    class Ramp(fakes.Ramp):
        name = "ramp"
        analyzer = "mean"

    return Ramp(points=4)


@pytest.fixture
def told(fakes):
    """What a listener was told, in order."""
    module, found = ModuleType("told"), []

    @hookimpl
    def experiment_finished(run, experiment, folder):
        found.append((run, experiment, folder))

    @hookimpl
    def run_finished(run, experiments, folder, complete):
        found.append((run, experiments, folder, complete))

    module.experiment_finished, module.run_finished = experiment_finished, run_finished
    plugins.registry().register(module)
    return found


def only_folder(runs):
    (path,) = runs.iterdir()
    return path


def files(path):
    return {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}


def test_it_leaves_the_files_and_the_numbers_of_a_run_file(fakes, ramp, tmp_path):
    (tmp_path / "ramp.toml").write_text(FILE)
    ramp.run(fakes.Toy(seed=3), shots=100, runs=tmp_path / "python")
    done = run(tmp_path / "ramp.toml", runs=tmp_path / "file")

    one, other = only_folder(tmp_path / "python"), done.path
    assert files(one) == files(other)
    for name in ("table.csv", "ramp/table.csv", "ramp/points.csv"):
        assert (one / name).read_text() == (other / name).read_text()
    kept, written = (json.loads((path / "ramp/analysis.json").read_text()) for path in (one, other))
    assert kept["analyses"] == written["analyses"]


def test_history_and_the_list_of_runs_know_it(fakes, ramp, tmp_path):
    for seed in (1, 2):
        ramp.run(fakes.Toy(seed=seed), shots=100, runs=tmp_path)

    found, damaged = find_runs(tmp_path)
    assert [one.state for one in found] == ["analyzed", "analyzed"]
    assert damaged == []
    (series,) = history(tmp_path, "mean", (0,))  # the seed of a simulator is no setting of its own
    assert len(series.entries) == 2


def test_submitting_and_asking_for_the_result_keeps_it_too_and_once(fakes, ramp, told, tmp_path):
    handle = ramp.submit(fakes.Toy(seed=1), shots=100, runs=tmp_path)
    assert told == []

    first, again = handle.result(), handle.result()

    assert (handle.folder / "ramp" / "analysis.json").is_file()
    assert (first.dataset.mean == again.dataset.mean).all()
    (name, experiment, place), (_, experiments, folder, complete) = told
    assert (name, place, folder, complete) == ("ramp", handle.folder / "ramp", handle.folder, True)
    assert experiments == (experiment,)
    assert experiment.analyses[0]["mean"].value == pytest.approx(first.analyses()[0]["mean"].value)


def test_in_memory_nothing_is_written_analyzed_or_told(fakes, ramp, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fakes.Mean, "analyze", lambda *_: pytest.fail("analyzed"))

    ramp.run(fakes.Toy(seed=1), shots=100)

    assert list(tmp_path.iterdir()) == []
    assert told == []


def test_looking_with_another_analyzer_leaves_the_folder_alone(fakes, ramp, tmp_path):
    @attrs.frozen(kw_only=True)
    class Doubled(fakes.Mean):
        name = "doubled"

    result = ramp.run(fakes.Toy(seed=1), shots=100, runs=tmp_path)
    before = {name: (only_folder(tmp_path) / name).read_bytes() for name in files(only_folder(tmp_path))}

    result.analyze(analyzer=Doubled())

    assert {name: (only_folder(tmp_path) / name).read_bytes() for name in before} == before


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AnalysisError("it does not fit"), "the counts are kept, without an analysis: it does not fit"),
        (ZeroDivisionError("division by zero"), "Mean.analyze failed"),
        (SystemExit(3), "Mean.analyze failed"),
    ],
)
def test_an_analysis_that_fails_is_said_and_costs_neither_result_nor_counts(
    fakes, ramp, tmp_path, caplog, monkeypatch, error, words
):
    def analyze(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(fakes.Mean, "analyze", analyze)
        result = ramp.run(fakes.Toy(seed=1), shots=100, runs=tmp_path)

    path = only_folder(tmp_path)
    assert words in caplog.text
    assert result.dataset.mean.shape == (1, 4)
    assert not (path / "ramp" / "analysis.json").exists()
    assert load_run(path).results
    assert reanalyze(path).experiments[0].analyses


def test_an_analyzer_that_is_not_installed_is_said_with_the_command_that_tries_again(fakes, ramp, tmp_path, caplog):
    lost = attrs.frozen(kw_only=True)(type("Lost", (type(ramp),), {"name": "ramp", "analyzer": "gone"}))

    lost(points=4).run(fakes.Toy(seed=1), shots=100, runs=tmp_path)

    assert "ramp: the counts are kept, their analysis is not: no analyzer 'gone'" in caplog.text
    assert f"Try again: oqx analyze {only_folder(tmp_path)}" in caplog.text


def test_a_folder_that_somebody_else_works_on_is_left_alone_and_asked_for_again_later(fakes, ramp, tmp_path, caplog):
    handle = ramp.submit(fakes.Toy(seed=1), shots=100, runs=tmp_path)
    result = handle.collect()()

    with RunFolder(handle.folder).locked():
        handle.ended(handle, result)
    assert "their analysis is not" in caplog.text
    assert not (handle.folder / "ramp" / "analysis.json").exists()

    handle.result()
    assert (handle.folder / "ramp" / "analysis.json").exists()


def test_ctrl_c_during_the_analysis_is_ctrl_c(fakes, ramp, tmp_path, monkeypatch):
    def analyze(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(fakes.Mean, "analyze", analyze)

    with pytest.raises(KeyboardInterrupt):
        ramp.run(fakes.Toy(seed=1), shots=100, runs=tmp_path)
    assert load_run(only_folder(tmp_path)).results
