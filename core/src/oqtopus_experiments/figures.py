"""Figures: points with error bars, fit, residuals, verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from oqtopus_experiments.analysis import Analysis
from oqtopus_experiments.dataset import Dataset
from oqtopus_experiments.experiment import Experiment
from oqtopus_experiments.targets import label
from oqtopus_experiments.units import display_scale, with_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VERDICT_COLORS = {"good": "#2e7d32", "suspect": "#b26a00", "bad": "#c62828"}
_POINTS, _FIT = "#1f4e79", "#d1495b"
_COLUMNS = 4


def figure(experiment: Experiment, dataset: Dataset, analyses: Sequence[Analysis]) -> Figure:
    """Return a figure with one panel per target; it belongs to no window."""
    from matplotlib.figure import Figure

    columns = min(_COLUMNS, len(analyses))
    rows = math.ceil(len(analyses) / columns)
    made = Figure(figsize=(max(6.4, 3.4 * columns), max(4.4, 2.8 * rows)), layout="constrained")
    _draw(made, experiment, dataset, analyses, rows, columns)
    return made


def draw_in_pyplot(experiment: Experiment, dataset: Dataset, analyses: Sequence[Analysis]) -> None:
    """Draw the figure where pyplot shows figures: in the notebook, or in a window."""
    import matplotlib.pyplot as plt

    columns = min(_COLUMNS, len(analyses))
    rows = math.ceil(len(analyses) / columns)
    # One window per experiment, drawn anew: a loop over a hundred runs must not keep a hundred figures.
    made = plt.figure(
        experiment.name, figsize=(max(6.4, 3.4 * columns), max(4.4, 2.8 * rows)), layout="constrained", clear=True
    )
    _draw(made, experiment, dataset, analyses, rows, columns)
    if plt.isinteractive():
        plt.show(block=False)


def _draw(
    made: Any, experiment: Experiment, dataset: Dataset, analyses: Sequence[Analysis], rows: int, columns: int
) -> None:
    panels = made.subplots(rows, columns, squeeze=False, sharex=True).ravel()
    for index, (panel, analysis) in enumerate(zip(panels, analyses, strict=False)):
        _panel(panel, dataset, index, analysis)
    for panel in panels[len(analyses) :]:
        panel.set_visible(False)
    made.suptitle(experiment.name)


def _panel(panel: Axes, dataset: Dataset, index: int, analysis: Analysis) -> None:
    axis = dataset.sweep.axes[0]
    x = dataset.sweep.grid()[axis.name]
    numeric = axis.is_numeric
    factor, unit = display_scale(float(np.abs(axis.values).max()), axis.unit) if numeric else (1.0, "")
    positions = x * factor if numeric else np.arange(len(x))
    panel.errorbar(positions, dataset.mean[index], dataset.stderr[index], fmt="o", ms=3, lw=1, color=_POINTS)
    if analysis.curve is not None:
        headline = analysis.quantities[0]
        text = f"{headline.name} = {with_error(headline.value, headline.stderr, headline.unit)}"
        panel.plot(analysis.curve.x * factor, analysis.curve.y, color=_FIT, label=text)
        panel.legend(fontsize=8, loc="best")
    panel.set_xlabel(f"{axis.name} ({unit})" if unit else axis.name)
    panel.set_ylabel(dataset.signal.label)
    panel.set_title(
        f"qubit {label(analysis.target)}: {analysis.verdict.level}",
        color=VERDICT_COLORS[analysis.verdict.level],
        fontsize=9,
    )
