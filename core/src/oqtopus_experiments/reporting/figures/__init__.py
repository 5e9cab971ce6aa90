"""
Figures of results: points with error bars, the fitted curve, residuals in sigma, the verdict and its reason.

Up to six targets get a panel each. More get one grid of small panels, ``figure``, and one ``overview`` of the headline
quantity over the targets.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANELS = 6
"""So many targets get a full panel each."""


def figure(experiment: Declaration, dataset: Dataset, analyses: Sequence[Analysis]) -> Figure:
    """
    Return the figure of all targets; it belongs to no window.

    Args:
        experiment: What was run.
        dataset: The points.
        analyses: One per target, or none: then the points are drawn alone.
    """
    from matplotlib.figure import Figure

    return _fill(Figure, experiment, dataset, analyses)


def figures(experiment: Declaration, dataset: Dataset, analyses: Sequence[Analysis]) -> dict[str, Figure]:
    """Return all figures by name: ``figure``, and for many targets with a quantity ``overview``."""
    from oqtopus_experiments.reporting.figures.overview import overview

    drawn = {"figure": figure(experiment, dataset, analyses)}
    if len(analyses) > PANELS and any(analysis.quantities for analysis in analyses):
        drawn["overview"] = overview(experiment.name, analyses)
    return drawn


def draw_in_pyplot(experiment: Declaration, dataset: Dataset, analyses: Sequence[Analysis]) -> None:
    """Draw the figure where pyplot shows figures: in the notebook, or in a window."""
    import matplotlib.pyplot as plt

    # One window per experiment, drawn anew: a loop over a hundred runs must not keep a hundred figures.
    window = functools.partial(plt.figure, experiment.name, clear=True)
    _fill(window, experiment, dataset, analyses)
    if plt.isinteractive():
        plt.show(block=False)


def render(drawn: Figure, kind: Literal["png", "svg"]) -> bytes:
    """Return a figure as the bytes of a file; equal figures give equal bytes."""
    from oqtopus_experiments.reporting.figures.style import styled

    buffer = io.BytesIO()
    with styled():
        # Without a date and with fixed ids, a re-analysis that changes nothing writes the same file.
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        drawn.savefig(buffer, format=kind, dpi=150, metadata=metadata)
    return buffer.getvalue()


def _fill(make: Any, experiment: Declaration, dataset: Dataset, analyses: Sequence[Analysis]) -> Figure:
    from oqtopus_experiments.reporting.figures.grid import draw_grid
    from oqtopus_experiments.reporting.figures.panels import draw_panels
    from oqtopus_experiments.reporting.figures.style import styled
    from oqtopus_experiments.reporting.figures.trace import traces

    prepared = traces(dataset, analyses)
    with styled():
        draw = draw_panels if len(prepared) <= PANELS else draw_grid
        made: Figure = draw(make, experiment.name, prepared)
    return made
