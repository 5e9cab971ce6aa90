"""When circuits ran, for a trend over the run: their places in its order, else their times, from -1 to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import Dataset
from oqtopus_experiments_curvefit._positions import Positions
from oqtopus_experiments_curvefit._problem import Problem

Array = NDArray[np.float64]

# Beyond this correlation a change along the run cannot be told from one along the sweep.
ALIKE = 0.98


def when_measured(dataset: Dataset, where: Positions) -> Array:
    """
    Return when each position of a model was measured, then each reference, from -1 to 1; NaN where nobody knows.

    The place in the order of the run, which a shuffled run has even where all times are that of one job; the time where
    no order is known. Of several circuits at one position, their mean.
    """
    places = np.where(dataset.execution.positions < 0, np.nan, dataset.execution.positions.astype(float))
    known = places if np.isfinite(places).any() else dataset.execution.times
    size, count = dataset.sweep.size, len(where.alone)
    there = np.isfinite(known[:size])
    number = np.bincount(where.of_point[there], minlength=count)
    mean = np.bincount(where.of_point[there], known[:size][there], minlength=count) / number
    everything = np.append(mean, known[size:])
    finite = everything[np.isfinite(everything)]
    if not len(finite) or np.ptp(finite) == 0:
        return np.full(len(everything), np.nan)
    scaled: Array = (2 * everything - finite.max() - finite.min()) / np.ptp(finite)
    return scaled


def is_that_of_the_sweep(problem: Problem) -> bool:
    """Return whether the points ran in the order of an axis, so that a drift looks like another law."""
    if not problem.has_times:
        return False
    when = problem.when[: len(problem.points)]
    for name in problem.positions.numeric:
        values = problem.axes[name]
        rank = np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(float)
        if np.isfinite(values).all() and abs(_correlation(rank, when)) > ALIKE:
            return True
    return False


def _correlation(first: Array, second: Array) -> float:
    first, second = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / norm if norm > 0 else 0.0
