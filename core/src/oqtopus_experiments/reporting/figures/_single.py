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
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with styled():
        # Small print and legend both stand at the lower edge: the one has a strip of its own.
        strip = 0.2 / size[1] if about else 0.0
        made = Figure(figsize=size, layout=ConstrainedLayoutEngine(rect=(0, strip, 1, 1 - strip)))
        cells = made.add_gridspec(1, len(panels), width_ratios=widths)
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
            made.legend(
                named.values(), [short(name, NAME) for name in named], loc="outside lower left", ncols=len(named)
            )
        made.suptitle(title, fontsize="x-large", fontweight="bold")
        if about:
            made.text(0.995, 0.05 / size[1], about, ha="right", va="bottom", fontsize="x-small", color=GREY)
    return made
