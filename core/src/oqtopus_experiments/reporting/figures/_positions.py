"""The points of one target at their positions: joined only where they differ on axes that the model does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis, Curve
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.sweep import Axis, Sweep

Array: TypeAlias = NDArray[np.float64]


@frozen(eq=False)
class Positions:
    """
    What was measured at each position; arrays of shape (positions,) unless noted.

    Args:
        axes: The axes that tell the positions apart.
        columns: The value of each of them.
        part: Which part of a sum of grids it belongs to: points with values on the same axes are of one part.
        signal: Signal, NaN where nothing was measured.
        stderr: Its standard error: where points were joined, the larger of shot noise and scatter.
        model: The model, or None without a fit.
        missing: How many of its points are missing.
        singles: Signal of the single points behind a joined one, in rows, shape (positions, n); None if none is joined.
        members: Which points of the sweep stand there, in rows filled up with -1, shape (positions, n).
    """

    axes: tuple[Axis, ...]
    columns: Mapping[str, NDArray[Any]]
    part: NDArray[np.intp]
    signal: Array
    stderr: Array
    model: Array | None
    missing: NDArray[np.intp]
    singles: Array | None
    members: NDArray[np.intp]

    def at(self, chosen: NDArray[np.bool_]) -> Positions:
        """Return some of the positions."""
        return attrs.evolve(
            self,
            columns={name: values[chosen] for name, values in self.columns.items()},
            part=self.part[chosen],
            signal=self.signal[chosen],
            stderr=self.stderr[chosen],
            model=None if self.model is None else self.model[chosen],
            missing=self.missing[chosen],
            singles=None if self.singles is None else self.singles[chosen],
            members=self.members[chosen],
        )


def positions(dataset: Dataset, target: int, analysis: Analysis | None) -> Positions:
    """Return the points of one target; those that differ only on an axis the analysis averaged over are joined."""
    sweep = dataset.sweep
    axes = used_axes(sweep, analysis)
    grid = sweep.grid()
    if len(axes) == len(sweep.axes):  # a point that is measured twice stays two points
        first = member = np.arange(sweep.size)
    else:
        first, member = _grouped(grid, [axis.name for axis in axes], sweep.size)
    mean, error = dataset.mean[target], dataset.stderr[target]
    count = np.bincount(member, minlength=len(first))
    missing = np.bincount(member, weights=np.isnan(mean), minlength=len(first)).astype(np.intp)
    single = bool((count == 1).all())
    signal, stderr = (mean[first], error[first]) if single else _joined(mean, error, member, len(first))
    return Positions(
        axes=axes,
        columns={axis.name: grid[axis.name][first] for axis in axes},
        part=_parts(sweep, axes)[first],
        signal=signal,
        stderr=stderr,
        model=None if analysis is None else _model(analysis, member, len(first), sweep.size),
        missing=missing,
        singles=None if single else _rows(mean, member, count, np.nan),
        members=_rows(np.arange(sweep.size), member, count, -1),
    )


def used_axes(sweep: Sweep, analysis: Analysis | None) -> tuple[Axis, ...]:
    """Return the axes the analysis knows: those it names, those of its curves, or else all of them."""
    if analysis is None or not (analysis.axes or analysis.curves):
        return sweep.axes
    names = {*analysis.axes}
    for curve in analysis.curves:
        names |= {axis_of(curve, sweep), *curve.series}
    return tuple(axis for axis in sweep.axes if axis.name in names) or sweep.axes


def axis_of(curve: Curve, sweep: Sweep) -> str:
    """Return the axis a curve runs over: the one it names, or else the numeric one that has its ends."""
    numeric = [axis for axis in sweep.axes if axis.is_numeric]
    if curve.axis or not numeric:
        return curve.axis
    ends = [float(np.min(curve.x)), float(np.max(curve.x))]
    fitting = [axis for axis in numeric if np.allclose([axis.values.min(), axis.values.max()], ends)]
    return (fitting or numeric)[0].name


def _grouped(
    grid: Mapping[str, NDArray[Any]], names: Sequence[str], size: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first point of each position in order of appearance, and the position of each point."""
    key = np.zeros(size, dtype=np.int64)
    for name in names:
        column = np.unique(grid[name], return_inverse=True, equal_nan=True)[1].ravel()
        key = np.unique(key * (int(column.max()) + 1) + column, return_inverse=True)[1].ravel()
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[inverse.ravel()]


def _parts(sweep: Sweep, axes: Sequence[Axis]) -> NDArray[np.intp]:
    """Return for each point of the sweep the number of its part, shape (points,)."""
    names = {axis.name for axis in axes}
    kinds = [frozenset(names & {axis.name for axis in grid}) for grid in sweep.grids]
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    sizes = [int(np.prod([len(axis.values) for axis in grid])) for grid in sweep.grids]
    return np.repeat([numbers[kind] for kind in kinds], sizes)


def _joined(mean: Array, error: Array, member: NDArray[np.intp], size: int) -> tuple[Array, Array]:
    """Average at each position; the error is the larger of shot noise and scatter, as random circuits differ."""
    used = np.isfinite(mean)

    def total(values: NDArray[Any]) -> Array:
        return np.bincount(member, weights=np.where(used, values, 0), minlength=size).astype(float)

    count = total(np.ones(len(mean)))
    with np.errstate(invalid="ignore", divide="ignore"):
        center = total(mean) / count
        shot_noise = np.sqrt(total(error**2)) / count
        scatter = np.sqrt(total((mean - center[member]) ** 2) / np.maximum(count - 1, 1) / count)
    return center, np.fmax(shot_noise, scatter)


def _model(analysis: Analysis, member: NDArray[np.intp], positions: int, points: int) -> Array | None:
    """Return the fitted values at the positions: they may be given there, or at every point."""
    if analysis.fitted is None:
        return None
    fitted = np.asarray(analysis.fitted, dtype=float)
    if fitted.shape == (positions,):
        return fitted
    if fitted.shape != (points,):
        return None
    return np.bincount(member, weights=fitted, minlength=positions) / np.bincount(member, minlength=positions)


def _rows(values: NDArray[Any], member: NDArray[np.intp], count: NDArray[np.intp], empty: float) -> NDArray[Any]:
    """Return what belongs to each position as one row, filled up with `empty`."""
    order = np.argsort(member, kind="stable")
    place = np.arange(len(member)) - np.repeat(np.cumsum(count) - count, count)
    rows = np.full((len(count), int(count.max(initial=0))), empty, dtype=values.dtype)
    rows[member[order], place] = values[order]
    return rows
