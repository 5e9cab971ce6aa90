"""Panels that an analyzer made, held to what can be drawn beyond what each part refuses itself; pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from numbers import Real
from typing import get_args

from oqtopus_experiments.contracts.panels import Band, HeatMap, Level, Line, Panel, PanelAxis, PointSeries, Scale

SCALES: tuple[str, ...] = get_args(Scale)


def faults_of_panel(panel: Panel) -> Iterator[str]:
    """Yield what is wrong with a panel, each as a sentence; only the first is sure to be told well."""
    for what, kind, marks in (
        ("points", PointSeries, panel.points),
        ("lines", Line, panel.lines),
        ("bands", Band, panel.bands),
        ("levels", Level, panel.levels),
        ("maps", HeatMap, panel.maps),
    ):
        for mark in marks:
            if not isinstance(mark, kind):
                yield f"its {what} hold a {type(mark).__name__}, not a {kind.__name__}"
    for which, axis in (("x", panel.x), ("y", panel.y)):
        if not isinstance(axis, PanelAxis):
            yield f"its {which} is a {type(axis).__name__}, not a PanelAxis"
        elif axis.scale not in SCALES:
            yield f"its {which} has the scale {axis.scale!r:.40}; the scales are {', '.join(SCALES)}"
    for series in panel.points:
        if bool((series.stderr < 0).any()):
            yield f"points {series.name!r} have a negative error"
    for level in panel.levels:
        if not isinstance(level.at, Real) or not math.isfinite(level.at):
            yield f"a level stands at {level.at!r:.40}, which is not a finite number"
