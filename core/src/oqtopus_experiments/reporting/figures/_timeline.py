"""A quantity over time: values with errors, levels between the steps, and the steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from oqtopus_experiments.contracts.panels import Level, Line, Panel, PanelAxis, PointSeries, Scale
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting._history import Measurement
from oqtopus_experiments.reporting.figures._scaling import readable
from oqtopus_experiments.reporting.figures._single import single

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DAY = 86_400.0


def timeline(entries: Sequence[Measurement], target: Target) -> Figure:
    """
    Return a figure of the history of one quantity; it belongs to no window.

    Args:
        entries: At least one, in order of time.
        target: Its qubits, for the title.
    """
    (panel,) = readable([timeline_panel(entries)])
    qubits = "qubits" if len(target) > 1 else "qubit"
    name = entries[0].quantity.name
    return single(f"{name} of {qubits} {label(target)} · {len(entries)} runs", panel, (8, 4.2))


def timeline_panel(entries: Sequence[Measurement]) -> Panel:
    """Return the panel of the history of one quantity, in its own unit: one series per verdict, one line per level."""
    first = entries[0].quantity
    times, scale = _times(entries)
    points = []
    for level in LEVELS:
        chosen = [i for i, e in enumerate(entries) if e.level == level and e.quantity.is_known]
        if chosen:
            quantities = [entries[i].quantity for i in chosen]
            points.append(
                PointSeries(
                    [times[i] for i in chosen],
                    [q.value for q in quantities],
                    [q.stderr for q in quantities],
                    f"{len(chosen)} {level}",
                    level,
                )
            )
    return Panel(
        x=PanelAxis("time (UTC)" if scale == "date" else "run", scale=scale),
        y=PanelAxis(first.name, first.unit),
        points=points,
        lines=_levels(entries, times),
        levels=[
            Level(time, f"step, {entry.step:.1f} σ", upright=True)
            for time, entry in list(zip(times, entries, strict=True))[1:]
            if math.isfinite(entry.step)
        ],
    )


def _times(entries: Sequence[Measurement]) -> tuple[list[float], Scale]:
    """Return the times of the runs in days since 1970; their numbers when any time is missing or unreadable."""
    try:
        return [_days(datetime.fromisoformat(entry.created)) for entry in entries], "date"
    except (ValueError, OverflowError):
        return [float(index) for index in range(len(entries))], "linear"


def _days(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / _DAY


def _levels(entries: Sequence[Measurement], times: Sequence[float]) -> list[Line]:
    """Return the weighted mean of every stretch between steps."""
    starts = [i for i, entry in enumerate(entries) if i == 0 or math.isfinite(entry.step)]
    lines = []
    for start, end in zip(starts, [*starts[1:], len(entries)], strict=True):
        stretch = [entry.quantity for entry in entries[start:end] if entry.is_usable]
        if stretch:
            mean = float(np.average([q.value for q in stretch], weights=[q.stderr**-2 for q in stretch]))
            lines.append(Line([times[start], times[end - 1]], [mean, mean]))
    return lines
