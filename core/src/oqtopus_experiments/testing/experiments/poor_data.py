"""Poor data are answered by a verdict, never by an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.errors import AnalysisError, PluginFault
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.plugins._analyzer_calls import analyses_of
from oqtopus_experiments.plugins._experiment_calls import references_of, sweep_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import on_targets, sound
from oqtopus_experiments.testing.experiments.recording import recorded

TARGETS = 2


def poor_data_never_raise(subject: ExperimentSubject) -> None:
    """Missing points, single shots, failures and NaN end in a verdict that is not good, and in no error."""
    experiment = on_targets(sound(subject), TARGETS)
    analyzer = chosen_analyzer(experiment, subject.analyzer)
    for name, is_nothing, dataset in _poor(experiment, _sound(subject)):
        try:
            found = analyses_of(analyzer, experiment, dataset)
        except (PluginFault, AnalysisError) as error:
            message = f"with {name}: {error}"
            raise NotConforming(message) from error
        level = found[0].verdict.level
        if is_nothing and level == "good":
            message = f"with {name} the verdict is good: {found[0].verdict.why:.100}"
            raise NotConforming(message)


def _sound(subject: ExperimentSubject) -> dict[int, Counts]:
    """Return what a sound device reads, so that something is left to be fitted; nothing where nobody knows."""
    try:
        shots = recorded(subject).shots
    except NotApplicable:
        return {}
    return {index: Counts.from_shots(own[:, :TARGETS].reshape(len(own), -1)) for index, own in enumerate(shots)}


def _poor(experiment: Declaration, sound: Mapping[int, Counts]) -> Iterator[tuple[str, bool, Dataset]]:
    """Yield what the data lack, whether nothing is left of them, and the data."""
    sweep, names = sweep_of(experiment), tuple(references_of(experiment))
    width = TARGETS * copies_at(experiment, sweep.points()[0])[0].num_clbits
    size, rng = sweep.size + len(names), np.random.default_rng(2)

    def counts(shots: int, chance: float = 0.5) -> Counts:
        return Counts.from_shots(rng.random((shots, width)) < chance)

    full = sound or {index: counts(100, 0.2 + 0.6 * index / size) for index in range(size)}
    partial: dict[str, Mapping[int, Counts | Failure]] = {
        "no counts at all": {},
        "every circuit failed": dict.fromkeys(range(size), Failure("it did")),
        "nothing but the first point": {0: full[0]},
        "nothing but the last point": {sweep.size - 1: full[sweep.size - 1]},
        "nothing but references": {index: full[index] for index in range(sweep.size, size)},
        "no references": {index: full[index] for index in range(sweep.size)},
        "every other point": {index: full[index] for index in range(0, size, 2)},
        "one shot at each point": {index: counts(1) for index in range(size)},
        "two shots at each point": {index: counts(2) for index in range(size)},
        "one shot that always reads 0": {index: counts(1, 0.0) for index in range(size)},
        "some shots here and many there": {index: counts(1 + 9999 * (index % 2)) for index in range(size)},
        "all ones": {index: counts(100, 1.0) for index in range(size)},
    }
    for name, results in partial.items():
        yield name, len(results) == 0 or name.startswith("every circuit"), Dataset.from_counts(experiment, results)
    whole = Dataset.from_counts(experiment, full)
    for name, lost in (
        ("NaN at every point", np.ones(sweep.size, dtype=bool)),
        ("NaN at some points", thirds(sweep.size)),
    ):
        blank = attrs.evolve(
            whole.points,
            mean=np.where(lost, np.nan, whole.points.mean),
            stderr=np.where(lost, np.nan, whole.points.stderr),
            shots=np.where(lost, 0, whole.points.shots),
        )
        yield name, bool(lost.all()), attrs.evolve(whole, points=blank, counts={})


def thirds(size: int) -> NDArray[np.bool_]:
    """Return every third of so many points."""
    every: NDArray[np.bool_] = np.arange(size) % 3 == 0
    return every
