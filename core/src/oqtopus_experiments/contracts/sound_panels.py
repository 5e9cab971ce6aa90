"""Panels that an analyzer made, held to what can be drawn; pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from numbers import Real
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

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
        yield from (f"its {what} hold a {type(mark).__name__}, not a {kind.__name__}"
                    for mark in marks if not isinstance(mark, kind))  # fmt: skip
    for which, axis in (("x", panel.x), ("y", panel.y)):
        yield from _faults_of_axis(which, axis)
    for series in panel.points:
        yield from _different("points", series.x, series.y, series.stderr)
        if bool((series.stderr < 0).any()):
            yield f"points {series.name!r} have a negative error"
    for line in panel.lines:
        yield from _different("a line", line.x, line.y)
    for band in panel.bands:
        yield from _different("a band", band.x, band.low, band.high)
    for level in panel.levels:
        if not isinstance(level.at, Real) or not math.isfinite(level.at):
            yield f"a level stands at {level.at!r:.40}, which is not a finite number"
    for shown in panel.maps:
        due = (len(np.atleast_1d(shown.y)), len(np.atleast_1d(shown.x)))
        if shown.values.shape != due:
            yield f"a heat map has values of shape {shown.values.shape} where its positions ask for {due}"
    if len(panel.maps) > 1:
        yield f"it has {len(panel.maps)} heat maps; one covers the other"


def _faults_of_axis(which: str, axis: object) -> Iterator[str]:
    if not isinstance(axis, PanelAxis):
        yield f"its {which} is a {type(axis).__name__}, not a PanelAxis"
        return
    if axis.scale not in SCALES:
        yield f"its {which} has the scale {axis.scale!r:.40}; the scales are {', '.join(SCALES)}"
    if axis.limits is not None and not (len(axis.limits) == 2 and axis.limits[0] < axis.limits[1]):
        yield f"its {which} has the limits {axis.limits!r:.40}, which are not (low, high)"


def _different(what: str, *arrays: NDArray[Any]) -> Iterator[str]:
    shapes = [array.shape for array in arrays]
    if len(shapes[0]) != 1 or len(set(shapes)) > 1:
        yield f"{what} must have arrays of one length; they have the shapes {', '.join(map(str, shapes))}"
