"""Axes that the model does not know, such as the seeds of random circuits, are averaged over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import Dataset
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
        return dataset.sweep.grid(), Points(mean, stderr, shots.astype(float), dataset.signal.levels), missing
    kept = [i for i, name in enumerate(names) if name in axes]
    order = kept + [i for i in range(len(names)) if i not in kept]
    shape = dataset.sweep.shape
    points = int(np.prod([shape[i] for i in kept]))

    def by_point(array: NDArray[np.generic]) -> Array:
        rows: Array = np.transpose(array.reshape(shape), order).reshape(points, -1).astype(float)
        return rows

    used = by_point(shots) > 0
    count = used.sum(axis=1)
    rows = np.where(used, by_point(mean), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        center = np.nansum(rows, axis=1) / count
        shot_noise = np.sqrt(np.nansum(np.where(used, by_point(stderr), 0) ** 2, axis=1)) / count
        spread = np.nansum((rows - center[:, None]) ** 2, axis=1) / count
        error = shot_noise * np.sqrt(_scatter(spread / shot_noise**2, count))
    grid = np.meshgrid(*(dataset.sweep.axes[i].values for i in kept), indexing="ij")
    values = {names[i]: column.ravel().astype(float) for i, column in zip(kept, grid, strict=True)}
    return values, Points(center, error, by_point(shots).sum(axis=1), None), missing


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
