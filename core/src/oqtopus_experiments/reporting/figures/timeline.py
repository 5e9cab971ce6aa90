"""A quantity over time: values with errors, levels between the steps, and the steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting.figures.style import FIT, VERDICTS, styled, unit_text
from oqtopus_experiments.reporting.history import Measurement

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKERS = {"good": "o", "suspect": "^", "bad": "X"}


def timeline(entries: Sequence[Measurement], target: Target) -> Figure:
    """
    Return a figure of the history of one quantity; it belongs to no window.

    Args:
        entries: At least one, in order of time.
        target: Its qubits, for the title.
    """
    from matplotlib.figure import Figure

    first = entries[0].quantity
    known = [abs(entry.quantity.value) for entry in entries if entry.quantity.is_known]
    factor, unit = display_scale(float(np.median(known)) if known else math.nan, first.unit)
    times, dated = _times(entries)
    with styled():
        made = Figure(figsize=(8, 4.2), layout="constrained")
        panel = made.add_subplot()
        _draw_entries(panel, entries, times, factor)
        _draw_levels(panel, entries, times, factor)
        panel.set_ylabel(f"{first.name} ({unit_text(unit)})" if unit else first.name)
        panel.set_xlabel("time (UTC)" if dated else "run")
        qubits = "qubits" if len(target) > 1 else "qubit"
        made.suptitle(f"{first.name} of {qubits} {label(target)} · {len(entries)} runs", fontsize=13, fontweight="bold")
        if panel.get_legend_handles_labels()[1]:
            panel.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.2)
        if dated:
            locator = _dates().AutoDateLocator()
            panel.xaxis.set_major_locator(locator)
            panel.xaxis.set_major_formatter(_dates().ConciseDateFormatter(locator))
    return made


def _dates() -> Any:
    from matplotlib import dates

    return dates  # a module without types


def _times(entries: Sequence[Measurement]) -> tuple[list[float], bool]:
    """Return the times of the runs in days; their numbers, and False, when any time is missing or unreadable."""
    try:
        return [float(_dates().date2num(datetime.fromisoformat(entry.created))) for entry in entries], True
    except (ValueError, OverflowError):
        return [float(index) for index in range(len(entries))], False


def _draw_entries(panel: Axes, entries: Sequence[Measurement], times: Sequence[float], factor: float) -> None:
    for level in LEVELS:
        chosen = [i for i, e in enumerate(entries) if e.level == level and e.quantity.is_known]
        if not chosen:
            continue
        errors = np.array([entries[i].quantity.stderr for i in chosen])
        panel.errorbar(
            [times[i] for i in chosen], [entries[i].quantity.value * factor for i in chosen],
            np.where(np.isfinite(errors), errors, 0) * factor, fmt=_MARKERS[level], color=VERDICTS[level], markersize=5,
            elinewidth=1.2, label=f"{len(chosen)} {level}",
        )  # fmt: skip


def _draw_levels(panel: Axes, entries: Sequence[Measurement], times: Sequence[float], factor: float) -> None:
    """Draw the weighted mean of every stretch between steps, and a line at each step."""
    starts = [i for i, entry in enumerate(entries) if i == 0 or math.isfinite(entry.step)]
    for start, end in zip(starts, [*starts[1:], len(entries)], strict=True):
        stretch = [entry.quantity for entry in entries[start:end] if entry.is_usable]
        if stretch:
            mean = np.average([q.value for q in stretch], weights=[q.stderr**-2 for q in stretch]) * factor
            panel.plot([times[start], times[end - 1]], [mean, mean], color=FIT, linewidth=1.4, zorder=1)
        if start:
            panel.axvline(times[start], color=FIT, linestyle="--", linewidth=1.2, zorder=1)
            panel.annotate(
                f"step, {entries[start].step:.1f} σ", (times[start], 0.97), xycoords=panel.get_xaxis_transform(),
                xytext=(-4, 0), textcoords="offset points", ha="right", va="top", fontsize=9, color=FIT,
            )  # fmt: skip
