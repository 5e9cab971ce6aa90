"""Promises of running, waiting and going on: everything on disk before it is told, and nothing that does not belong."""

import json
from pathlib import Path
from typing import ClassVar

import attrs
import pytest

from oqtopus_experiments import (
    Axis,
    BackendError,
    Counts,
    FinishedJob,
    Outcome,
    StoreError,
    Sweep,
    load_run,
    parameter,
)
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.execution._submission import create_folder, submit_or_resume
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.runfile._reading import load
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal

ONE, TWO = Counts.from_dict({"1": 5}, 1), Counts.from_dict({"01": 5}, 2)
POINTS = 4


@pytest.fixture
def ramp(fakes):
    return fakes.Ramp(points=POINTS)


def answering(fakes, outcomes):
    """A device that answers with these outcomes, whatever is asked."""

    @attrs.frozen(kw_only=True)
    class Answering(fakes.Toy):
        asked: ClassVar[list[int]] = []

        def submit(self, batch):
            self.asked.append(len(batch.circuits))
            return FinishedJob("1", outcomes)

    return Answering()


def lines_of(handle):
    return [json.loads(line) for line in (handle.journal.path / "journal.jsonl").read_text().splitlines()]


def test_an_outcome_is_on_disk_before_anybody_is_told(fakes, ramp, tmp_path):
    handle = ramp.submit(fakes.Toy(), shots=10, runs=tmp_path)
    known = []

    path = handle.journal.path
    handle.result(progress=lambda outcome: known.append(outcome.index in ExperimentJournal(path).results()))

    assert known == [True] * POINTS


def test_what_arrives_together_is_made_safe_at_once(fakes, ramp, tmp_path, monkeypatch):
    handle, asked = ramp.submit(fakes.Toy(), shots=10, runs=tmp_path), []
    record = ExperimentJournal.record
    monkeypatch.setattr(
        ExperimentJournal, "record", lambda self, outcomes: (asked.append(len(outcomes)), record(self, outcomes))
    )

    handle.result()

    assert asked == [POINTS]  # a disk takes as long for one as for all


def test_a_job_of_somebody_elses_class_says_itself_what_has_come(fakes, ramp, tmp_path):
    class Half(FinishedJob):
        def outcomes(self, timeout=None):
            yield from list(super().outcomes(timeout))[: POINTS // 2]

    @attrs.frozen(kw_only=True)
    class Halving(fakes.Toy):
        def submit(self, batch):
            return Half("1", [Outcome(index, ONE) for index in range(POINTS)])

    result = ramp.run(Halving(), shots=10, runs=tmp_path)

    assert [isinstance(result.counts[index], Counts) for index in range(POINTS)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome(POINTS, ONE), "outcome 4 of a batch of 4 circuits"),
        (Outcome(-1, ONE), "outcome -1 of a batch of 4 circuits"),
        (Outcome(0, TWO), "circuit 0 has 1 classical bits, its counts 2"),
    ],
)
def test_an_outcome_that_belongs_to_no_circuit_is_refused_and_not_kept(fakes, ramp, outcome, said, tmp_path):
    handle = ramp.submit(answering(fakes, [outcome]), shots=10, runs=tmp_path)

    with pytest.raises(BackendError, match=said):
        handle.result()

    assert ExperimentJournal(handle.journal.path).results() == {}


def test_the_end_is_noted_by_who_holds_the_folder(fakes, ramp, tmp_path):
    handle = ramp.submit(fakes.Toy(), shots=10, runs=tmp_path)
    handle.result()

    assert "done" in lines_of(handle)[-1]


def test_the_references_of_an_experiment_are_noted(fakes, tmp_path):
    class WithReferences(fakes.Ramp):
        def references(self):
            return {"zero": fakes.ToyCircuit(0.0), "one": fakes.ToyCircuit(1.0)}

    handle = WithReferences(points=POINTS).submit(fakes.Toy(), shots=10, runs=tmp_path)

    assert lines_of(handle)[0]["references"] == ["zero", "one"]
    assert ExperimentJournal(handle.journal.path).sweep[1] == 2


def test_loading_refuses_one_outcome_more_than_there_are_circuits(fakes, ramp, tmp_path):
    handle = ramp.submit(fakes.Toy(), shots=10, runs=tmp_path)
    handle.result()
    with handle.journal.writing() as section:
        section.record([Outcome(POINTS, ONE)])

    with pytest.raises(StoreError, match="outcome 4 of 4 circuits"):
        load_run(handle.folder)


def test_a_handle_goes_on_from_what_another_process_has_collected_meanwhile(fakes, ramp, tmp_path):
    backend = answering(fakes, [Outcome(index, ONE) for index in range(POINTS)])
    handle = ramp.submit(backend, shots=10, runs=tmp_path)
    with ExperimentJournal(handle.journal.path).writing() as other:
        other.append({"job_id": "2"})
        other.record([Outcome(index, ONE) for index in range(POINTS)])
    before = len(lines_of(handle))

    result = handle.result()

    assert len(result.counts) == POINTS
    assert backend.asked == [POINTS]
    assert len(lines_of(handle)) == before + 1  # the end: no outcome is noted twice


@pytest.mark.parametrize("meanwhile", [True, False])
def test_a_job_is_opened_anew_only_when_another_process_has_gone_on_with_it(fakes, ramp, meanwhile, tmp_path):
    opened = []

    @attrs.frozen(kw_only=True)
    class Queue(fakes.Toy):
        queued = True

        def open(self, batch, journal):
            opened.append(len(journal.records))
            journal.append({"job_id": str(len(opened))})
            return FinishedJob("1", [Outcome(index, ONE) for index in range(POINTS)])

    handle = ramp.submit(Queue(), shots=10, runs=tmp_path)
    if meanwhile:
        with ExperimentJournal(handle.journal.path).writing() as other:
            other.append({"job_id": "of another process"})
    handle.result()

    assert opened == ([0, 2] if meanwhile else [0])


@pytest.mark.parametrize("missing", [0, 1])
def test_a_simulation_is_run_again_when_an_outcome_is_missing_and_not_when_none_is(fakes, ramp, missing, tmp_path):
    backend = answering(fakes, [Outcome(index, ONE) for index in range(POINTS)])
    section = ExperimentJournal(tmp_path / "ramp")
    with section.writing():
        section.append({"job_id": "1"})
        section.record([Outcome(index, ONE) for index in range(POINTS - missing)])
        from oqtopus_experiments.execution._submission import prepare

        backend.open(prepare(ramp, 10, "ramp"), section)

    assert len(backend.asked) == missing


RUN = """\
seed = 11
backend = "toy"
[[experiments]]
use = "ramp"
points = 4
shots = 50
[experiments.analyzer]
use = "scaled"
scale = 3.0
"""


@pytest.fixture
def scaled(fakes, monkeypatch):
    """The fakes, with an analyzer that has an option."""

    @attrs.frozen(kw_only=True)
    class Scaled(fakes.Mean):
        name: ClassVar[str] = "scaled"
        scale: float = parameter(1.0, help="what the mean is multiplied with")

    monkeypatch.setattr(fakes, "Mean", Scaled)
    registry = plugins.PluginRegistry(found=[])
    registry.register(fakes, "toy-distribution")
    monkeypatch.setattr(plugins, "_current", registry)
    return Scaled


@pytest.fixture
def stopped(scaled, tmp_path, monkeypatch):
    """The folder of a run that was made and not begun."""
    monkeypatch.chdir(tmp_path)
    Path("run.toml").write_text(RUN)
    return create_folder(load(Path("run.toml")))


def test_seed_and_analyzer_of_a_run_come_back_when_it_is_resumed(stopped, scaled):
    config, folder = reopen(stopped.path)

    assert config.seed == 11
    assert config.backend.seed == 11
    assert config.experiments[0].analyzer == scaled(scale=3.0)
    assert config.experiments[0].shots == 50
    (handle,) = submit_or_resume(config, folder)
    assert handle.provenance["seed"] == 11


def test_a_plugin_that_sweeps_other_points_does_not_go_on_with_a_run(stopped, fakes, monkeypatch):
    config, folder = reopen(stopped.path)
    submit_or_resume(config, folder)
    monkeypatch.setattr(fakes.Ramp, "sweep", lambda _: Sweep(Axis("position", [0.0, 0.1, 0.2, 0.4])))

    with pytest.raises(StoreError, match="sweeps other points than the run did"):
        submit_or_resume(config, folder)


def test_an_analysis_that_failed_does_not_end_with_0(stopped, scaled, oqx, monkeypatch):
    from oqtopus_experiments import AnalysisError

    def fails(self, experiment, dataset):
        message = "it does not fit"
        raise AnalysisError(message)

    assert oqx("resume", stopped.path)[0] == 0
    monkeypatch.setattr(scaled, "analyze", fails)

    for arguments in ([], ["--print-only"]):
        code, _, errors = oqx("analyze", stopped.path, *arguments)
        assert (code, "it does not fit" in errors) == (1, True)


def test_a_folder_in_use_is_analyzed_without_a_change(stopped, oqx):
    oqx("resume", stopped.path)
    (stopped.path / "table.csv").unlink()
    before = sorted(stopped.path.rglob("*"))

    for hold in (stopped.locked(), stopped.writing("ramp")):
        with hold:
            code, output, errors = oqx("analyze", stopped.path)
        assert (code, "good" in output) == (0, True)
        assert "another process is working on" in errors
        assert sorted(stopped.path.rglob("*")) == before
    assert oqx("analyze", stopped.path)[0] == 0
    assert (stopped.path / "table.csv").exists()


def test_a_folder_that_cannot_be_written_is_analyzed_without_a_change(stopped, oqx, monkeypatch):
    import os

    oqx("resume", stopped.path)
    before = {path: path.stat().st_mtime_ns for path in stopped.path.rglob("*")}
    monkeypatch.setattr(os, "access", lambda *_: False)

    code, output, errors = oqx("analyze", stopped.path)

    assert (code, "good" in output) == (0, True)
    assert "cannot be written; the folder is left as it is" in errors
    assert {path: path.stat().st_mtime_ns for path in stopped.path.rglob("*")} == before


def test_a_run_holds_its_folder_to_the_end(stopped, oqx, monkeypatch):
    from oqtopus_experiments.execution import _pipeline as pipeline

    held = []
    real = pipeline.finish_run
    monkeypatch.setattr(
        pipeline,
        "finish_run",
        lambda folder, parts, **how: (held.append(folder.is_locked()), real(folder, parts, **how)),
    )

    oqx("resume", stopped.path)

    assert held == [True]
    assert not stopped.is_locked()
