"""A figure of panels side by side that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.reporting.figures._drawing import NAME, draw
from oqtopus_experiments.reporting.figures._style import GREY, short, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_LEFT, _RIGHT, _ABOVE, _BELOW, _SMALL = 0.85, 0.2, 0.5, 1.25, 0.2
"""Inches around the panels, the legend and the names of the axes included, and for the small print."""


def beside_each_other(
    title: str, panels: Sequence[Panel], size: tuple[float, float], *, widths: Sequence[float], about: str = ""
) -> Figure:
    """
    Return a figure of panels in the units shown, with one vertical axis and one legend; it belongs to no window.

    Args:
        title: What it is called.
        panels: From left to right.
        size: Width and height, inches.
        widths: How wide each panel is, by any unit.
        about: The small print.
    """
    from matplotlib.figure import Figure

    with styled():
        # Room that is known beforehand: a layout that measures all texts draws the figure twice.
        wide, high = size
        made = Figure(figsize=size)
        cells = made.add_gridspec(
            1, len(panels), width_ratios=widths, wspace=0.25 / wide,
            left=_LEFT / wide, right=1 - _RIGHT / wide, bottom=_BELOW / high, top=1 - _ABOVE / high,
        )  # fmt: skip
        first: Axes | None = None
        named: dict[str, Any] = {}
        for number, panel in enumerate(panels):
            axes = made.add_subplot(cells[number], sharey=first)
            draw(axes, panel, with_legend=False)
            if first is not None:
                axes.tick_params(labelleft=False)
            first = first or axes
            handles, names = axes.get_legend_handles_labels()
            named |= {name: mark for name, mark in zip(names, handles, strict=True) if name not in named}
        if named:
            texts = [short(name, NAME) for name in named]
            place = (0.0, _SMALL / high)
            made.legend(list(named.values()), texts, loc="lower left", bbox_to_anchor=place, ncols=len(named))
        made.suptitle(title, fontsize="x-large", fontweight="bold", y=1 - 0.1 / high, va="top")
        if about:
            made.text(0.995, 0.05 / high, about, ha="right", va="bottom", fontsize="x-small", color=GREY)
    return made
