"""A heat map on one set of axes: fields of colour, numbers in them where they are few, crosses where there is none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.panels import HeatMap, Panel, PanelAxis
from oqtopus_experiments.reporting._written import written
from oqtopus_experiments.reporting.figures._axes import LABEL, set_axes
from oqtopus_experiments.reporting.figures._style import GREY, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WITH_NUMBERS = 6
"""Maps of at most so many rows and columns have their numbers in the fields; of four, with errors."""
_WITH_ERRORS = 4
SIGNED, UNSIGNED, NOTHING = "RdBu_r", "cividis", "#EDEDED"
"""Colour maps that colour-blind eyes can read, and the colour of a field without a number."""


def draw_map(axes: Axes, panel: Panel) -> None:
    """Draw the heat map of a panel whose positions are in the units shown."""
    (shown,) = panel.maps
    low, high = colour_limits(shown)
    axes.set_facecolor(NOTHING)
    axes.grid(visible=False)
    set_axes(axes, panel)
    mesh = axes.pcolormesh(
        edges(shown.x, panel.x), edges(shown.y, panel.y), shown.values, cmap=colour_map(low, high), vmin=low, vmax=high,
        rasterized=shown.values.size > 10_000,
    )  # fmt: skip
    if panel.y.ticks:
        axes.set_ylim(len(shown.y) - 0.5, -0.5)  # a table is read from its first row down
    if panel.x.ticks:
        axes.set_xlim(-0.5, len(shown.x) - 0.5)
    if panel.x.ticks and panel.y.ticks and max(shown.values.shape) <= 16:
        axes.set_aspect("equal", adjustable="box")
    row, column = np.nonzero(np.isnan(shown.values))
    axes.plot(shown.x[column], shown.y[row], "x", color=GREY, markersize=5, markeredgewidth=1)
    if max(shown.values.shape) <= _WITH_NUMBERS:
        _write_numbers(axes, shown, low, high)
    # Inside of the axes' own box, so that it stands beside a map that is narrower than its place.
    slim = max(1.0, shown.values.shape[0] / shown.values.shape[1]) if axes.get_aspect() == 1.0 else 1.0
    axes.set_anchor("W")
    named = "" if panel.title.startswith(shown.label) else short(shown.label, LABEL)
    bar = axes.figure.colorbar(mesh, cax=axes.inset_axes((1 + 0.02 * slim, 0.0, 0.05 * slim, 1.0)), label=named)
    bar.outline.set_visible(False)
    if panel.note:
        axes.set_xlabel(f"{short(panel.x.label, LABEL)}\n{short(panel.note, 2 * LABEL)}")


def colour_limits(shown: HeatMap) -> tuple[float, float]:
    """Return the values of the first and last colour: around zero when there are both signs."""
    if shown.limits is not None:
        return shown.limits
    values = shown.values[np.isfinite(shown.values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if low < 0 < high:
        return -max(-low, high), max(-low, high)
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def colour_map(low: float, high: float) -> str:
    """Return the name of the colour map: one with a middle where there are both signs."""
    return SIGNED if low < 0 < high else UNSIGNED


def edges(positions: NDArray[np.float64], axis: PanelAxis) -> NDArray[np.float64]:
    """Return the edges of the fields around positions in a growing order, shape (n + 1,)."""
    if len(positions) == 1:
        return np.array([positions[0] - 0.5, positions[0] + 0.5])
    logarithmic = axis.scale == "log" and positions[0] > 0
    even = np.log(positions) if logarithmic else positions
    middle = (even[1:] + even[:-1]) / 2
    found = np.concatenate([[2 * even[0] - middle[0]], middle, [2 * even[-1] - middle[-1]]])
    return np.exp(found) if logarithmic else found


def _write_numbers(axes: Axes, shown: HeatMap, low: float, high: float) -> None:
    with_errors = shown.stderr is not None and max(shown.values.shape) <= _WITH_ERRORS
    for (row, column), value in np.ndenumerate(shown.values):
        if not math.isfinite(value):
            continue
        part = (value - low) / (high - low)
        dark = abs(part - 0.5) > 0.35 if low < 0 < high else part < 0.55
        error = float(shown.stderr[row, column]) if with_errors and shown.stderr is not None else math.nan
        text = f"{value:g}" if value == error == 0 else written(value, error) if error >= 0 else f"{value:.2f}"
        axes.text(
            float(shown.x[column]), float(shown.y[row]), text.replace("-", "\N{MINUS SIGN}"), ha="center", va="center",
            fontsize=8.5, color="white" if dark else "black", linespacing=1.3,
        )  # fmt: skip
