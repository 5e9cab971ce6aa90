"""How much of an axis is shown at least: what is flat must look flat, and what is small must still be seen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from oqtopus_experiments.contracts.panels import Panel

_PART, _BARS = 0.3, 16.0
"""A signal that does not change is shown on this part of what it could be, or on so many of its error bars."""


def least_span(panels: Iterable[Panel], possible: tuple[float, float]) -> float:
    """Return how long a vertical axis is at least: scatter by shot noise alone must look like a flat line on it."""
    part = _PART * (possible[1] - possible[0])
    errors = np.concatenate([np.empty(0), *(series.stderr for panel in panels for series in panel.points)])
    errors = errors[np.isfinite(errors) & (errors > 0)]
    return min(part, _BARS * float(np.median(errors))) if errors.size else part


def roomy(low: float, high: float, possible: tuple[float, float], least: float) -> tuple[float, float]:
    """Return a range of at least so much, within what is possible, or what the data need."""
    span = possible[1] - possible[0]
    short = least - (high - low)
    if short <= 0:
        return low, high
    low, high = low - short / 2, high + short / 2
    # What cannot be measured needs no room.
    margin = min(0.03 * span, 0.1 * least)
    shift = min(0.0, possible[1] + margin - high) + max(0.0, possible[0] - margin - low)
    return low + shift, high + shift
