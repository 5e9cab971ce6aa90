"""Full panels for a few targets: points and fit above, residuals in sigma below."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.units import with_error
from oqtopus_experiments.reporting.figures.style import FAINT, FIT, GREY, LINES, MARKS, POINTS, VERDICTS, value_text
from oqtopus_experiments.reporting.figures.trace import Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT, _RESIDUALS = 6.4, 3.7, 1.15
_LETTERS = 78


def draw_panels(make: Any, name: str, prepared: Sequence[Trace]) -> Figure:
    """Return a figure with one panel per target, in up to three columns."""
    columns = 1 if len(prepared) == 1 else 2 if len(prepared) <= 4 else 3
    rows = math.ceil(len(prepared) / columns)
    with_residuals = any(_has_residuals(trace) for trace in prepared)
    width = _WIDTH if columns == 1 else 5.6
    reasons = max(len(_reasons(trace, width)) for trace in prepared)
    height = _HEIGHT + _RESIDUALS * with_residuals + 0.17 * reasons
    made: Figure = make(figsize=(width * columns, height * rows + 0.35), layout="constrained")
    made.suptitle(name, fontsize=13, fontweight="bold")
    outer = made.add_gridspec(rows, columns, hspace=0.08)
    for index, trace in enumerate(prepared):
        cell = outer[index // columns, index % columns]
        if not with_residuals:
            _draw_points(made.add_subplot(cell), trace, width, is_bottom=True)
            continue
        inner = cell.subgridspec(2, 1, height_ratios=[3.2, 1], hspace=0.0)
        upper = made.add_subplot(inner[0])
        lower = made.add_subplot(inner[1], sharex=upper)
        _draw_points(upper, trace, width, is_bottom=False)
        _draw_residuals(lower, trace)
    return made


def _has_residuals(trace: Trace) -> bool:
    return any(np.isfinite(series.residual).any() for series in trace.series)


def _draw_points(panel: Axes, trace: Trace, width: float, *, is_bottom: bool) -> None:
    if trace.scatter[0].size:
        panel.plot(*trace.scatter, ".", color=FAINT, markersize=3, alpha=0.7, zorder=1)
    for number, series in enumerate(trace.series):
        color = POINTS if len(trace.series) == 1 else LINES[number % len(LINES)]
        line = "-" if trace.ticks == () and len(trace.series) > 1 and series.model is None else ""
        panel.errorbar(
            trace.x, series.y, series.error, fmt=f"o{line}", markersize=3.6, linewidth=1, elinewidth=1.2, capsize=0,
            color=color, label=series.name or None, zorder=2,
        )  # fmt: skip
        if trace.curve is None and series.model is not None and not trace.ticks:
            panel.plot(trace.x, series.model, color=color if len(trace.series) > 1 else FIT, linewidth=1.4, zorder=3)
    if trace.curve is not None:
        panel.plot(trace.curve.x, trace.curve.y, color=FIT, label=headline(trace), zorder=3)
    elif (text := headline(trace)) is not None:
        panel.plot([], [], " ", label=text)
    _mark_missing(panel, trace)
    set_axis(panel, trace, is_bottom=is_bottom)
    _set_limits(panel, trace)
    _set_titles(panel, trace, width)
    _set_legend(panel, trace)


def _set_legend(panel: Axes, trace: Trace) -> None:
    """Put the legend where no point is: in room made above the points, or beside them when it is long."""
    names = panel.get_legend_handles_labels()[1]
    if len(names) > 2:
        panel.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), handlelength=1.4)
    elif names:
        low, high = panel.get_ylim()
        panel.set_ylim(low, high + 0.13 * (high - low))
        highest = high if trace.levels is None else max(high, trace.levels[1])
        panel.set_yticks([tick for tick in panel.get_yticks() if low <= tick <= highest], minor=False)
        panel.set_ylim(low, high + 0.13 * (high - low))
        panel.legend(loc="upper right", handlelength=1.4, ncols=2, columnspacing=1.2, borderaxespad=0.2)


def _draw_residuals(panel: Axes, trace: Trace) -> None:
    panel.axhspan(-2, 2, color="#F0F0F0", zorder=0, linewidth=0)
    panel.axhline(0, color=FIT, linewidth=1.2, zorder=1)
    panel.grid(visible=False)
    if not _has_residuals(trace):
        panel.text(0.5, 0.5, "no fit", transform=panel.transAxes, ha="center", va="center", color=GREY)
    largest = 3.0
    for number, series in enumerate(trace.series):
        color = POINTS if len(trace.series) == 1 else LINES[number % len(LINES)]
        panel.plot(trace.x, series.residual, "o", color=color, markersize=3, zorder=2)
        largest = max(largest, float(np.nanmax(np.abs(series.residual), initial=0)))
    panel.set_ylim(-1.15 * largest, 1.15 * largest)
    panel.set_ylabel("residual (σ)")
    panel.locator_params(axis="y", nbins=5)
    set_axis(panel, trace, is_bottom=True)


def _mark_missing(panel: Axes, trace: Trace) -> None:
    if not trace.missing.size:
        return
    plural = "s" if trace.missing.size > 1 else ""
    panel.plot(
        np.unique(trace.missing), np.full(len(np.unique(trace.missing)), 0.03), "x", color=GREY, markersize=6,
        transform=panel.get_xaxis_transform(), clip_on=False, zorder=4,
        label=f"{trace.missing.size} point{plural} missing",
    )  # fmt: skip


def set_axis(panel: Axes, trace: Trace, *, is_bottom: bool = True) -> None:
    """Divide and name the horizontal axis; only the lowest panel has numbers and a name."""
    from matplotlib.ticker import NullFormatter

    if trace.scale == "log":
        panel.set_xscale("log")
    elif trace.scale == "symlog":
        panel.set_xscale("symlog", linthresh=trace.smallest)
    if trace.scale != "linear":
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        panel.xaxis.set_minor_formatter(NullFormatter())
    if trace.ticks:
        turned = sum(map(len, trace.ticks)) > 40
        panel.set_xticks(trace.x, trace.ticks, rotation=35 if turned else 0, ha="right" if turned else "center")
        panel.set_xlim(-0.5, len(trace.x) - 0.5)
    if is_bottom:
        panel.set_xlabel(trace.axis_label)
    else:
        panel.tick_params(labelbottom=False)
        panel.set_xlabel("")


def _set_limits(panel: Axes, trace: Trace) -> None:
    panel.set_ylabel(trace.signal_label)
    if trace.levels is None:
        return
    if any(np.isfinite(series.y).any() for series in trace.series):
        low, high = panel.get_ylim()
        panel.set_ylim(*roomy(low, high, trace.levels))
    else:
        panel.set_ylim(*trace.levels)


def roomy(low: float, high: float, levels: tuple[float, float]) -> tuple[float, float]:
    """Return at least three tenths of the range a two-valued signal can have: a flat line must look flat."""
    span = levels[1] - levels[0]
    short = 0.3 * span - (high - low)
    if short <= 0:
        return low, high
    low, high = low - short / 2, high + short / 2
    # What cannot be measured needs no room.
    shift = min(0.0, levels[1] + 0.03 * span - high) + max(0.0, levels[0] - 0.03 * span - low)
    return low + shift, high + shift


def _set_titles(panel: Axes, trace: Trace, width: float) -> None:
    reasons = _reasons(trace, width)
    qubits = "qubits" if len(trace.target) > 1 else "qubit"
    panel.set_title(f"{qubits} {label(trace.target)}" + "\n" * len(reasons), loc="left", fontweight="bold")
    if trace.analysis is None:
        return
    level = trace.analysis.verdict.level
    panel.set_title(
        f"{MARKS[level]} {level}" + "\n" * len(reasons), loc="right", color=VERDICTS[level], fontweight="bold"
    )
    if reasons:
        panel.annotate(
            "\n".join(reasons), (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points", va="bottom",
            fontsize=9, color=VERDICTS[level],
        )  # fmt: skip


def _reasons(trace: Trace, width: float) -> list[str]:
    """Return the lines that say why a verdict is not good."""
    if trace.analysis is None or trace.analysis.verdict.level == "good":
        return []
    text = trace.analysis.verdict.doubts
    return textwrap.wrap(text, int(_LETTERS * width / _WIDTH))[:4]


def headline(trace: Trace) -> str | None:
    """Return the headline quantity with its error, or None when it is not known."""
    if trace.analysis is None or not trace.analysis.quantities or not trace.analysis.quantities[0].is_known:
        return None
    first = trace.analysis.quantities[0]
    return f"{first.name} = {value_text(with_error(first.value, first.stderr, first.unit))}"
