"""Small panels drawn as one set of axes: every panel is a cell, one wide and one high, of a common canvas."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.reporting.figures._axes import positions_across, smallest
from oqtopus_experiments.reporting.figures._drawing import color_of, colors_of
from oqtopus_experiments.reporting.figures._heat_maps import NOTHING, colour_limits, colour_map, edges
from oqtopus_experiments.reporting.figures._positions import Array
from oqtopus_experiments.reporting.figures._room import least_span, roomy
from oqtopus_experiments.reporting.figures._style import GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INSIDE_X, INSIDE_Y = 0.88, 0.68
_CURVE_POINTS = 80


class Frame:
    """Ranges that all panels share, and the way from their positions to the canvas."""

    def __init__(self, panels: Sequence[Panel]) -> None:
        first = panels[0]
        self.axis, self.up = first.x, first.y
        across = [x for panel in panels for x in positions_across(panel)]
        self.smallest = smallest(across)
        x = np.concatenate([np.empty(0), *across])
        x = x[np.isfinite(x)] if np.isfinite(x).any() else np.array([0.0, 1.0])
        self.raw = (float(x.min()), float(x.max()))
        if first.maps:
            wide, high = edges(first.maps[0].x, self.axis), edges(first.maps[0].y, self.up)
            self.x = (float(self._even(wide).min()), float(self._even(wide).max()))
            self.y = (float(high.min()), float(high.max()))
            return
        self.x = _padded(*(float(position) for position in self._even(np.array(self.raw))))
        self.y = first.y.limits or self._measured(panels)

    def _measured(self, panels: Sequence[Panel]) -> tuple[float, float]:
        # The middle 99 % of the points: one wild point must not flatten a hundred panels.
        series = [s for panel in panels for s in panel.points]
        y = np.concatenate([np.empty(0), *(s.y + sign * np.nan_to_num(s.stderr) for s in series for sign in (-1, 1))])
        y = y[np.isfinite(y)]
        low, high = _padded(*(map(float, np.percentile(y, [0.5, 99.5])) if y.size else (0.0, 1.0)))
        levels = [level.at for panel in panels for level in panel.levels if not level.upright]
        low, high = min([low, *levels]), max([high, *levels])
        if self.up.possible is None:
            return low, high
        return roomy(low, high, self.up.possible, least_span(panels, self.up.possible))

    def _even(self, x: Array) -> Array:
        if self.axis.scale not in ("log", "symlog"):
            return np.asarray(x, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            even = np.log10(np.asarray(x, dtype=float))
        # Zero stands one third of a decade left of the smallest positive value.
        return np.where(np.asarray(x) <= 0, math.log10(self.smallest) - 1 / 3, even)

    def across(self, x: Array, column: int) -> Array:
        """Return horizontal places of positions in a cell."""
        position = (self._even(x) - self.x[0]) / (self.x[1] - self.x[0])
        return column + 0.5 + (position - 0.5) * INSIDE_X

    def down(self, y: Array, row: int) -> Array:
        """Return vertical places in a cell; the canvas runs downwards."""
        position = np.clip((y - self.y[0]) / (self.y[1] - self.y[0]), 0, 1)
        if self.up.ticks:  # a table is read from its first row down
            position = 1 - position
        return row + 0.97 - position * INSIDE_Y


def _padded(low: float, high: float) -> tuple[float, float]:
    margin = 0.05 * (high - low) or 0.5
    return low - margin, high + margin


@frozen
class _Ink:
    """What is drawn in one stroke: places joined over all cells, broken where a cell ends."""

    color: str
    places: list[tuple[Array, Array]]

    def joined(self) -> tuple[Array, Array]:
        return tuple(np.concatenate(values) for values in zip(*self.places, strict=True))  # type: ignore[return-value]


def fill_cells(canvas: Axes, panels: Sequence[Panel], frame: Frame, columns: int) -> Any:
    """
    Draw the panels into their cells, row by row, in as few strokes as there are colours.

    Returns:
        What a colour bar explains, where there are heat maps; else None.
    """
    if panels[0].maps:
        return _fill_maps(canvas, panels, frame, columns)
    size = 2.4 if columns <= 5 else 1.6
    for ink in _inked(_bounds(panels, frame, columns)):
        canvas.plot(*ink.joined(), "--", color=ink.color, linewidth=0.8)
    _fill_bands(canvas, panels, frame, columns)
    for ink in _inked(_lines(panels, frame, columns)):
        canvas.plot(*ink.joined(), "-", color=ink.color, linewidth=1.2)
    for ink in _inked(_bars(panels, frame, columns)):
        canvas.plot(*ink.joined(), "-", color=ink.color, linewidth=0.7, alpha=0.6)
    for ink in _inked(_points(panels, frame, columns)):
        canvas.plot(*ink.joined(), "o", color=ink.color, markersize=size, markeredgewidth=0)
    missing = [(frame.across(np.unique(p.missing), n % columns), n // columns) for n, p in enumerate(panels)]
    x = np.concatenate([places for places, _ in missing])
    y = np.concatenate([np.full(len(places), row + 0.95) for places, row in missing])
    canvas.plot(x, y, "x", color=GREY, markersize=2 * size, markeredgewidth=0.8)
    return None


def _fill_bands(canvas: Axes, panels: Sequence[Panel], frame: Frame, columns: int) -> None:
    """Draw how well the curves are known, all bands of one colour at once."""
    from matplotlib.collections import PolyCollection

    bands: dict[str, list[Array]] = {}
    for number, panel in enumerate(panels):
        colors = colors_of(panel)
        for line in panel.lines:
            if line.stderr is None or not np.isfinite(line.stderr).all():
                continue
            step = _coarse(line.x, panel)
            x, row = frame.across(line.x[::step], number % columns), number // columns
            low = frame.down((line.y - line.stderr)[::step], row)
            high = frame.down((line.y + line.stderr)[::step], row)
            corners = np.column_stack([np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])])
            bands.setdefault(color_of(line.name, colors), []).append(corners)
    for color, polygons in bands.items():
        canvas.add_collection(
            PolyCollection(polygons, facecolor=color, alpha=0.25, linewidth=0, zorder=1), autolim=False
        )


def _coarse(x: Array, panel: Panel) -> int:
    """Return which positions of a curve a small panel needs: each, or every so many."""
    return max(1, len(x) // _CURVE_POINTS) if panel.x.scale == "linear" and not panel.x.ticks else 1


_Stroke = tuple[str, Array, Array]


def _inked(strokes: Iterator[_Stroke]) -> list[_Ink]:
    inks: dict[str, _Ink] = {}
    for color, x, y in strokes:
        inks.setdefault(color, _Ink(color, [])).places.append((x, y))
    return list(inks.values())


def _points(panels: Sequence[Panel], frame: Frame, columns: int) -> Iterator[_Stroke]:
    for number, panel in enumerate(panels):
        colors = colors_of(panel)
        for series in panel.points:
            if series.look != "faint":
                yield (
                    colors[series.name],
                    frame.across(series.x, number % columns),
                    frame.down(series.y, number // columns),
                )


def _bars(panels: Sequence[Panel], frame: Frame, columns: int) -> Iterator[_Stroke]:
    for number, panel in enumerate(panels):
        colors = colors_of(panel)
        for series in panel.points:
            if series.look == "faint":
                continue
            x, row = frame.across(series.x, number % columns), number // columns
            low, high = frame.down(series.y - series.stderr, row), frame.down(series.y + series.stderr, row)
            broken = np.full(len(x), np.nan)
            yield (
                colors[series.name],
                np.column_stack([x, x, broken]).ravel(),
                np.column_stack([low, high, broken]).ravel(),
            )


def _lines(panels: Sequence[Panel], frame: Frame, columns: int) -> Iterator[_Stroke]:
    for number, panel in enumerate(panels):
        colors = colors_of(panel)
        for line in panel.lines:
            step = _coarse(line.x, panel)
            x = frame.across(line.x[::step], number % columns)
            y = frame.down(line.y[::step], number // columns)
            yield color_of(line.name, colors), np.append(x, np.nan), np.append(y, np.nan)


def _bounds(panels: Sequence[Panel], frame: Frame, columns: int) -> Iterator[_Stroke]:
    ends = np.array([0.5 - INSIDE_X / 2, 0.5 + INSIDE_X / 2, np.nan])
    for number, panel in enumerate(panels):
        for level in panel.levels:
            if not level.upright:
                yield GREY, number % columns + ends, np.full(3, frame.down(np.array(level.at), number // columns))


def _fill_maps(canvas: Axes, panels: Sequence[Panel], frame: Frame, columns: int) -> Any:
    """Draw the heat maps with common colours, and return what a colour bar explains."""
    ranges = np.array([colour_limits(shown) for panel in panels for shown in panel.maps])
    low, high = float(ranges[:, 0].min()), float(ranges[:, 1].max())
    mesh = None
    for number, panel in enumerate(panels):
        (shown,) = panel.maps
        row, column = divmod(number, columns)
        x, y = frame.across(edges(shown.x, panel.x), column), frame.down(edges(shown.y, panel.y), row)
        canvas.fill_between([x.min(), x.max()], y.min(), y.max(), color=NOTHING, linewidth=0, zorder=0.5)
        mesh = canvas.pcolormesh(
            x, y, shown.values, cmap=colour_map(low, high), vmin=low, vmax=high, rasterized=True, zorder=1
        )
        gone_y, gone_x = np.nonzero(np.isnan(shown.values))
        places = frame.across(shown.x[gone_x], column), frame.down(shown.y[gone_y], row)
        canvas.plot(*places, "x", color=GREY, markersize=3, markeredgewidth=0.7, zorder=2)
    return mesh
