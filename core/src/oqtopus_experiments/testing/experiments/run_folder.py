"""What was measured and found is the same when it is read back from the run folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from attrs import field, frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.job import FinishedJob
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.execution._load import load_run
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.execution._submission import submit
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import on_targets, sound, truth_of
from oqtopus_experiments.testing.experiments.circuits import circuits_match_the_sweep
from oqtopus_experiments.testing.presupposing import presupposing
from oqtopus_experiments.testing.synthetic_data import synthetic

TARGETS = 2


@frozen(kw_only=True)
class Replay(Backend):
    """A device that gives back what it is told: the counts of each circuit by its number, coins for the others."""

    name: ClassVar[str] = "replay"
    counts: Mapping[int, Counts] = field(factory=dict, repr=False, metadata={"plain": lambda _: {}})

    def submit(self, batch: Batch) -> FinishedJob:
        """Return the counts at once; the third circuit fails."""
        return FinishedJob("replay", list(self._outcomes(batch)))

    def _outcomes(self, batch: Batch) -> Iterator[Outcome]:
        for position, circuit in enumerate(batch.circuits):
            number = batch.order.circuit(position)
            rng = np.random.default_rng([3, number])
            coins = Counts.from_shots(rng.random((batch.shots, circuit.num_clbits)) < rng.random())
            told = Failure("the third circuit always fails") if number == 2 else self.counts.get(number, coins)
            yield Outcome(position, told, time=1e9 + 0.1 * position)


@presupposing(circuits_match_the_sweep)
def results_survive_the_run_folder(subject: ExperimentSubject) -> None:
    """A run that is read back has the same points, quantities, verdicts, curves and arrays, to the last bit."""
    experiment = on_targets(sound(subject), TARGETS)
    if registry().provider(type(experiment)) is None:
        message = "no installed plugin offers it, so that a run folder cannot be read back"
        raise NotApplicable(message)
    try:
        truth = truth_of(subject)
        counts = synthetic(experiment, truth, 200, np.random.default_rng(8), spread=subject.spread).counts
    except NotApplicable:
        counts = {}
    with tempfile.TemporaryDirectory() as folder:
        before = submit(experiment, Replay(counts=counts), 200, runs=folder).result()
        (path,) = Path(folder).iterdir()
        after = load_run(path).results[experiment.name]
    if after.experiment.parameters() != before.experiment.parameters():
        message = f"the parameters come back as {after.experiment.parameters()!r:.100}"
        raise NotConforming(message)
    for name, one, other in _compared(subject, before, after):
        if repr(one) != repr(other):
            message = f"{name} is {one!r:.60}, and {other!r:.60} when it is read back"
            raise NotConforming(message)


def _compared(
    subject: ExperimentSubject, before: ExperimentResult, after: ExperimentResult
) -> Iterator[tuple[str, Any, Any]]:
    for name, of in (("the sweep", _grid), ("the points", _points), ("the counts", _counts)):
        yield name, of(before), of(after)
    for one, other in zip(before.analyses(subject.analyzer), after.analyses(subject.analyzer), strict=True):
        for (name, told), (_, again) in zip(_said(one), _said(other), strict=True):
            yield f"{name} of target {one.target}", told, again


def _grid(result: ExperimentResult) -> Any:
    return {name: values.tolist() for name, values in result.dataset.sweep.grid().items()}


def _points(result: ExperimentResult) -> Any:
    data = result.dataset
    return [[array.tolist() for array in (one.mean, one.stderr, one.shots)] for one in (data.points, data.references)]


def _counts(result: ExperimentResult) -> Any:
    return {n: dict(one) if isinstance(one, Counts) else one.reason for n, one in sorted(result.counts.items())}


def _said(analysis: Analysis) -> Iterator[tuple[str, Any]]:
    for one in analysis.quantities:
        yield one.name, (float(one.value), float(one.stderr), one.unit)
    yield "the verdict", analysis.verdict.findings
    yield "the curves", [(curve.x.tolist(), curve.y.tolist()) for curve in analysis.curves]
    for array in analysis.arrays:
        yield array.name, (array.values.tolist(), array.stderr.tolist())
