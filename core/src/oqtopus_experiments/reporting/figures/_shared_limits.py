"""The same range for panels of several targets that show the same: what looks larger is larger."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from oqtopus_experiments.contracts.panels import Panel, PanelAxis
from oqtopus_experiments.reporting.figures._room import least_span, roomy

_WILD = 3.0
"""A panel whose values span so many times what is usual keeps a range of its own: it must not flatten all others."""
_MARGIN = 0.05


def shared(panels: Sequence[Panel]) -> list[Panel]:
    """Return panels of one kind with common limits of their vertical axes, and of those below them."""
    if len(panels) < 2:
        return list(panels)
    made = _limited(panels, [_needed(panel) for panel in panels])
    beneath = [panel.below for panel in made if panel.below is not None]
    below = iter(_limited(beneath, [panel.y.limits for panel in beneath]))
    return [panel if panel.below is None else attrs.evolve(panel, below=next(below)) for panel in made]


def _limited(panels: Sequence[Panel], needed: Sequence[tuple[float, float] | None]) -> list[Panel]:
    spans = [high - low for low, high in filter(None, needed)]
    if not spans:
        return list(panels)
    usual = _WILD * float(np.median(spans))
    tame = [pair for pair in needed if pair is not None and pair[1] - pair[0] <= usual]
    limits = min(low for low, _ in tame), max(high for _, high in tame)
    return [
        panel if pair is not None and pair[1] - pair[0] > usual else attrs.evolve(panel, y=_within(panel.y, limits))
        for panel, pair in zip(panels, needed, strict=True)
    ]


def _within(axis: PanelAxis, limits: tuple[float, float]) -> PanelAxis:
    return attrs.evolve(axis, limits=limits)


def _needed(panel: Panel) -> tuple[float, float] | None:
    """Return what the points and curves of a panel need; None where its axis is no matter of numbers, or is set."""
    if panel.maps or panel.y.ticks or panel.y.limits is not None or panel.y.scale != "linear":
        return None
    values = [np.empty(0)]
    for series in panel.points:
        # A bar that is longer than the points are apart says that its point is not known, not where it is.
        reach = np.ptp(series.y[np.isfinite(series.y)]) if np.isfinite(series.y).any() else 0.0
        bars = np.clip(np.nan_to_num(series.stderr), 0, reach)
        values += [series.y - bars, series.y + bars]
    values += [line.y for line in panel.lines]
    values += [np.array([level.at]) for level in panel.levels if not level.upright]
    found = np.concatenate(values)
    found = found[np.isfinite(found)]
    if not found.size:
        return None
    low, high = float(found.min()), float(found.max())
    margin = _MARGIN * (high - low) or (0.5 if panel.y.possible is None else 0.0)
    low, high = low - margin, high + margin
    if panel.y.possible is None:
        return low, high
    return roomy(low, high, panel.y.possible, least_span([panel], panel.y.possible))
