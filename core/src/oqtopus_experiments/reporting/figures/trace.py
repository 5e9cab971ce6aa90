"""What is drawn for one target, in the units of the axis: pure, so that every kind of figure shows the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any, Literal, TypeAlias

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis, Curve
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.contracts.units import display_scale

Array: TypeAlias = NDArray[np.float64]
Scale: TypeAlias = Literal["linear", "log", "symlog"]

SERIES = 8
"""So many values of a second axis get a line each; more are averaged over."""


@frozen(eq=False)
class Series:
    """
    Points that belong together; all arrays of shape (n,), NaN where there is nothing to draw.

    Args:
        name: In the legend; empty for the only one.
        y: Signal.
        error: Its standard error.
        residual: (signal - model) / error.
        model: The model at the points, or None.
    """

    name: str
    y: Array
    error: Array
    residual: Array
    model: Array | None = None


@frozen(eq=False)
class Trace:
    """
    What is drawn for one target.

    Args:
        target: Its qubits.
        analysis: Quantities and verdict; None for points alone.
        x: Positions on the axis in the displayed unit, shape (n,); 0..n-1 for labels.
        series: The points, averaged over the axes that are not drawn.
        scatter: x and y of the single points behind averaged ones; empty otherwise.
        curve: Fitted curve in the displayed unit.
        missing: Positions that lack all or some of their points, one entry per missing point.
        axis_label: Name and unit.
        signal_label: What is on the vertical axis.
        levels: The two values of the signal, or None.
        ticks: Labels of the positions, for an axis of labels.
        scale: How the axis is divided.
        smallest: Smallest positive position, where a symlog axis becomes linear.
    """

    target: Target
    analysis: Analysis | None
    x: Array
    series: tuple[Series, ...]
    scatter: tuple[Array, Array]
    curve: Curve | None
    missing: Array
    axis_label: str
    signal_label: str
    levels: tuple[float, float] | None
    ticks: tuple[str, ...] = ()
    scale: Scale = "linear"
    smallest: float = field(default=math.nan)


def traces(dataset: Dataset, analyses: Sequence[Analysis]) -> list[Trace]:
    """Return what is drawn for each target; without analyses, the points alone."""
    given: list[Analysis | None] = list(analyses) if analyses else [None] * len(dataset.targets)
    return [_trace(dataset, index, analysis) for index, analysis in enumerate(given)]


def _trace(dataset: Dataset, index: int, analysis: Analysis | None) -> Trace:
    sweep = dataset.sweep
    drawn = _drawn_axis(sweep, analysis)
    axis = sweep.axes[drawn]
    x, ticks, factor, unit = _positions(axis)
    mean, error = _by_axis(dataset.mean[index], sweep, drawn), _by_axis(dataset.stderr[index], sweep, drawn)
    fitted = None if analysis is None else analysis.fitted
    curve = analysis.curves[0] if analysis is not None and len(analysis.curves) == 1 else None
    averaged = len(sweep.axes) > 1 and (curve is not None or mean.shape[1] > SERIES)
    if averaged:
        series: tuple[Series, ...] = (_averaged(mean, error, _averaged_model(fitted, sweep, drawn)),)
    else:
        model = None if fitted is None or len(fitted) != sweep.size else _by_axis(fitted, sweep, drawn)
        series = tuple(
            _single(name, mean[:, i], error[:, i], None if model is None else model[:, i])
            for i, name in enumerate(_other_names(sweep, drawn))
        )
    missing = np.repeat(x, np.isnan(mean).sum(axis=1))
    repeated = np.repeat(x, mean.shape[1])
    return Trace(
        target=dataset.targets[index],
        analysis=analysis,
        x=x,
        series=series,
        scatter=(repeated, mean.ravel()) if averaged else (np.empty(0), np.empty(0)),
        curve=None if curve is None else _through(np.asarray(curve.x) * factor, curve.y, x, series[0].model),
        missing=missing,
        axis_label=f"{axis.name} ({unit})" if unit else axis.name,
        signal_label=dataset.signal_label,
        levels=_levels(dataset, index),
        ticks=ticks,
        scale="linear" if ticks else _scale(x),
        smallest=float(x[x > 0].min()) if (x > 0).any() else math.nan,
    )


def _levels(dataset: Dataset, target: int) -> tuple[float, float] | None:
    low, high = dataset.points.low[target], dataset.points.high[target]
    return (float(low.min()), float(high.max())) if np.isfinite(low).all() else None


def _through(x: Any, y: Any, at: Array, model: Array | None) -> Curve:
    """Return the curve with the model at the points added: on a logarithmic axis an even grid is coarse on the left."""
    if model is None:
        return Curve(x, np.asarray(y))
    known = np.isfinite(model)
    every, chosen = np.unique(np.concatenate([x, at[known]]), return_index=True)
    return Curve(every, np.concatenate([y, model[known]])[chosen])


def _drawn_axis(sweep: Sweep, analysis: Analysis | None) -> int:
    """Return the axis of the fitted curve: the one with its range; else the first numeric one; else the first."""
    numeric = [i for i, axis in enumerate(sweep.axes) if axis.is_numeric]
    if analysis is not None and analysis.curves:
        curve = analysis.curves[0]
        ends = [float(np.min(curve.x)), float(np.max(curve.x))]
        for i in numeric:
            values = sweep.axes[i].values
            if np.allclose([values.min(), values.max()], ends):
                return i
    return numeric[0] if numeric else 0


def _positions(axis: Axis) -> tuple[Array, tuple[str, ...], float, str]:
    from oqtopus_experiments.reporting.figures.style import unit_text

    if not axis.is_numeric:
        return np.arange(len(axis.values), dtype=float), tuple(map(str, axis.values.tolist())), 1.0, axis.unit
    values = axis.values.astype(float)
    size = float(np.abs(values).max())
    if _scale(values) != "linear":  # the middle of a logarithmic axis, not its end, is what numbers should be near
        size = math.sqrt(size * float(values[values > 0].min()))
    factor, unit = display_scale(size, axis.unit)
    return values * factor, (), factor, unit_text(unit)


def _by_axis(values: Any, sweep: Sweep, drawn: int) -> Array:
    """Return values at the points as (values of the drawn axis, combinations of the others)."""
    rows = np.moveaxis(np.asarray(values, dtype=float).reshape(sweep.shape), drawn, 0)
    return rows.reshape(sweep.shape[drawn], -1)


def _other_names(sweep: Sweep, drawn: int) -> list[str]:
    others = [axis for i, axis in enumerate(sweep.axes) if i != drawn]
    return [
        ", ".join(
            f"{axis.name} = {value:.4g}" if axis.is_numeric else f"{axis.name} = {value}"
            for axis, value in zip(others, values, strict=True)
        )
        for values in product(*(axis.values.tolist() for axis in others))
    ]


def _single(name: str, y: Array, error: Array, model: Array | None) -> Series:
    residual = np.full_like(y, np.nan) if model is None else (y - model) / error
    return Series(name, y, error, residual, model)


def _averaged(mean: Array, error: Array, model: Array | None) -> Series:
    """Average over the other axes; the error is the larger of shot noise and scatter, as random circuits differ."""
    used = np.isfinite(mean)
    count = used.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        center = np.where(used, mean, 0).sum(axis=1) / count
        shot_noise = np.sqrt(np.where(used, error, 0) ** 2 @ np.ones(mean.shape[1])) / count
        squares = np.where(used, mean - center[:, None], 0) ** 2
        scatter = np.sqrt(squares.sum(axis=1) / np.maximum(count - 1, 1) / count)
    return _single("", center, np.fmax(shot_noise, scatter), model)


def _averaged_model(fitted: Any, sweep: Sweep, drawn: int) -> Array | None:
    if fitted is None:
        return None
    if len(fitted) == sweep.shape[drawn]:
        return np.asarray(fitted, dtype=float)
    return _by_axis(fitted, sweep, drawn).mean(axis=1) if len(fitted) == sweep.size else None


def _scale(x: Array) -> Scale:
    """Return ``log`` when the spacing of the positions is more even in their logarithm, over at least a decade."""
    positive = np.unique(x[x > 0])
    if len(positive) < 4 or (x < 0).any() or positive[-1] < 10 * positive[0]:
        return "linear"
    steps = np.diff(positive)
    ratios = np.diff(np.log(positive))
    if np.std(ratios) / np.mean(ratios) >= np.std(steps) / np.mean(steps):
        return "linear"
    return "symlog" if (x == 0).any() else "log"
