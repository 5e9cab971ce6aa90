"""One panel on one set of axes."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from oqtopus_experiments.contracts.panels import Level, Panel, PointSeries
from oqtopus_experiments.reporting.figures._axes import set_axes
from oqtopus_experiments.reporting.figures._heat_maps import draw_map
from oqtopus_experiments.reporting.figures._style import (
    BAND,
    FAINT,
    FIT,
    GREY,
    INK,
    LINES,
    LOOKS,
    MARKERS,
    SHAPES,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZES = {"": 3.6, "at_least": 9, "at_most": 9}
NAME, NOTE = 60, 160
"""Letters of a name in the legend, and of a note that stands alone."""
_NEAR = 0.25
"""Upright levels that are nearer than this part of the axis have their names above each other."""
INSIDE = 4
"""So many entries of a legend find room above the points; more stand beside the panel."""


def draw(axes: Axes, panel: Panel, *, is_bottom: bool = True, with_legend: bool = True) -> None:
    """Draw a panel whose positions are in the units shown; only the lowest of several has numbers and a name below."""
    if panel.maps:
        draw_map(axes, panel)
        return
    colors = colors_of(panel)
    for band in panel.bands:
        axes.fill_between(band.x, band.low, band.high, color=BAND, linewidth=0, zorder=0, label=band.name or None)
    shapes = shapes_of(panel)
    for series in panel.points:
        _draw_points(axes, panel, series, colors[series.name], shapes.get(series.name, SHAPES[0]))
    named = {series.name for series in panel.points}
    for line in panel.lines:
        if line.stderr is not None:
            low, high = line.y - line.stderr, line.y + line.stderr
            axes.fill_between(line.x, low, high, color=color_of(line.name, colors), alpha=0.25, linewidth=0, zorder=1.5)
        text = None if line.name in named else line.name
        axes.plot(line.x, line.y, color=color_of(line.name, colors), linewidth=1.4, label=text, zorder=3)
    _mark_missing(axes, panel)
    if panel.note and not (panel.points or panel.lines):
        axes.text(
            0.5, 0.5, textwrap.fill(short(panel.note, NOTE), 40), transform=axes.transAxes, ha="center", va="center",
            color=INK, fontsize="large",
        )  # fmt: skip
    set_axes(axes, panel, is_bottom=is_bottom)
    entries = entries_of(axes, panel) if with_legend else {}
    _draw_levels(axes, panel, inside=len(entries) > INSIDE)
    _set_legend(axes, panel, entries)


def colors_of(panel: Panel) -> dict[str, str]:
    """Return the colour of each name of points and of curves; a curve has that of the points it is named like."""
    points = list(dict.fromkeys(series.name for series in panel.points if not series.look))
    colors = {name: LINES[number % len(LINES)] for number, name in enumerate(points)}
    colors |= {s.name: LOOKS.get(s.look, FAINT) for s in panel.points if s.look and s.name not in colors}
    others = dict.fromkeys(line.name for line in panel.lines if line.name and line.name not in colors)
    free = [color for color in dict.fromkeys((FIT, *LINES)) if color not in colors.values()] or [FIT]
    return colors | {name: free[number % len(free)] for number, name in enumerate(others)}


def shapes_of(panel: Panel) -> dict[str, str]:
    """Return the shape of each name of points: another one where the colours come again."""
    names = dict.fromkeys(series.name for series in panel.points if not series.look)
    return {name: SHAPES[number // len(LINES) % len(SHAPES)] for number, name in enumerate(names)}


def color_of(name: str, colors: dict[str, str]) -> str:
    """Return the colour of a curve: one without a name goes with no points."""
    return colors[name] if name else FIT


def beside(panel: Panel) -> float:
    """Return about how many inches a legend needs beside a panel; 0 when it finds room inside."""
    names = names_of(panel)
    return (0.5 + 0.085 * max(map(len, names))) * _columns(len(names)) if len(names) > INSIDE else 0.0


def names_of(panel: Panel) -> frozenset[str]:
    """Return what the legend of a panel names."""
    told = missing_words(panel) if panel.missing.size else ""
    names = {series.name for series in panel.points} | {line.name for line in panel.lines} | {panel.note, told}
    return frozenset(short(name, NAME) for name in names - {""})


def _columns(entries: int) -> int:
    return 1 + entries // 16


def _draw_points(axes: Axes, panel: Panel, series: PointSeries, color: str, shape: str) -> None:
    if series.look == "faint":
        axes.plot(series.x, series.y, ".", color=FAINT, markersize=3, alpha=0.7, zorder=1)
        return
    shown, limits = series.y, panel.y.limits
    if limits is not None:
        margin = 0.02 * (limits[1] - limits[0])
        low, high = limits[0] + margin, limits[1] - margin
        shown = np.clip(series.y, low, high)
        # An arrow at the edge must not say more than is known: that a value is below the edge, for example.
        gone = (shown > series.y) if series.look == "at_least" else (shown < series.y) & (series.look == "at_most")
        shown = np.where(gone, np.nan, shown)
        if series.look in ("at_least", "at_most") and not np.isfinite(shown).any():
            return
    off = np.isfinite(shown) & (shown != series.y)
    axes.errorbar(
        series.x, shown, np.where(np.isfinite(series.stderr) & ~off, series.stderr, 0),
        linestyle="none", marker=MARKERS.get(series.look, shape), markersize=_SIZES.get(series.look, 5), linewidth=1,
        elinewidth=1.2, capsize=0, color=color, label=series.name or None, zorder=2,
    )  # fmt: skip
    for x, y, value in zip(series.x[off], shown[off], series.y[off], strict=True):
        above = value < y
        axes.annotate(
            f"{float(f'{value:.3g}'):g}", (x, y), (0, 6 if above else -6), textcoords="offset points", ha="center",
            va="bottom" if above else "top", fontsize="x-small", color=color,
        )  # fmt: skip


def _mark_missing(axes: Axes, panel: Panel) -> None:
    places = np.unique(panel.missing)
    if not places.size:
        return
    axes.plot(
        places, np.full(len(places), 0.03), "x", color=GREY, markersize=6, transform=axes.get_xaxis_transform(),
        clip_on=False, zorder=4, label=missing_words(panel),
    )  # fmt: skip


def missing_words(panel: Panel) -> str:
    """Return what the legend calls the points that are missing."""
    count = panel.missing.size
    return f"{count} {panel.missing_are}" if panel.missing_are else f"{count} point{'s' * (count > 1)} missing"


def _draw_levels(axes: Axes, panel: Panel, *, inside: bool) -> None:
    """Draw bounds, each with its name beside the panel, or inside where a legend stands beside it."""
    level_at = [level.at for level in panel.levels if not level.upright]
    if level_at and panel.y.limits is None:
        low, high = axes.get_ylim()
        margin = 0.04 * (max([high, *level_at]) - min([low, *level_at]))
        axes.set_ylim(min(low, min(level_at) - margin), max(high, max(level_at) + margin))
    _draw_uprights(axes, [level for level in panel.levels if level.upright])
    for level in panel.levels:
        if level.upright:
            continue
        axes.axhline(level.at, color=GREY, linestyle="--", linewidth=1.2, zorder=1)
        axes.annotate(
            level.name, (1, level.at), xycoords=axes.get_yaxis_transform(), xytext=(-3, 2) if inside else (4, 0),
            textcoords="offset points", ha="right" if inside else "left", va="bottom" if inside else "center",
            fontsize=9, color=GREY,
        )  # fmt: skip


def _draw_uprights(axes: Axes, levels: Sequence[Level]) -> None:
    """Draw upright levels, each with its name on the side that has room, above that of the one before if it is near."""
    left, right = axes.get_xlim()
    last, row = -math.inf, 0
    for level in sorted(levels, key=lambda one: one.at):
        axes.axvline(level.at, color=FIT, linestyle="--", linewidth=1.2, zorder=1)
        place = (level.at - left) / (right - left) if right > left else 0.5
        row = row + 1 if place - last < _NEAR else 0
        last = place
        side = 1 if place < 0.5 else -1
        axes.annotate(
            level.name, (level.at, 0.03), xycoords=axes.get_xaxis_transform(), xytext=(4 * side, 15 * row),
            textcoords="offset points", ha="left" if side > 0 else "right", va="bottom", fontsize="small", color=FIT,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1}, zorder=4,
        )  # fmt: skip


def entries_of(axes: Axes, panel: Panel) -> dict[str, Any]:
    """Return the marks of the legend by name: points, then curves and regions, then what is missing, then the note."""
    from matplotlib.lines import Line2D

    handles, names = axes.get_legend_handles_labels()
    found = dict(zip(names, handles, strict=True))
    last = missing_words(panel) if panel.missing.size else ""
    order = [*(series.name for series in panel.points), *(name for name in found if name != last), last]
    entries = {name: found[name] for name in order if name in found}
    return entries | (
        {panel.note: Line2D([], [], linestyle="")} if panel.note and (panel.points or panel.lines) else {}
    )


def _set_legend(axes: Axes, panel: Panel, entries: dict[str, Any]) -> None:
    """Put the legend where no point is: in room made above the points, or beside them when it is long."""
    names = [short(name, NAME) for name in entries]
    if len(entries) > INSIDE:
        axes.legend(
            entries.values(), names, loc="upper left", bbox_to_anchor=(1.0, 1.0), handlelength=1.4,
            ncols=_columns(len(entries)),
        )  # fmt: skip
    elif entries:
        low, high = axes.get_ylim()
        # Two side by side fill the columns downwards; long ones stand below each other.
        columns = 1 if max(map(len, names)) > 34 else 2
        room = (0.045 + 0.085 * math.ceil(len(entries) / columns)) * (high - low)
        highest = high if panel.y.possible is None else max(high, panel.y.possible[1])
        axes.set_yticks([tick for tick in axes.get_yticks() if low <= tick <= highest], minor=False)
        axes.set_ylim(low, high + room)
        axes.legend(
            entries.values(), names, loc="upper right", handlelength=1.4, ncols=columns, columnspacing=1.2,
            borderaxespad=0.2,
        )  # fmt: skip
