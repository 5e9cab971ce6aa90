"""
Many targets: small panels drawn as one set of axes.

A hundred matplotlib axes take many seconds to lay out and draw; a hundred boxes of points in one take well under one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.units import with_error
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting.figures.panels import roomy
from oqtopus_experiments.reporting.figures.style import FIT, GREY, MARKS, POINTS, VERDICTS, value_text
from oqtopus_experiments.reporting.figures.trace import Array, Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 100
"""More targets than these are not drawn: the worst first."""
_INSIDE_X, _INSIDE_Y = 0.88, 0.68
_CURVE_POINTS = 80


def draw_grid(make: Any, name: str, prepared: Sequence[Trace]) -> Figure:
    """Return a figure of small panels with common axes, at most `MOST`."""
    shown = _chosen(prepared)
    columns = _columns(len(shown))
    rows = math.ceil(len(shown) / columns)
    wide = 2.6 if columns <= 5 else 1.7
    letters = 9.5 if columns <= 5 else 8.0
    made: Figure = make(figsize=(wide * columns + 0.7, wide * 0.82 * rows + 1.1))
    left, right, below, above = 0.8, 0.1, 0.6, 0.4
    across, high = made.get_size_inches()
    canvas: Axes = made.add_axes((left / across, below / high, 1 - (left + right) / across, 1 - (below + above) / high))
    canvas.set_xlim(0, columns)
    canvas.set_ylim(rows, 0)
    canvas.set_axis_off()
    frame = _Frame(shown)
    for index, trace in enumerate(shown):
        _title(canvas, trace, index % columns, index // columns, letters)
    _content(canvas, shown, frame, columns)
    _axes(canvas, frame, columns, rows, letters, len(shown))
    title = f"{name} · {_words(prepared, len(shown))}"
    made.suptitle(title, fontsize=13, fontweight="bold", y=1 - 0.12 / high, va="top")
    scale = "" if frame.scale == "linear" else ", logarithmic"
    made.text(0.5, 0.1 / high, shown[0].axis_label + scale, ha="center", va="bottom", fontsize=11)
    made.text(0.1 / across, 0.5, shown[0].signal_label, ha="left", va="center", rotation=90, fontsize=11)
    return made


def _columns(count: int) -> int:
    """Return how many columns leave the fewest places empty, in a shape near that of a screen."""
    near = math.sqrt(1.2 * count)
    choices = range(max(2, math.floor(math.sqrt(count))), math.ceil(math.sqrt(1.6 * count)) + 1)
    return min(choices, key=lambda columns: (-count % columns, abs(columns - near)))


def _words(prepared: Sequence[Trace], shown: int) -> str:
    """Return the title: what, how many, how they are."""
    levels = [trace.analysis.verdict.level for trace in prepared if trace.analysis is not None]
    words = [f"{levels.count(level)} {level}" for level in LEVELS if level in levels]
    named = next((t.analysis.quantities[0].name for t in prepared if t.analysis and t.analysis.quantities), "")
    more = [f"the worst {shown} shown"] if shown < len(prepared) else []
    return " · ".join(
        [*([named] if named else []), f"{len(prepared)} targets", *([", ".join(words)] if words else []), *more]
    )


def _chosen(prepared: Sequence[Trace]) -> list[Trace]:
    if len(prepared) <= MOST:
        return list(prepared)
    worst = sorted(range(len(prepared)), key=lambda i: (-_badness(prepared[i]), i))[:MOST]
    return [prepared[i] for i in sorted(worst)]


def _badness(trace: Trace) -> int:
    return 0 if trace.analysis is None else LEVELS.index(trace.analysis.verdict.level)


class _Frame:
    """Ranges that all panels share, and the way from data to the canvas."""

    def __init__(self, shown: Sequence[Trace]) -> None:
        self.scale = shown[0].scale
        self.smallest = shown[0].smallest
        self.ticks = shown[0].ticks
        # The middle 99 % of the points: one wild point must not flatten a hundred panels.
        y = np.concatenate([np.concatenate([s.y - s.error, s.y + s.error]) for t in shown for s in t.series])
        y = y[np.isfinite(y)]
        self.y = _padded(*(np.percentile(y, [0.5, 99.5]) if y.size else (0.0, 1.0)))
        if shown[0].levels is not None:
            self.y = roomy(*self.y, shown[0].levels)
        positions = self._even(shown[0].x)
        self.x = _padded(float(positions.min()), float(positions.max()))
        self.raw = (float(shown[0].x.min()), float(shown[0].x.max()))

    def _even(self, x: Array) -> Array:
        if self.scale == "linear":
            return np.asarray(x, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            even = np.log10(np.asarray(x, dtype=float))
        # Zero stands one third of a decade left of the smallest positive value.
        return np.where(np.asarray(x) <= 0, math.log10(self.smallest) - 1 / 3, even)

    def across(self, x: Array, column: int) -> Array:
        position = (self._even(x) - self.x[0]) / (self.x[1] - self.x[0])
        return column + 0.5 + (position - 0.5) * _INSIDE_X

    def down(self, y: Array, row: int) -> Array:
        position = np.clip((y - self.y[0]) / (self.y[1] - self.y[0]), 0, 1)
        return row + 0.97 - position * _INSIDE_Y


def _padded(low: float, high: float) -> tuple[float, float]:
    margin = 0.05 * (high - low) or 0.5
    return float(low - margin), float(high + margin)


def _content(canvas: Axes, shown: Sequence[Trace], frame: _Frame, columns: int) -> None:
    """Draw all points as one line of markers, all bars and all curves as one broken line each."""
    gap = np.array([np.nan])
    points: list[tuple[Array, Array]] = []
    bars: list[tuple[Array, Array]] = []
    curves: list[tuple[Array, Array]] = []
    missing: list[tuple[Array, Array]] = []
    for index, trace in enumerate(shown):
        column, row = index % columns, index // columns
        for series in trace.series:
            x = frame.across(trace.x, column)
            points.append((x, frame.down(series.y, row)))
            low, high = frame.down(series.y - series.error, row), frame.down(series.y + series.error, row)
            broken = np.full(len(x), np.nan)
            bars.append((np.column_stack([x, x, broken]).ravel(), np.column_stack([low, high, broken]).ravel()))
        if trace.curve is not None:
            step = max(1, len(trace.curve.x) // _CURVE_POINTS) if trace.scale == "linear" else 1
            x, y = frame.across(trace.curve.x[::step], column), frame.down(trace.curve.y[::step], row)
            curves.append((np.concatenate([x, gap]), np.concatenate([y, gap])))
        x = frame.across(np.unique(trace.missing), column)
        missing.append((x, np.full(len(x), row + 0.95)))
    size = 2.4 if columns <= 5 else 1.6
    if curves:
        canvas.plot(*_joined(curves), "-", color=FIT, linewidth=1.2)
    canvas.plot(*_joined(bars), "-", color=POINTS, linewidth=0.7, alpha=0.6)
    canvas.plot(*_joined(points), "o", color=POINTS, markersize=size, markeredgewidth=0)
    canvas.plot(*_joined(missing), "x", color=GREY, markersize=2 * size, markeredgewidth=0.8)


def _joined(pieces: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    return np.concatenate([x for x, _ in pieces]), np.concatenate([y for _, y in pieces])


def _title(canvas: Axes, trace: Trace, column: int, row: int, letters: float) -> None:
    left, right, up = column + 0.5 - _INSIDE_X / 2, column + 0.5 + _INSIDE_X / 2, row + 0.97 - _INSIDE_Y - 0.04
    analysis = trace.analysis
    canvas.text(left, up, label(trace.target), fontsize=letters, fontweight="bold", va="bottom")
    if analysis is None:
        return
    level = analysis.verdict.level
    first = analysis.quantities[0] if analysis.quantities else None
    value = value_text(with_error(first.value, first.stderr, first.unit)) if first and first.is_known else level
    text = f"{value} {MARKS[level]}"
    canvas.text(right, up, text, fontsize=letters, color=VERDICTS[level], ha="right", va="bottom")


def _axes(canvas: Axes, frame: _Frame, columns: int, rows: int, letters: float, count: int) -> None:
    """Draw the boxes, and numbers along the left and the bottom."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle
    from matplotlib.ticker import MaxNLocator

    corner = 0.5 - _INSIDE_X / 2
    boxes = [
        Rectangle((i % columns + corner, i // columns + 0.97 - _INSIDE_Y), _INSIDE_X, _INSIDE_Y) for i in range(count)
    ]
    canvas.add_collection(
        PatchCollection(boxes, facecolor="#FAFAFA", edgecolor="#BBBBBB", linewidth=0.6, zorder=0), autolim=False
    )
    marks = np.array([mark for mark in MaxNLocator(3).tick_values(*frame.y) if frame.y[0] <= mark <= frame.y[1]])
    for row in range(rows):
        for mark, place in zip(marks, frame.down(marks, row), strict=True):
            canvas.text(corner - 0.03, place, f"{mark:.3g}", fontsize=letters - 1, ha="right", va="center", color=GREY)
    for column in range(columns):
        row = (count - 1 - column) // columns  # the lowest panel of this column
        if row < 0:
            continue
        for value, side in zip(frame.raw, ("left", "right"), strict=True):
            text = f"{value:.4g}" if not frame.ticks else frame.ticks[0 if side == "left" else -1]
            place = frame.across(np.array([value]), column)[0]
            canvas.text(place, row + 1.0, text, fontsize=letters - 1, ha=side, va="top", color=GREY)
