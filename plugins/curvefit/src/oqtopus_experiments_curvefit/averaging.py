"""Axes that the model does not know, such as the seeds of random circuits, are averaged over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import Dataset, Sweep
from oqtopus_experiments_curvefit.likelihood import Points

Array = NDArray[np.float64]

# The scatter of all points together counts as that of so many more circuits at each.
SHARED = 10


def averaged(dataset: Dataset, target: int, axes: Sequence[str]) -> tuple[dict[str, Array], Points, int]:
    """
    Return the points of one target over the axes of the model.

    Without other axes the points stay binomial. Otherwise each is the mean over the other axes, and random circuits
    differ by more than their shots: see `_scatter`.

    Returns:
        Values of the axes at each point, the points, and how many measured points lack counts.
    """
    mean, stderr, shots = (array[target] for array in (dataset.mean, dataset.stderr, dataset.shots))
    missing = int((shots == 0).sum())
    names = [axis.name for axis in dataset.sweep.axes]
    if set(names) == set(axes):
        low, high = dataset.points.low[target], dataset.points.high[target]
        return dataset.sweep.grid(), Points(mean, stderr, shots.astype(float), low, high), missing
    values, group = grouped(dataset.sweep, axes)
    count_all = len(next(iter(values.values())))

    def total(array: NDArray[Any]) -> Array:
        return np.bincount(group, weights=array, minlength=count_all).astype(float)

    used = shots > 0
    count = total(used).astype(np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        center = total(np.where(used, mean, 0)) / count
        shot_noise = np.sqrt(total(np.where(used, stderr, 0) ** 2)) / count
        spread = total(np.where(used, mean - center[group], 0) ** 2) / count
        error = shot_noise * np.sqrt(_scatter(spread / shot_noise**2, count))
    unknown = np.full(count_all, np.nan)
    return values, Points(center, error, total(shots), unknown, unknown), missing


def grouped(sweep: Sweep, axes: Sequence[str]) -> tuple[dict[str, NDArray[Any]], NDArray[np.intp]]:
    """
    Return the different positions over some axes, in order of appearance, and at which of them each point lies.

    Returns:
        Values of the axes at each position, shape (positions,); number of the position of each point, shape (points,).
    """
    grid = sweep.grid()
    columns = [np.unique(grid[name], return_inverse=True, equal_nan=True)[1].ravel() for name in axes]
    key = np.zeros(sweep.size, dtype=np.int64)
    for column in columns:
        key = key * (int(column.max()) + 1) + column
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    chosen = first[order]
    return {name: grid[name][chosen] for name in axes}, rank[inverse.ravel()]


def _scatter(squares: Array, count: NDArray[np.int64]) -> Array:
    """
    Return the variance of each mean in units of its shot noise.

    The scatter of a few circuits is itself known badly, and points that scatter little by chance would weigh too
    much. So each estimate is drawn towards the mean of all (1 at least), which counts as much as `SHARED` circuits
    more: a moderated variance (after Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3, 3, with a fixed prior).

    Args:
        squares: Sum of squares about the mean over the number of circuits, in units of the variance of the mean.
        count: Circuits behind each mean.
    """
    degrees_of_freedom = np.maximum(count - 1, 0)
    known = (degrees_of_freedom > 0) & np.isfinite(squares)
    if not known.any():
        return np.ones(len(squares))
    sums = np.where(known, squares, 0.0)
    shared = max(1.0, float(sums.sum() / degrees_of_freedom[known].sum()))
    moderated: Array = (SHARED * shared + sums) / (SHARED + degrees_of_freedom)
    return moderated
