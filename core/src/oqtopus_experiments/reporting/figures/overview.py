"""The headline quantity of many targets at a glance: value with error per qubit, and the verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting.figures.style import GREY, VERDICTS, styled, unit_text
from oqtopus_experiments.reporting.figures.trace import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKERS = {"good": "o", "suspect": "^", "bad": "X"}
_MOST_LABELS = 50


def overview(name: str, analyses: Sequence[Analysis]) -> Figure:
    """Return a figure of the first quantity of every target, marked by verdict; it belongs to no window."""
    from matplotlib.figure import Figure

    first = next(analysis.quantities[0] for analysis in analyses if analysis.quantities)
    values = np.array([a.quantities[0].value if a.quantities else math.nan for a in analyses])
    errors = np.array([a.quantities[0].stderr if a.quantities else math.nan for a in analyses])
    levels = [analysis.verdict.level for analysis in analyses]
    trusted = np.isfinite(values) & np.array([level != "bad" for level in levels])
    typical = values[trusted] if trusted.any() else values[np.isfinite(values)]
    factor, unit = display_scale(float(np.median(np.abs(typical))) if typical.size else math.nan, first.unit)
    with styled():
        made = Figure(figsize=(min(14.0, max(6.4, 0.13 * len(analyses) + 3)), 4.4), layout="constrained")
        panel = made.add_subplot()
        low, high = _limits(values[trusted] * factor, errors[trusted] * factor)
        panel.set_ylim(low, high)
        for level in LEVELS:
            chosen = np.array([found == level for found in levels])
            if chosen.any():
                _draw_level(panel, level, chosen, values * factor, errors * factor)
        if typical.size:
            center = float(np.median(typical)) * factor
            panel.axhline(center, color=GREY, linewidth=1, linestyle="--", zorder=1)
            made.suptitle(f"{name} · {len(analyses)} targets · median {center:.4g} {unit_text(unit)}".rstrip(),
                          fontsize=13, fontweight="bold")  # fmt: skip
        else:
            made.suptitle(f"{name} · {len(analyses)} targets", fontsize=13, fontweight="bold")
        panel.set_ylabel(f"{first.name} ({unit_text(unit)})" if unit else first.name)
        _label_targets(panel, analyses)
        panel.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    return made


def _draw_level(panel: Axes, level: str, chosen: Array, values: Array, errors: Array) -> None:
    low, high = panel.get_ylim()
    where = np.flatnonzero(chosen)
    inside = where[np.isfinite(values[where])]
    drawn = values[inside]
    clipped = np.clip(drawn, low + 0.02 * (high - low), high - 0.02 * (high - low))
    bars = np.where(np.isfinite(errors[inside]) & (drawn == clipped), errors[inside], 0)
    unknown = where[~np.isfinite(values[where])]
    words = f"{len(where)} {level}" + (f" ({len(unknown)} without a number)" if unknown.size else "")
    panel.errorbar(
        inside, clipped, bars, fmt=_MARKERS[level], color=VERDICTS[level], markersize=5, elinewidth=1.2, label=words
    )
    for index, value, shown in zip(inside, drawn, clipped, strict=True):
        if value != shown:  # off the scale: at the edge, with its number
            panel.annotate(
                f"{value:.3g}", (index, shown), (0, 6 if value < shown else -6), textcoords="offset points",
                ha="center", va="bottom" if value < shown else "top", fontsize=8, color=VERDICTS[level],
            )  # fmt: skip
    if unknown.size:
        panel.plot(
            unknown, np.full(len(unknown), 0.03), "x", color=VERDICTS[level], markersize=6, clip_on=False,
            transform=panel.get_xaxis_transform()
        )  # fmt: skip


def _limits(values: Array, errors: Array) -> tuple[float, float]:
    """Return a range that shows the trusted values with their bars, without the wildest of them."""
    if not values.size:
        return 0.0, 1.0
    quarter, middle, last = np.percentile(values, [25, 50, 75])
    reach = 4 * max(last - quarter, float(np.nanmedian(errors)) if np.isfinite(errors).any() else 0, 1e-3 * abs(middle))
    near = np.abs(values - middle) <= reach
    bars = np.minimum(np.nan_to_num(errors[near]), reach)
    low, high = float((values[near] - bars).min()), float((values[near] + bars).max())
    margin = 0.12 * (high - low) or 0.5
    return low - margin, high + margin


def _label_targets(panel: Axes, analyses: Sequence[Analysis]) -> None:
    names = [label(analysis.target) for analysis in analyses]
    step = math.ceil(len(names) / _MOST_LABELS)
    wide = max(map(len, names)) > 2
    panel.set_xticks(range(0, len(names), step), names[::step], rotation=90 if wide and len(names) > 20 else 0)
    panel.set_xlim(-0.7, len(names) - 0.3)
    panel.grid(visible=False, axis="x")
    panel.set_xlabel("qubits" if len(analyses[0].target) > 1 else "qubit")
