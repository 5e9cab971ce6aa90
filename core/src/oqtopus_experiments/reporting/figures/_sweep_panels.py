"""The panels that follow from a sweep: points and fit over one axis, a heat map over two, categories for labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis, Curve
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.panels import Band, HeatMap, Level, Line, Panel, PanelAxis, PointSeries
from oqtopus_experiments.contracts.sweep import Axis
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.reporting._written import unit_text
from oqtopus_experiments.reporting.figures._measured import MeasuredMap, MeasuredPoints
from oqtopus_experiments.reporting.figures._positions import Array, Positions, axis_of, positions
from oqtopus_experiments.reporting.figures._scaling import spacing

FEW = 3
"""A numeric axis of at most so many values, beside a longer one, is a series: three curves say more than three rows."""
MOST_PANELS = 12
"""So many panels are drawn of one target; the title of the last says how many more there would be."""
_Labels: TypeAlias = tuple[tuple[Axis, Any], ...]


@frozen(eq=False)
class _Part:
    """Positions with values on the same axes, what their panels share, and which axes vary among them."""

    found: Positions
    title: str
    signal: PanelAxis
    varying: tuple[Axis, ...]
    curves: tuple[Curve, ...]
    chi_square: str

    def split(self, axes: Sequence[Axis]) -> Iterator[tuple[_Labels, Positions]]:
        """Yield the positions for each combination of values of some axes, in order of appearance."""
        columns = [self.found.columns[axis.name] for axis in axes]
        rows = list(zip(*(column.tolist() for column in columns), strict=True)) or [()] * len(self.found.signal)
        for values in dict.fromkeys(rows):
            chosen = np.array([row == values for row in rows], dtype=bool)
            yield tuple(zip(axes, values, strict=True)), self.found.at(chosen)


def sweep_panels(dataset: Dataset, target: int, analysis: Analysis | None = None) -> tuple[Panel, ...]:
    """
    Return the panels of one target that follow from its sweep.

    One numeric axis gives points, the fitted curve and the residuals, one colour per label; two give a heat map, with
    a fit also one of the residuals; labels alone give categories. Each part of a sum of sweeps has panels of its own.

    Args:
        dataset: The points.
        target: Position of the target in the data set.
        analysis: Its analysis; without one the points are drawn alone.
    """
    found = positions(dataset, target, analysis)
    panels = [
        panel for number in np.unique(found.part) for panel in _panels(_part(dataset, target, found, number, analysis))
    ]
    if len(panels) > MOST_PANELS:
        last = panels[MOST_PANELS - 1]
        more = f"{last.title} ({len(panels) - MOST_PANELS} more panels are not drawn)".strip()
        panels = [*panels[: MOST_PANELS - 1], attrs.evolve(last, title=more)]
    return tuple(panels)


def _part(dataset: Dataset, target: int, found: Positions, number: int, analysis: Analysis | None) -> _Part:
    chosen = found.part == number
    here = found.at(chosen)
    present = [axis for axis in found.axes if _is_present(here.columns[axis.name])]
    varying = tuple(axis for axis in present if len(set(here.columns[axis.name].tolist())) > 1) or tuple(present[:1])
    fixed = [(axis, here.columns[axis.name][0].item()) for axis in present if axis not in varying]
    constant = {axis.name: str(value) for axis, value in fixed}
    curves = () if analysis is None else analysis.curves
    members = np.unique(here.members[here.members >= 0])
    low, high = dataset.points.low[target][members], dataset.points.high[target][members]
    possible = (float(low.min()), float(high.max())) if np.isfinite(low).all() else None
    labels = {dataset.point_labels[member] for member in members} if dataset.point_labels else set()
    return _Part(
        found=here,
        title=_name(fixed),
        signal=PanelAxis(labels.pop() if len(labels) == 1 else dataset.signal_label, possible=possible),
        varying=varying,
        curves=tuple(
            attrs.evolve(curve, axis=axis_of(curve, dataset.sweep))
            for curve in curves
            if all(constant.get(name, label) == label for name, label in curve.series.items())
        ),
        chi_square=chi_square(analysis),
    )


def chi_square(analysis: Analysis | None) -> str:
    """Return ``χ² / dof = 27.1 / 27``: how far points and fit are apart, by shot noise; empty without a fit."""
    if analysis is None or not math.isfinite(analysis.deviance):
        return ""
    return f"χ² / dof = {analysis.deviance:.1f} / {analysis.degrees_of_freedom}"


def _is_present(column: NDArray[Any]) -> bool:
    return bool(np.isfinite(column).any()) if column.dtype.kind == "f" else bool((column != "").any())


def _panels(part: _Part) -> list[Panel]:
    numeric = [axis for axis in part.varying if axis.is_numeric]
    drawn = [axis for axis in numeric if axis.name in {curve.axis for curve in part.curves}][:1]
    if not drawn:
        drawn = [axis for axis in numeric if len(axis.values) > FEW] or numeric[:1]
    if len(drawn) < 2:
        return [_curves(part, drawn[0])] if drawn else [_categories(part)]
    across, up = drawn[:2]
    others = [axis for axis in part.varying if axis not in (across, up)]
    return [
        panel
        for values, found in part.split(others)
        for panel in _maps(attrs.evolve(part, found=found, title=_titled(part.title, values)), across, up)
    ]


def _titled(title: str, values: _Labels) -> str:
    return ", ".join(filter(None, [title, _name(values)]))


def _name(values: Sequence[tuple[Axis, Any]]) -> str:
    return ", ".join(f"{axis.name} = {_value(axis, value)}" for axis, value in values)


def _value(axis: Axis, value: Any) -> str:
    if not axis.is_numeric:
        return str(value)
    factor, unit = display_scale(value, axis.unit)
    return f"{value * factor:.4g} {unit_text(unit)}".strip()


def _curves(part: _Part, across: Axis) -> Panel:
    """Return points and fit over one numeric axis, one colour for each combination of the others."""
    others = [axis for axis in part.varying if axis is not across]
    split = list(part.split(others))
    points, lines, residuals, faint = [], [], [], []
    for values, found in split:
        name, x = _name(values), found.columns[across.name].astype(float)
        points.append(MeasuredPoints(x, found.signal, found.stderr, name, members=found.members))
        residuals.append(PointSeries(x, residual(found), np.full(len(x), np.nan), name))
        faint += _singles(x, found)
        labels = {axis.name: str(value) for axis, value in values}
        curves = [curve for curve in part.curves if curve.axis == across.name and _belongs(curve, labels)]
        lines += [_through(curve, x, found.model, name) for curve in curves]
        if not curves and found.model is not None:
            lines.append(_sorted(x, found.model, name))
    x = part.found.columns[across.name].astype(float)
    axis = PanelAxis(across.name, across.unit, scale=spacing(x))
    return Panel(
        title=part.title,
        x=axis,
        y=part.signal,
        points=[*faint, *points],
        lines=lines,
        missing=np.repeat(x, part.found.missing),
        below=_residuals(axis, residuals, part.chi_square),
    )


def _belongs(curve: Curve, labels: dict[str, str]) -> bool:
    return all(labels.get(name, label) == label for name, label in curve.series.items())


def residual(found: Positions) -> Array:
    """Return (signal - model) / standard error; NaN without a fit."""
    return np.full_like(found.signal, np.nan) if found.model is None else (found.signal - found.model) / found.stderr


def _residuals(axis: PanelAxis, residuals: Sequence[PointSeries], chi_square: str) -> Panel | None:
    """Return the panel of the residuals, with two standard errors to either side of none; None without any."""
    if not any(np.isfinite(series.y).any() for series in residuals):
        return None
    x = np.arange(-1.0, len(axis.ticks) + 1) if axis.ticks else np.concatenate([series.x for series in residuals])
    largest = 1.15 * max(3.0, *(float(np.nanmax(np.abs(s.y), initial=0)) for s in residuals))
    reach = np.array([x.min(), x.max()])
    return Panel(
        x=axis,
        y=PanelAxis("residual (σ)", limits=(-largest, largest)),
        points=residuals,
        bands=[Band(reach, [-2, -2], [2, 2])],
        levels=[Level(0)],
        note=chi_square,
    )


def _singles(x: Array, found: Positions) -> list[PointSeries]:
    if found.singles is None:
        return []
    many = np.repeat(x, found.singles.shape[1])
    return [PointSeries(many, found.singles.ravel(), np.full(len(many), np.nan), look="faint")]


def _through(curve: Curve, x: Array, model: Array | None, name: str) -> Line:
    """Return the curve with the model at the points added: on a logarithmic axis an even grid is coarse on the left."""
    known = np.zeros(len(x), dtype=bool) if model is None else np.isfinite(model)
    every, chosen = np.unique(np.concatenate([curve.x, x[known]]), return_index=True)
    errors = None if curve.stderr is None else np.interp(every, curve.x, curve.stderr)
    return Line(every, np.concatenate([curve.y, np.zeros(0) if model is None else model[known]])[chosen], name, errors)


def _sorted(x: Array, y: Array, name: str) -> Line:
    order = np.argsort(x, kind="stable")
    return Line(x[order], y[order], name)


def _categories(part: _Part) -> Panel:
    """Return points over labels; those of further axes stand side by side in colours of their own."""
    across, *others = part.varying or part.found.axes[:1]
    ticks = list(dict.fromkeys(part.found.columns[across.name].tolist()))
    split = list(part.split(others))
    points, residuals, lines = [], [], []
    for number, (values, found) in enumerate(split):
        name = _name(values)
        shift = (number - (len(split) - 1) / 2) * min(0.15, 0.7 / len(split))
        x = np.array([ticks.index(label) for label in found.columns[across.name].tolist()]) + shift
        points.append(MeasuredPoints(x, found.signal, found.stderr, name, members=found.members))
        residuals.append(PointSeries(x, residual(found), np.full(len(x), np.nan), name))
        if found.model is not None:
            # A short stroke at each label: there is nothing between them.
            ends = np.column_stack([x - 0.2 / len(split), x + 0.2 / len(split), np.full(len(x), np.nan)]).ravel()
            lines.append(Line(ends, np.repeat(found.model, 3), name))
    places = np.array([ticks.index(label) for label in part.found.columns[across.name].tolist()], dtype=float)
    axis = PanelAxis(across.name, ticks=tuple(map(str, ticks)))
    return Panel(
        title=part.title,
        x=axis,
        y=part.signal,
        points=points,
        lines=lines,
        missing=np.repeat(places, part.found.missing),
        below=_residuals(axis, residuals, part.chi_square),
    )


def _maps(part: _Part, across: Axis, up: Axis) -> list[Panel]:
    """Return the signal over two numeric axes, and with a fit its residuals."""
    found = part.found
    x, column = np.unique(found.columns[across.name].astype(float), return_inverse=True)
    y, row = np.unique(found.columns[up.name].astype(float), return_inverse=True)

    def spread(values: Array) -> Array:
        table = np.full((len(y), len(x)), np.nan)
        table[row.ravel(), column.ravel()] = values
        return table

    missing = int(found.missing.sum())
    gone = f"{missing} point{'s' * (missing > 1)} missing" if missing else ""
    horizontal = PanelAxis(across.name, across.unit, scale=spacing(x))
    upright = PanelAxis(up.name, up.unit, scale=spacing(y))
    members = np.full((len(y), len(x)), -1)
    members[row.ravel(), column.ravel()] = found.members.max(axis=1)
    signal = MeasuredMap(x, y, spread(found.signal), part.signal.label, members=members)
    panels = [Panel(part.title, horizontal, upright, maps=[signal], note=gone)]
    apart = spread(residual(found))
    if np.isfinite(apart).any():
        largest = max(3.0, float(np.nanmax(np.abs(apart))))
        shown = HeatMap(x, y, apart, "residual (σ)", limits=(-largest, largest))
        panels.append(
            Panel(_titled(part.title, ()) or "residuals", horizontal, upright, maps=[shown], note=part.chi_square)
        )
    return panels
