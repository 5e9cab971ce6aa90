"""A figure of one panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.reporting.figures._drawing import draw
from oqtopus_experiments.reporting.figures._style import styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def single(title: str, panel: Panel, size: tuple[float, float]) -> Figure:
    """Return a figure of one panel in the units shown, so many inches wide and high; it belongs to no window."""
    from matplotlib.figure import Figure

    with styled():
        made = Figure(figsize=size, layout="constrained")
        draw(made.add_subplot(), panel)
        made.suptitle(title, fontsize=13, fontweight="bold")
    return made
