"""How the axes of a panel are divided, named and bounded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.panels import Panel, PanelAxis, Scale
from oqtopus_experiments.reporting.figures._room import least_span, roomy
from oqtopus_experiments.reporting.figures._style import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DAYS, _DECADES = 700_000, 1e40
"""Days from 1970 that a calendar has, and the longest logarithmic axis."""
TICK, LABEL = 20, 44
"""Letters of the text at a tick, and of the name of an axis."""
_MOST_TICKS, _MOST_ROWS = 50, 24
_LETTERS = 13.0
"""Letters of tick labels that fit side by side on an inch; more are turned."""


def set_axes(axes: Axes, panel: Panel, *, is_bottom: bool = True) -> None:
    """Divide, name and bound both axes; only the lowest of several panels has numbers and a name below it."""
    across = positions_across(panel)
    up = [series.y for series in panel.points] + [line.y for line in panel.lines] + [shown.y for shown in panel.maps]
    _divide(axes.xaxis, axes.set_xscale, panel.x, across)
    _divide(axes.yaxis, axes.set_yscale, panel.y, up)
    _label_ticks(axes, panel.x)
    if _is_counted(panel.x, [series.x for series in panel.points]):
        axes.locator_params(axis="x", integer=True)
    if panel.y.ticks:
        every = math.ceil(len(panel.y.ticks) / _MOST_ROWS)
        axes.set_yticks(range(0, len(panel.y.ticks), every), [short(text, TICK) for text in panel.y.ticks[::every]])
    axes.set_ylabel(short(panel.y.label, LABEL))
    if is_bottom:
        axes.set_xlabel(short(panel.x.label, LABEL))
    else:
        axes.tick_params(labelbottom=False)
    if panel.x.limits is not None:
        axes.set_xlim(*panel.x.limits)
    if panel.y.limits is not None:
        axes.set_ylim(*panel.y.limits)
    elif panel.y.possible is not None:
        seen = any(np.isfinite(values).any() for values in up)
        least = least_span([panel], panel.y.possible)
        axes.set_ylim(*(roomy(*axes.get_ylim(), panel.y.possible, least) if seen else panel.y.possible))


def _is_counted(axis: PanelAxis, positions: list[NDArray[np.float64]]) -> bool:
    """Return whether an even axis has whole numbers only, without a unit: a circuit and a half is none."""
    if axis.unit or axis.ticks or axis.limits is not None or possible_scale(axis, positions) != "linear":
        return False
    points = np.concatenate([np.empty(0), *(p.ravel() for p in positions)])
    points = points[np.isfinite(points)]
    return bool(points.size and np.ptp(points) >= 1 and (points == np.round(points)).all())


def positions_across(panel: Panel) -> list[NDArray[np.float64]]:
    """Return all horizontal positions of a panel."""
    return [series.x for series in panel.points] + [line.x for line in panel.lines] + [shown.x for shown in panel.maps]


def smallest(positions: list[NDArray[np.float64]]) -> float:
    """Return the smallest positive position, where a symlog axis becomes linear; 1 without any."""
    values = np.concatenate([np.empty(0), *(p.ravel() for p in positions)])
    positive = values[values > 0]
    return float(positive.min()) if positive.size else 1.0


def possible_scale(axis: PanelAxis, positions: list[NDArray[np.float64]]) -> Scale:
    """Return the scale an axis asks for, or ``linear`` where its positions are beyond all dates or all decades."""
    every = np.abs(np.concatenate([np.empty(0), np.array(axis.limits or ()), *(p.ravel() for p in positions)]))
    if axis.ticks:
        return "linear"
    largest = float(np.max(every[np.isfinite(every)], initial=0.0))
    if axis.scale == "date":
        return "date" if largest < _DAYS else "linear"
    return axis.scale if largest < _DECADES * smallest(positions) else "linear"


def _divide(which: Any, set_scale: Any, axis: PanelAxis, positions: list[NDArray[np.float64]]) -> None:
    from matplotlib.ticker import NullFormatter

    scale = possible_scale(axis, positions)
    if scale == "date":
        _date(which)
        return
    if scale == "linear":
        return
    set_scale(scale, **({"linthresh": smallest(positions)} if scale == "symlog" else {}))
    which.set_major_formatter(lambda value, _: f"{value:g}")
    which.set_minor_formatter(NullFormatter())


def _date(which: Any) -> None:
    from matplotlib import dates

    made: Any = dates  # a module without types
    locator = made.AutoDateLocator()
    which.set_major_locator(locator)
    which.set_major_formatter(made.ConciseDateFormatter(locator))


def _label_ticks(axes: Axes, axis: PanelAxis) -> None:
    if not axis.ticks:
        return
    every = math.ceil(len(axis.ticks) / _MOST_TICKS)
    shown = [short(text, TICK) for text in axis.ticks[::every]]
    crowded = sum(map(len, shown)) + len(shown) > _LETTERS * _inches(axes)
    degrees = 0 if not crowded else 90 if len(shown) > 12 or max(map(len, shown)) < 3 else 30
    axes.set_xticks(
        range(0, len(axis.ticks), every), shown, rotation=degrees, ha="right" if degrees == 30 else "center"
    )
    axes.set_xlim(-0.7, len(axis.ticks) - 0.3)
    axes.grid(visible=False, axis="x")


def _inches(axes: Axes) -> float:
    """Return about how wide the axes will be; the layout is only known when all is drawn."""
    place = axes.get_subplotspec()
    part = _part_of_width(place.get_topmost_subplotspec()) if place is not None else 1.0
    figure = axes.get_figure(root=True)
    return 0.85 * float(figure.get_size_inches()[0]) * part if figure is not None else 5.0


def _part_of_width(place: Any) -> float:
    grid = place.get_gridspec()
    widths = grid.get_width_ratios() or [1] * grid.ncols
    return float(sum(widths[place.colspan.start : place.colspan.stop]) / sum(widths))
