"""Where a model is asked: the different positions of a sweep on its axes, and the series that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import Sweep


@frozen(eq=False)
class Positions:
    """
    The positions of a sweep on the axes of a model.

    Args:
        values: Values of each axis at every position, shape (positions,); NaN or "" where a position has none.
        of_point: Number of the position of each point of the sweep, shape (points,).
        alone: Which positions are those of one circuit, rather than of several that the model cannot tell apart:
            its points have no value on any axis that is averaged over, shape (positions,).
        series: Number of the series of each position, that is of its combination of labels, shape (positions,).
        names: What each series is called, for example ``kind = interleaved``; one without a name where there are no
            labels.
    """

    values: Mapping[str, NDArray[Any]]
    of_point: NDArray[np.intp]
    alone: NDArray[np.bool_]
    series: NDArray[np.intp]
    names: tuple[str, ...]

    @property
    def numeric(self) -> tuple[str, ...]:
        """Names of the axes of numbers."""
        return tuple(name for name, values in self.values.items() if is_numeric(values))


def is_numeric(values: NDArray[Any]) -> bool:
    """Return whether an axis has numbers rather than labels."""
    return values.dtype.kind in "iuf"


def positions(sweep: Sweep, axes: Sequence[str]) -> Positions:
    """
    Return the positions of a sweep on some of its axes, in order of appearance.

    Where these are all its axes, every point has a position of its own.
    """
    grid = sweep.grid()
    others = [values for name, values in grid.items() if name not in axes]
    if others:
        first, of_point = _different([grid[name] for name in axes])
        circuits = np.bincount(of_point, minlength=len(first))
        alone = (circuits == 1) & np.all([_has_none(values[first]) for values in others], axis=0)
    else:
        first = of_point = np.arange(sweep.size)
        alone = np.ones(sweep.size, dtype=bool)
    values = {name: grid[name][first] for name in axes}
    labelled = {name: column for name, column in values.items() if not is_numeric(column)}
    if not labelled:
        return Positions(values, of_point, alone, np.zeros(len(first), dtype=np.intp), ("",))
    start, series = _different(list(labelled.values()))
    return Positions(values, of_point, alone, series, tuple(_name(labelled, index) for index in start))


def _different(columns: Sequence[NDArray[Any]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where each different row of some columns appears first, in that order, and which of them each row is."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        _, number = np.unique(column, return_inverse=True, equal_nan=True)
        key = key * (int(number.max()) + 1) + number.ravel()
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[inverse.ravel()]


def _has_none(values: NDArray[Any]) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = np.isnan(values) if is_numeric(values) else values.astype(str) == ""
    return missing


def _name(labelled: Mapping[str, NDArray[Any]], index: int) -> str:
    return ", ".join(f"{name} = {values[index]}" for name, values in labelled.items() if str(values[index]))
