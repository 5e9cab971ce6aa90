"""The headline quantity of many targets at a glance: value with error per qubit, and the verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.panels import Level, Panel, PanelAxis, PointSeries
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting.figures._bounds import bounds
from oqtopus_experiments.reporting.figures._positions import Array
from oqtopus_experiments.reporting.figures._scaling import labelled
from oqtopus_experiments.reporting.figures._single import single
from oqtopus_experiments.reporting.figures._style import unit_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def overview(title: str, analyses: Sequence[Analysis]) -> Figure:
    """Return a figure of the first quantity of every target, marked by verdict; it belongs to no window."""
    panel = overview_panel(analyses)
    middle = [f"median {panel.levels[0].at:.4g} {panel.y.unit}".strip()] if panel.levels else []
    size = (min(14.0, max(6.4, 0.13 * len(analyses) + 3)), 4.4)
    return single(" · ".join([title, f"{len(analyses)} targets", *middle]), panel, size)


def overview_panel(analyses: Sequence[Analysis]) -> Panel:
    """Return the panel of the first quantity of every target, in the unit shown; at least one must have one."""
    first = next(analysis.quantities[0] for analysis in analyses if analysis.quantities)
    headlines = [a.quantities[0] if a.quantities else Quantity("", math.nan, math.nan) for a in analyses]
    values = np.array([quantity.value if quantity.is_known else math.nan for quantity in headlines])
    errors = np.array([quantity.total_error for quantity in headlines])
    levels = np.array([analysis.verdict.level for analysis in analyses])
    trusted = np.isfinite(values) & (levels != "bad")
    typical = values[trusted] if trusted.any() else values[np.isfinite(values)]
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
    return Panel(
        x=PanelAxis("qubits" if len(analyses[0].target) > 1 else "qubit", ticks=[label(a.target) for a in analyses]),
        y=PanelAxis(
            labelled(first.name, unit_text(unit)),
            unit_text(unit),
            limits=_limits(factor * values[trusted], factor * errors[trusted]),
        ),
        points=[*points, *arrows],
        levels=[Level(float(np.median(typical)) * factor)] if typical.size else [],
        missing=places[unknown],
        missing_are="without a number",
    )


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
