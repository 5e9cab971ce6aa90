"""
Figures of results: points with error bars, the fitted curve, residuals in sigma, the verdict and its reason.

From an analysis to a picture in two steps: `sheets` makes panels, which are data, and `renderer` draws them. Up to six
targets get full panels. More get one grid of small panels, ``figure``, and one ``overview`` of the headline quantity
over the targets.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.reporting.figures._about import NOTHING, About as About, of_points
from oqtopus_experiments.reporting.figures._drawn import drawn as drawn, render as render
from oqtopus_experiments.reporting.figures._style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = ("figure", "overview", "chip")
"""Names of all figures of an experiment."""


def figure(
    title: str,
    dataset: Dataset,
    analyses: Sequence[Analysis],
    about: About = NOTHING,
    *,
    size: tuple[float, float] | None = None,
    qubits: Sequence[int | Sequence[int]] | None = None,
    style: Style = "screen",
) -> Figure:
    """
    Return the figure of all targets; it belongs to no window.

    Args:
        title: What it is called, as in the run file.
        dataset: The points.
        analyses: One per target, or none: then the points are drawn alone.
        about: Where the points come from, for the small print.
        size: Width and height in inches; None for what the panels need.
        qubits: Which targets, each a qubit or a list of qubits; None for all.
        style: ``"screen"``, ``"talk"``, ``"paper"``, or settings of matplotlib.

    Raises:
        ValueError: When a target or the style is not known.
    """
    from matplotlib.figure import Figure

    from oqtopus_experiments.reporting.figures._sheets import chosen, sheets

    prepared = sheets(dataset, analyses, chosen(dataset.targets, qubits))
    small_print = about.small_print(*of_points(dataset, analyses))
    return drawn(Figure, title, prepared, small_print, size=size, style=style)


def draw_in_pyplot(title: str, dataset: Dataset, analyses: Sequence[Analysis], about: About = NOTHING) -> None:
    """Draw the figure where pyplot shows figures: in the notebook, or in a window."""
    import matplotlib.pyplot as plt

    from oqtopus_experiments.reporting.figures._sheets import sheets

    # One window per experiment, drawn anew: a loop over a hundred runs must not keep a hundred figures.
    window = functools.partial(plt.figure, title, clear=True)
    drawn(window, title, sheets(dataset, analyses), about.small_print(*of_points(dataset, analyses)))
    if plt.isinteractive():
        plt.show(block=False)
