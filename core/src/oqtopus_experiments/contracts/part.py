"""The data of some targets: cut from those of all, with nothing of the others in it."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.estimates import Estimates


def part(dataset: Dataset, chosen: Sequence[int]) -> Dataset:
    """
    Return the data of some targets.

    Args:
        dataset: Those of all.
        chosen: Positions of the targets, in the order in which they are wanted.
    """
    rows = np.asarray(chosen, dtype=np.intp)
    targets = len(dataset.targets)
    place = {old: new for new, old in enumerate(chosen)}
    return attrs.evolve(
        dataset,
        targets=tuple(dataset.targets[index] for index in chosen),
        points=_rows(dataset.points, rows),
        references=_rows(dataset.references, rows),
        counts={index: _bits(counts, targets, rows) for index, counts in dataset.counts.items()},
        apart={(index, place[target]): counts for (index, target), counts in dataset.apart.items() if target in place},
        raw=None if dataset.raw is None else part(dataset.raw, chosen),
        corrections=tuple(dataset.corrections[index] for index in chosen) if dataset.corrections else (),
    )


def _rows(estimates: Estimates, rows: NDArray[np.intp]) -> Estimates:
    return Estimates(*(values[rows] for values in attrs.astuple(estimates, recurse=False)))


def _bits(counts: Counts, targets: int, rows: NDArray[np.intp]) -> Counts:
    outcomes = len(counts.occurrences)
    bits = np.take(counts.bits.reshape(outcomes, targets, -1), rows, axis=1)
    return Counts(bits.reshape(outcomes, -1), counts.occurrences)
