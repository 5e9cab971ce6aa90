"""
Many targets: small panels drawn as one set of axes for each kind of panel.

A hundred matplotlib axes take many seconds to lay out and draw; a hundred boxes of points in one take well under one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting._written import symbol, written_quantity
from oqtopus_experiments.reporting.figures._cells import INSIDE_X, INSIDE_Y, Frame, fill_cells
from oqtopus_experiments.reporting.figures._drawing import colors_of
from oqtopus_experiments.reporting.figures._sheets import Sheet, kind
from oqtopus_experiments.reporting.figures._style import GREY, MARKS, VERDICTS, scale, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 100
"""More targets than these are not drawn: the worst first."""
_LEFT, _RIGHT, _BELOW, _ABOVE, _BETWEEN, _TITLE = 0.8, 0.1, 0.6, 0.4, 0.3, 0.3
"""Inches around the panels, and for the title of each kind of them."""
_FLAT = 0.82
"""Height of a cell by its width."""
_BAR, _LEGEND = 0.9, 0.28
"""Inches for a colour bar on the right, and for the names of colours below."""
_SMALL = 0.22
"""Inches for the small print."""
_BOUNDS = "bounds: 95 %"
_Cells: TypeAlias = list[tuple[Sheet, Panel]]


def draw_grid(
    make: Any, title: str, prepared: Sequence[Sheet], about: str = "", size: tuple[float, float] | None = None
) -> Figure:
    """
    Return a figure of small panels with common axes, of at most `MOST` targets; each kind of panel in a block.

    Args:
        make: What makes a figure, given its size.
        title: What it is called.
        prepared: What is drawn for each target.
        about: The small print.
        size: Width and height in inches; None for what the panels need.
    """
    shown = _chosen(prepared)
    blocks = _blocks(shown)
    columns = _columns(len(shown))
    wide = 2.6 if columns <= 5 else 1.7
    heights = [_height(block, columns, wide) for block in blocks]
    across = wide * columns + _LEFT + _right(blocks)
    small = _small_print(about, shown)
    high = sum(heights) + _ABOVE + _BETWEEN * (len(blocks) - 1) + _SMALL * bool(small)
    made: Figure = make(figsize=size or (across, high))
    bottom = high - _ABOVE
    for block, height in zip(blocks, heights, strict=True):
        bottom -= height
        inner = wide * _FLAT * math.ceil(len(block) / columns)
        frame = (_LEFT / across, (bottom + _below(block)) / high, wide * columns / across, inner / high)
        canvas: Axes = made.add_axes(frame)
        _draw_block(made, canvas, block, columns)
        _name_axes(made, canvas, block[0][1], (across, high), bottom / high)
        bottom -= _BETWEEN
    words = f"{title} · {_words(prepared, len(shown))}"
    made.suptitle(words, fontsize="x-large", fontweight="bold", y=1 - 0.12 / high, va="top")
    if small:
        made.text(1 - 0.1 / across, 0.08 / high, small, ha="right", va="bottom", fontsize="x-small", color=GREY)
    return made


def _height(block: _Cells, columns: int, wide: float) -> float:
    return wide * _FLAT * math.ceil(len(block) / columns) + _below(block) + _TITLE * bool(block[0][1].title)


def _below(block: _Cells) -> float:
    return _BELOW + _LEGEND * any(series.name for _, panel in block for series in panel.points)


def _right(blocks: Sequence[_Cells]) -> float:
    return _BAR if any(block[0][1].maps for block in blocks) else _RIGHT


def _small_print(about: str, shown: Sequence[Sheet]) -> str:
    firsts = [sheet.analysis.quantities[0] for sheet in shown if sheet.analysis and sheet.analysis.quantities]
    return " · ".join(filter(None, [about, _BOUNDS if any(first.is_bounded for first in firsts) else ""]))


def _name_axes(made: Figure, canvas: Axes, panel: Panel, inches: tuple[float, float], bottom: float) -> None:
    """Name the axes of a block and, where it has a name, the block itself."""
    across, high = inches
    left, low, width, height = canvas.get_position().bounds
    scale = ", logarithmic" if panel.x.scale in ("log", "symlog") else ""
    made.text(left + width / 2, low - 0.3 / high, panel.x.label + scale, ha="center", va="top", fontsize="large")
    made.text(0.1 / across, low + height / 2, panel.y.label, ha="left", va="center", rotation=90, fontsize="large")
    if panel.title:
        top = low + height + _TITLE / high
        made.text(left + width / 2, top, panel.title, ha="center", va="top", fontsize="large", fontweight="bold")
    names = {name: mark for mark, name in zip(*canvas.get_legend_handles_labels(), strict=True)}
    if names:
        made.legend(
            names.values(), [short(name, 30) for name in names], loc="lower right",
            bbox_to_anchor=(left + width, bottom), fontsize="small", ncols=min(6, len(names)), borderaxespad=0,
        )  # fmt: skip


def _blocks(shown: Sequence[Sheet]) -> list[_Cells]:
    """Return the panels of each kind with the target they are of, in the order of the first target that has all."""
    blocks: dict[tuple[str, ...], _Cells] = {}
    for sheet in shown:
        for panel in sheet.panels:
            blocks.setdefault(kind(panel), []).append((sheet, panel))
    return list(blocks.values())


def _columns(count: int) -> int:
    """Return how many columns leave the fewest places empty, in a shape near that of a screen."""
    near = math.sqrt(1.2 * count)
    choices = range(max(2, math.floor(math.sqrt(count))), math.ceil(math.sqrt(2.5 * count)) + 1)
    return min(choices, key=lambda columns: (-count % columns, abs(columns - near)))


def _words(prepared: Sequence[Sheet], shown: int) -> str:
    """Return the title: what, how many, how they are."""
    levels = [sheet.analysis.verdict.level for sheet in prepared if sheet.analysis is not None]
    words = [f"{levels.count(level)} {level}" for level in LEVELS if level in levels]
    named = next((symbol(s.analysis.quantities[0]) for s in prepared if s.analysis and s.analysis.quantities), "")
    more = [f"the worst {shown} shown"] if shown < len(prepared) else []
    return " · ".join(
        [*([named] if named else []), f"{len(prepared)} targets", *([", ".join(words)] if words else []), *more]
    )


def _chosen(prepared: Sequence[Sheet]) -> list[Sheet]:
    if len(prepared) <= MOST:
        return list(prepared)
    worst = sorted(range(len(prepared)), key=lambda i: (-_badness(prepared[i]), i))[:MOST]
    return [prepared[i] for i in sorted(worst)]


def _badness(sheet: Sheet) -> int:
    return 0 if sheet.analysis is None else LEVELS.index(sheet.analysis.verdict.level)


def _draw_block(made: Figure, canvas: Axes, block: _Cells, columns: int) -> None:
    letters = (9.5 if columns <= 5 else 8.0) * scale()
    rows = math.ceil(len(block) / columns)
    canvas.set_xlim(0, columns)
    canvas.set_ylim(rows, 0)
    canvas.set_axis_off()
    panels = [panel for _, panel in block]
    frame = Frame(panels)
    for index, (sheet, _) in enumerate(block):
        _title(canvas, sheet, index % columns, index // columns, letters)
    _boxes(canvas, len(block), columns)
    mesh = fill_cells(canvas, panels, frame, columns)
    _number_up(canvas, panels[0], frame, rows, letters - 1)
    _number_across(canvas, frame, columns, len(block), letters - 1)
    names = {s.name: colors_of(panel)[s.name] for panel in panels for s in panel.points if s.name}
    for name, color in names.items():
        canvas.plot([], [], "o", color=color, markersize=4, label=name)
    if mesh is not None:
        left, low, width, height = canvas.get_position().bounds
        inch = 1 / float(made.get_size_inches()[0])
        box = made.add_axes((left + width + 0.05 * inch, low, 0.13 * inch, height))
        named = "" if panels[0].title.startswith(panels[0].maps[0].label) else panels[0].maps[0].label
        made.colorbar(mesh, cax=box, label=named).outline.set_visible(False)


def _title(canvas: Axes, sheet: Sheet, column: int, row: int, letters: float) -> None:
    left, right, up = column + 0.5 - INSIDE_X / 2, column + 0.5 + INSIDE_X / 2, row + 0.97 - INSIDE_Y - 0.04
    analysis = sheet.analysis
    canvas.text(left, up, label(sheet.target), fontsize=letters, fontweight="bold", va="bottom")
    if analysis is None:
        return
    level = analysis.verdict.level
    first = analysis.quantities[0] if analysis.quantities else None
    text = f"{_result(analysis, first)} {MARKS[level]}"
    room = _letters_in(canvas, letters) - len(label(sheet.target)) - 1
    canvas.text(
        right, up, text, fontsize=letters * min(1.0, room / len(text)), color=VERDICTS[level], ha="right", va="bottom"
    )


def _result(analysis: Analysis, first: Quantity | None) -> str:
    """Return the headline as a small panel has room for it."""
    if first is not None and first.is_known:
        return written_quantity(first)
    if first is None or not first.is_bounded:
        return analysis.verdict.level if analysis.fitted is not None or first is None else "no fit"
    return written_quantity(first).removesuffix(" each)").removesuffix(" (95 %").removesuffix(" (95 %)")


def _letters_in(canvas: Axes, letters: float) -> float:
    """Return how many letters of a size fit above a panel."""
    figure = canvas.get_figure(root=True)
    wide = 1.0 if figure is None else float(figure.get_size_inches()[0]) * canvas.get_position().width
    return 72 * INSIDE_X * wide / float(np.ptp(canvas.get_xlim())) / (0.6 * letters)


def _boxes(canvas: Axes, count: int, columns: int) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    corner = 0.5 - INSIDE_X / 2
    boxes = [
        Rectangle((i % columns + corner, i // columns + 0.97 - INSIDE_Y), INSIDE_X, INSIDE_Y) for i in range(count)
    ]
    canvas.add_collection(
        PatchCollection(boxes, facecolor="#FAFAFA", edgecolor="#BBBBBB", linewidth=0.6, zorder=0), autolim=False
    )


def _number_up(canvas: Axes, panel: Panel, frame: Frame, rows: int, letters: float) -> None:
    """Write numbers, or the texts of ticks, along the left."""
    from matplotlib.ticker import MaxNLocator

    if panel.y.ticks:
        marks, texts = np.arange(len(panel.y.ticks), dtype=float), panel.y.ticks
        if len(texts) > 6:
            marks, texts = marks[[0, -1]], (texts[0], texts[-1])
    else:
        marks = np.array([mark for mark in MaxNLocator(3).tick_values(*frame.y) if frame.y[0] <= mark <= frame.y[1]])
        texts = tuple(f"{mark:.3g}" for mark in marks)
    left = 0.5 - INSIDE_X / 2 - 0.03
    for row in range(rows):
        for text, place in zip(texts, frame.down(marks, row), strict=True):
            canvas.text(left, place, short(text, 10), fontsize=letters, ha="right", va="center", color=GREY)


def _number_across(canvas: Axes, frame: Frame, columns: int, count: int, letters: float) -> None:
    """Write the first and the last position under the lowest panel of each column."""
    ends = list(zip(frame.raw, ("left", "right"), strict=True))
    if frame.raw[0] == frame.raw[1] or len(frame.axis.ticks) == 1:  # the only position there is
        ends = [(sum(frame.raw) / 2, "center")]
    for column in range(columns):
        row = (count - 1 - column) // columns
        if row < 0:
            continue
        for value, side in ends:
            text = f"{value:.4g}" if not frame.axis.ticks else frame.axis.ticks[-1 if side == "right" else 0]
            place = frame.across(np.array([value]), column)[0]
            canvas.text(place, row + 1.0, short(text, 14), fontsize=letters, ha=side, va="top", color=GREY)
