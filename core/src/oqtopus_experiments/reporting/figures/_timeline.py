"""A quantity over time: values with errors, what they would be without noise, and the steps; a panel per series."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from oqtopus_experiments.contracts.panels import Level, Line, Panel, PanelAxis, PointSeries, Scale
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting._history import Measurement, Series, days
from oqtopus_experiments.reporting._written import symbol
from oqtopus_experiments.reporting.figures._bounds import bounds
from oqtopus_experiments.reporting.figures._drawing import draw
from oqtopus_experiments.reporting.figures._scaling import readable
from oqtopus_experiments.reporting.figures._style import short, styled, value_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 12
"""Series of more devices and settings than these are not drawn."""
_WIDTH, _HEIGHT = 8.0, 4.2
_USUAL = 3.0
"""An error bar that is so many times the median is not what the axis is for."""


def timeline(series: Sequence[Series], target: Target) -> Figure:
    """
    Return a figure of the histories of one quantity, below each other; it belongs to no window.

    Args:
        series: At least one, of one quantity in one unit or more.
        target: Its qubits, for the title, where the series name none of their own.
    """
    from matplotlib.figure import Figure

    panels = readable([timeline_panel(one) for one in series[:MOST]])
    targets = list(dict.fromkeys(one.target or target for one in series))
    qubits = "qubits" if len(targets) > 1 or len(targets[0]) > 1 else "qubit"
    among = ", ".join(map(label, targets)) if len(targets) <= MOST else f"{label(targets[0])} to {label(targets[-1])}"
    name, runs = symbol(series[0].entries[0].quantity), sum(len(one.entries) for one in series)
    left_out = f" · {len(series) - MOST} more series" if len(series) > MOST else ""
    with styled():
        made = Figure(figsize=(_WIDTH, _HEIGHT * len(panels)), layout="constrained")
        for number, (panel, one) in enumerate(zip(panels, series, strict=False)):
            axes = made.add_subplot(len(panels), 1, number + 1)
            draw(axes, panel)
            if one.name:
                of = f"{label(one.target)}: " if len(targets) > 1 else ""
                axes.set_title(short(f"{of}{one.name}", 90), loc="left")
        made.suptitle(f"{name} of {qubits} {among} · {runs} runs{left_out}", fontsize="x-large", fontweight="bold")
    return made


def timeline_panel(series: Series) -> Panel:
    """Return the panel of one series, in its own unit: points per verdict, one line per stretch between steps."""
    entries = series.entries
    first = entries[0].quantity
    times, scale = _times(entries)
    points = []
    for level in LEVELS:
        chosen = [i for i, e in enumerate(entries) if e.level == level and e.quantity.is_known]
        if chosen:
            quantities = [entries[i].quantity for i in chosen]
            points.append(
                PointSeries(
                    [times[i] for i in chosen],
                    [q.value for q in quantities],
                    [q.total_error for q in quantities],
                    f"{len(chosen)} {level}",
                    level,
                )
            )
    points += bounds(times, [entry.quantity for entry in entries])
    return Panel(
        x=PanelAxis("time (UTC)" if scale == "date" else "run", scale=scale, limits=_around(times, points)),
        y=PanelAxis(symbol(first), first.unit, limits=_limits(entries)),
        points=points,
        note="" if points else f"no value in {len(entries)} run{'s' * (len(entries) > 1)}",
        lines=_lines(series, times),
        levels=[
            Level(time, f"step, {entry.step:.1f} σ", upright=True)
            for time, entry in list(zip(times, entries, strict=True))[1:]
            if math.isfinite(entry.step)
        ],
    )


def _around(times: Sequence[float], points: Sequence[PointSeries]) -> tuple[float, float] | None:
    """Return a day around runs that have one time or no value: by itself such an axis would be of years, or of 1970."""
    if points and min(times) < max(times):
        return None
    return min(times) - 0.5, max(times) + 0.5


def _limits(entries: Sequence[Measurement]) -> tuple[float, float] | None:
    """
    Return a range with every value that is not bad, and with error bars of usual length; None without any.

    One bar of a run that measured nearly nothing would leave a flat line of all others. It goes on beyond the axis; so
    do bad values, which are drawn at the edge with their number.
    """
    known = [entry for entry in entries if entry.quantity.is_known]
    trusted = [entry for entry in known if entry.level != "bad"] or known
    if not trusted:
        return None
    values = np.array([entry.quantity.value for entry in trusted])
    errors = np.array([entry.quantity.total_error for entry in trusted])
    bars = np.minimum(errors, max(_USUAL * float(np.median(errors)), float(np.ptp(values)) / 2))
    low, high = float((values - bars).min()), float((values + bars).max())
    margin = 0.08 * (high - low) or 0.5 * abs(high) or 0.5
    return low - margin, high + margin


def _times(entries: Sequence[Measurement]) -> tuple[list[float], Scale]:
    """Return the times of the runs in days since 1970; their numbers when any time is missing or unreadable."""
    try:
        return [days(entry.created) for entry in entries], "date"
    except (ValueError, OverflowError):
        return [float(index) for index in range(len(entries))], "linear"


def _lines(series: Series, times: Sequence[float]) -> list[Line]:
    """Return what the values would be without noise, from step to step: level, or along the drift."""
    entries = series.entries
    name = value_text(str(series.drift)) if series.drift else ""
    starts = [i for i, entry in enumerate(entries) if i == 0 or math.isfinite(entry.step)]
    lines = []
    for start, end in zip(starts, [*starts[1:], len(entries)], strict=True):
        used = [i for i in range(start, end) if math.isfinite(entries[i].expected)]
        if used:
            x, y = [times[i] for i in used], [entries[i].expected for i in used]
            if not series.drift:  # a level holds between steps, also where the last values were not used
                x, y = [times[start], times[end - 1]], [float(np.mean(y))] * 2
            lines.append(Line(x, y, name))
    return lines
