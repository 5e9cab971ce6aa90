"""The headline quantity of many targets at a glance: value with error per qubit, and the verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.panels import Level, Panel, PanelAxis, PointSeries
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting._written import symbol, unit_text
from oqtopus_experiments.reporting.figures._bounds import bounds
from oqtopus_experiments.reporting.figures._positions import Array
from oqtopus_experiments.reporting.figures._scaling import labelled
from oqtopus_experiments.reporting.figures._single import beside_each_other

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def overview(title: str, panel: Panel, about: str = "") -> Figure:
    """
    Return a figure of the first quantity of every target, marked by verdict, with its distribution beside it.

    It belongs to no window. The median in its title is that of the good targets, and says so.

    Args:
        title: What it is called.
        panel: What `overview_panel` made.
        about: Where the points come from, for the small print.
    """
    spread, count = distribution_panel(panel), len(panel.x.ticks)
    size = (min(16.0, max(8.4, 0.13 * count + 4)), 4.9)
    words = " · ".join([title, f"{count} targets", *(level.name for level in panel.levels)])
    quiet = attrs.evolve(panel, levels=[attrs.evolve(level, name="") for level in panel.levels])
    return beside_each_other(words, (quiet, spread), size, widths=(size[0] - 2.6, 2.6), about=about)


def overview_panel(analyses: Sequence[Analysis]) -> Panel:
    """Return the panel of the first quantity of every target, in the unit shown; at least one must have one."""
    first = next(analysis.quantities[0] for analysis in analyses if analysis.quantities)
    headlines = [a.quantities[0] if a.quantities else Quantity("", math.nan, math.nan) for a in analyses]
    values = np.array([quantity.value if quantity.is_known else math.nan for quantity in headlines])
    errors = np.array([quantity.total_error for quantity in headlines])
    levels = np.array([analysis.verdict.level for analysis in analyses])
    trusted = np.isfinite(values) & (levels != "bad")
    typical, whose = _typical(values, levels)
    # The typical value chooses the unit, not one that no one believes.
    factor, unit = display_scale(float(np.median(np.abs(typical))) if typical.size else math.nan, first.unit)
    places = np.arange(len(analyses), dtype=float)
    points = []
    for level in LEVELS:
        chosen = levels == level
        if chosen.any():
            words = f"{chosen.sum()} {level}"
            points.append(PointSeries(places[chosen], factor * values[chosen], factor * errors[chosen], words, level))
    arrows = bounds([float(place) for place in places], headlines, factor)
    unknown = [not (quantity.is_known or quantity.is_bounded) for quantity in headlines]
    middle = float(np.median(typical)) * factor if typical.size else math.nan
    words = f"median of {whose}: {symbol(first)} = {middle:.4g} {unit_text(unit)}".strip()
    return Panel(
        x=PanelAxis("qubits" if len(analyses[0].target) > 1 else "qubit", ticks=[label(a.target) for a in analyses]),
        y=PanelAxis(
            labelled(symbol(first), unit_text(unit)),
            unit_text(unit),
            limits=_limits(factor * values[trusted], factor * errors[trusted]),
        ),
        points=[*points, *arrows],
        levels=[Level(middle, words)] if typical.size else [],
        missing=places[unknown],
        missing_are="without a number",
    )


def distribution_panel(beside: Panel) -> Panel:
    """
    Return how the values are distributed, on the vertical axis of the panel beside: the part of targets up to each.

    Every value is a point, marked as there: no bins hide what there is. Those beyond the axis count, and are not drawn.

    Args:
        beside: What `overview_panel` made.
    """
    shown = [series for series in beside.points if series.look in LEVELS]
    values = np.concatenate([series.y for series in shown])
    levels = np.concatenate([np.full(len(series.y), series.look) for series in shown])
    names = {series.look: series.name for series in shown}
    known = np.isfinite(values)
    order = np.argsort(values[known], kind="stable")
    ordered, levels = values[known][order], levels[known][order]
    part = 100 * np.arange(1, len(ordered) + 1) / max(1, len(ordered))
    low, high = beside.y.limits or (-math.inf, math.inf)
    inside = (ordered >= low) & (ordered <= high)
    nothing = np.full(len(ordered), np.nan)
    return Panel(
        x=PanelAxis("targets up to here (%)", limits=(0.0, 104.0)),
        y=attrs.evolve(beside.y, label=""),
        points=[
            PointSeries(part, np.where(inside & (levels == level), ordered, np.nan), nothing, names[level], level)
            for level in LEVELS
            if level in names
        ],
        levels=[attrs.evolve(level, name="") for level in beside.levels],
    )


def _typical(values: Array, levels: NDArray[np.str_]) -> tuple[Array, str]:
    """Return the values whose median is the typical one, and which they are: those of the best verdict there is."""
    for level in LEVELS:
        found = values[np.isfinite(values) & (levels == level)]
        if found.size:
            return found, f"{len(found)} {level}"
    return values[:0], ""


def _limits(values: Array, errors: Array) -> tuple[float, float]:
    """Return a range that shows the trusted values with their bars, without the wildest of them."""
    if not values.size:
        return 0.0, 1.0
    quarter, middle, last = np.percentile(values, [25, 50, 75])
    reach = 4 * max(last - quarter, float(np.nanmedian(errors)) if np.isfinite(errors).any() else 0, 1e-3 * abs(middle))
    near = np.abs(values - middle) <= reach
    bars = np.minimum(np.nan_to_num(errors[near]), reach)
    low, high = float((values[near] - bars).min()), float((values[near] + bars).max())
    margin = 0.12 * (high - low) or 0.5
    return low - margin, high + margin
