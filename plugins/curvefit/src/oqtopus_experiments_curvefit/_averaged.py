"""What is averaged: circuits that a model cannot tell apart, and the error of their mean from how far they scatter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import Dataset
from oqtopus_experiments_curvefit._likelihood import Points
from oqtopus_experiments_curvefit._positions import Positions

Array = NDArray[np.float64]

# The scatter of all points together counts as that of so many more circuits at each, and as fewer where a point
# scatters more than they do: the longer random circuits are, the more they differ, and the error must not miss it.
SHARED, SHARED_ABOVE = 10, 4


def averages(dataset: Dataset, positions: Positions) -> tuple[Points, NDArray[np.intp]]:
    """
    Return the signal of all targets at the positions of a model, and how many measured points of each lack counts.

    A position of one circuit alone keeps its two values. At others the mean over the circuits is normal, and random
    circuits differ by more than their shots: see `_scatter`.
    """
    read = dataset.points
    stderr = read.shot_stderr  # what moves all points together is no scatter of theirs
    shots = np.where(np.isfinite(read.mean), read.shots, 0)  # shots whose signal is not a number say nothing
    missing: NDArray[np.intp] = (shots == 0).sum(axis=1)
    if positions.alone.all():
        return Points(read.mean, stderr, shots.astype(float), read.low, read.high), missing
    rows = zip(read.mean, stderr, shots, read.low, read.high, strict=True)
    columns = zip(*(_averaged(*row, positions) for row in rows), strict=True)
    return Points(*map(np.array, columns)), missing


def _averaged(
    mean: Array, stderr: Array, shots: NDArray[np.int64], low: Array, high: Array, positions: Positions
) -> tuple[Array, ...]:
    """Return the columns of `Points` of one target."""
    count_all, group = len(positions.alone), positions.of_point

    def total(array: NDArray[Any]) -> Array:
        return np.bincount(group, weights=array, minlength=count_all).astype(float)

    used = shots > 0
    count = total(used).astype(np.int64)
    center = total(np.where(used, mean, 0)) / count
    shot_noise = np.sqrt(total(np.where(used, stderr, 0) ** 2)) / count
    spread = total(np.where(used, mean - center[group], 0) ** 2) / count
    variance, behind = _scatter(spread / shot_noise**2, count)
    error = shot_noise * np.sqrt(variance)
    lowest, highest = np.full(count_all, np.nan), np.full(count_all, np.nan)
    kept = positions.alone[group]
    error[group[kept]], lowest[group[kept]], highest[group[kept]] = stderr[kept], low[kept], high[kept]
    behind[positions.alone] = np.inf
    return center, error, total(shots), lowest, highest, behind


def _scatter(squares: Array, count: NDArray[np.int64]) -> tuple[Array, Array]:
    """
    Return the variance of each mean in units of its shot noise, and the degrees of freedom behind it.

    The scatter of a few circuits is itself known badly, and points that scatter little by chance would weigh too
    much. So each estimate is drawn towards the mean of all (1 at least), which counts as much as `SHARED` circuits
    more, `SHARED_ABOVE` where it is larger than that: a moderated variance (Smyth 2004, Stat. Appl. Genet. Mol. Biol.
    3, 3, with a fixed prior). A mean in units of its moderated error has the law of Student, with as many degrees of
    freedom as circuits were compared, and those that the mean of all counts as.

    Args:
        squares: Sum of squares about the mean over the number of circuits, in units of the variance of the mean.
        count: Circuits behind each mean.
    """
    degrees_of_freedom = np.maximum(count - 1, 0)
    known = (degrees_of_freedom > 0) & np.isfinite(squares)
    if not known.any():
        return np.ones(len(squares)), np.full(len(squares), np.inf)
    sums = np.where(known, squares, 0.0)
    shared = max(1.0, float(sums.sum() / degrees_of_freedom[known].sum()))
    weight = np.where(sums > shared * degrees_of_freedom, SHARED_ABOVE, SHARED)
    behind = (weight + degrees_of_freedom).astype(float)
    return (weight * shared + sums) / behind, behind
