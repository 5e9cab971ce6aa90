"""Full panels for a few targets: each target's panels side by side, under its name, its verdict and the reasons."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.reporting.figures._drawing import NAME, beside, draw, entries_of, names_of
from oqtopus_experiments.reporting.figures._sheets import Sheet
from oqtopus_experiments.reporting.figures._style import GREY, MARKS, VERDICTS, scale, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ALONE, _WIDE, _NARROW = 6.4, 5.6, 4.6
"""Width in inches of the only panel of a figure, of one in two columns, of one in three."""
_HEIGHT, _BELOW, _TURNED = 3.7, 1.15, 0.5
_LETTERS = 12.2
"""Letters per inch of the reasons."""
_LINES = 8
"""Lines of reasons above a panel."""
_TITLE_LETTERS = 9.8
"""Letters per inch of a title."""
_PADDING = {"w_pad": 0.09, "h_pad": 0.09}
"""Inches around each panel: the name of an axis must not touch the panel beside or below it."""


def draw_sheets(
    make: Any, title: str, shown: Sequence[Sheet], about: str = "", size: tuple[float, float] | None = None
) -> Figure:
    """
    Return a figure of a few targets: side by side when each has one panel, else below each other.

    Args:
        make: What makes a figure, given its size.
        title: What it is called.
        shown: What is drawn for each target.
        about: The small print.
        size: Width and height in inches; None for what the panels need.
    """
    most = max(len(sheet.panels) for sheet in shown)
    count = len(shown) if most == 1 else most
    columns = count if count <= 3 and most > 1 else 1 if count == 1 else 2 if count <= 4 else 3
    width = {1: _ALONE, 2: _WIDE, 3: _NARROW if most > 1 else _WIDE}[columns]
    common = _has_common_legend(shown)
    legend = max(beside(panel) for sheet in shown for panel in sheet.panels)
    width += 0.0 if common else legend
    width = width if size is None else (size[0] - legend * common) / columns
    reasons = [_reasons(sheet, width) for sheet in shown]
    rows_each = math.ceil(most / columns) if most > 1 else 1
    rows = len(shown) * rows_each if most > 1 else math.ceil(len(shown) / columns)
    has_below = any(panel.below is not None for sheet in shown for panel in sheet.panels)
    turned = any(sum(map(len, panel.x.ticks)) > 40 for sheet in shown for panel in sheet.panels)
    height = _HEIGHT + _BELOW * has_below + _TURNED * turned + 0.17 * scale() * max(map(len, reasons))
    made: Figure = make(figsize=size or (width * columns + legend * common, height * rows + 0.35 + 0.2 * bool(about)))
    made.set_layout_engine("constrained", **_PADDING)
    made.suptitle(title, fontsize="x-large", fontweight="bold")
    if about:
        made.supxlabel(about, x=0.995, ha="right", fontsize="x-small", color=GREY)
    cells = made.add_gridspec(rows, columns, hspace=0.08)
    for index, (sheet, lines) in enumerate(zip(shown, reasons, strict=True)):
        places = (
            [divmod(number, columns) for number in range(len(sheet.panels))]
            if most > 1
            else [divmod(index, columns)] * len(sheet.panels)
        )
        first = index * rows_each if most > 1 else 0
        drawn = [
            _draw(made, cells[first + row, column], panel, with_legend=not common)
            for (row, column), panel in zip(places, sheet.panels, strict=True)
        ]
        _set_titles(drawn, sheet, lines, width, columns)
        if common and index == 0:
            entries = entries_of(drawn[0], sheet.panels[0])
            names = [short(name, NAME) for name in entries]
            made.legend(entries.values(), names, loc="outside right upper", handlelength=1.4)
    return made


def _has_common_legend(shown: Sequence[Sheet]) -> bool:
    """Return whether all targets have one panel with the same long legend, which is then drawn once."""
    if len(shown) < 2 or any(len(sheet.panels) != 1 for sheet in shown):
        return False
    panels = [sheet.panels[0] for sheet in shown]
    return all(beside(panel) for panel in panels) and len({names_of(panel) for panel in panels}) == 1


def _draw(made: Figure, cell: Any, panel: Panel, *, with_legend: bool = True) -> Axes:
    if panel.below is None:
        axes = made.add_subplot(cell)
        draw(axes, panel, with_legend=with_legend)
        return axes
    inner = cell.subgridspec(2, 1, height_ratios=[3.2, 1], hspace=0.0)
    axes = made.add_subplot(inner[0])
    lower = made.add_subplot(inner[1], sharex=axes)
    draw(axes, panel, is_bottom=False, with_legend=with_legend)
    draw(lower, panel.below, with_legend=False)
    lower.grid(visible=False)
    if panel.below.points:
        lower.locator_params(axis="y", nbins=5)
        lower.annotate(
            panel.below.note, (1, 0), (0, -20 * scale()), xycoords="axes fraction", textcoords="offset points",
            ha="right", va="top", fontsize="x-small", color=GREY, annotation_clip=False,
        ).set_in_layout(False)  # fmt: skip
    else:  # there are no numbers on an axis of nothing
        lower.set_yticks([])
    return axes


def _set_titles(drawn: Sequence[Axes], sheet: Sheet, reasons: Sequence[str], width: float, columns: int) -> None:
    """Name the target with its verdict above its first panel, and every panel by its own title."""
    room = "\n" * len(reasons)
    who = f"{'qubits' if len(sheet.target) > 1 else 'qubit'} {label(sheet.target)}"
    for number, (axes, panel) in enumerate(zip(drawn, sheet.panels, strict=True)):
        words = " · ".join(filter(None, [who, sheet.headline, panel.title])) if number == 0 else panel.title
        letters = _TITLE_LETTERS / scale() * width - (10 if number == 0 else 0)  # the verdict stands beside the first
        # A dot between two parts stays at the end of its line.
        lines = textwrap.wrap(words.replace(" · ", "\N{NO-BREAK SPACE}· "), max(20, int(letters)))[:3]
        text = "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ") + (room if number < columns else "")
        axes.set_title(text, loc="left", fontweight="bold")
    if sheet.analysis is None or not drawn:
        return
    level = sheet.analysis.verdict.level
    drawn[0].set_title(f"{MARKS[level]} {level}{room}", loc="right", color=VERDICTS[level], fontweight="bold")
    if reasons:
        said = drawn[0].annotate(
            "\n".join(reasons), (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points", va="bottom",
            fontsize="small", color=VERDICTS[level], annotation_clip=False,
        )  # fmt: skip
        said.set_in_layout(len(drawn) == 1)  # the titles make the room it needs


def _reasons(sheet: Sheet, width: float) -> list[str]:
    """Return the lines that say why a verdict is not good."""
    if sheet.analysis is None or sheet.analysis.verdict.level == "good":
        return []
    doubts, letters = sheet.analysis.verdict.doubts, int(_LETTERS / scale() * width)
    return textwrap.wrap(doubts, letters, max_lines=_LINES, placeholder=" … (all in the report)")
