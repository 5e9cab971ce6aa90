"""Panels in the units a person reads: microseconds instead of fifty thousand nanoseconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.panels import Panel, PanelAxis, Scale
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.reporting._written import unit_text


def spacing(positions: NDArray[np.float64]) -> Scale:
    """Return ``log`` when the spacing of the positions is more even in their logarithm, over at least a decade."""
    known = positions[np.isfinite(positions)]
    positive = np.unique(known[known > 0])
    if len(positive) < 4 or (known < 0).any() or positive[-1] < 10 * positive[0]:
        return "linear"
    steps = np.diff(positive)
    ratios = np.diff(np.log(positive))
    if np.std(ratios) / np.mean(ratios) >= np.std(steps) / np.mean(steps):
        return "linear"
    return "symlog" if (known == 0).any() else "log"


LARGEST = 1e100
"""Nothing beyond can be drawn: the edges of an axis around it are not numbers."""


def readable(panels: Sequence[Panel]) -> list[Panel]:
    """
    Return panels with all positions in the units a person would choose, which their labels then name.

    Panels of one figure that show the same share their units. What is too large to draw is left out, and told.
    """
    panels = [_drawable(panel) for panel in panels]
    across = _factor([panel.x for panel in panels], [x for panel in panels for x in _across(panel)])
    up = _factor([panel.y for panel in panels], [y for panel in panels for y in _up(panel)])
    colours = _colours(panels)
    return [_scaled(panel, across, up, colours) for panel in panels]


def _drawable(panel: Panel) -> Panel:
    """Return a panel without values beyond all drawing; its note says how many there are."""
    points = [attrs.evolve(p, x=_bounded(p.x), y=_bounded(p.y), stderr=_bounded(p.stderr)) for p in panel.points]
    maps = [
        attrs.evolve(m, values=_bounded(m.values), stderr=None if m.stderr is None else _bounded(m.stderr))
        for m in panel.maps
    ]
    lost = sum(int((abs(p.y) > LARGEST).sum()) for p in panel.points)
    lost += sum(int((abs(m.values) > LARGEST).sum()) for m in panel.maps)
    told = f"{lost} value{'s' * (lost > 1)} too large to draw" if lost else ""
    return attrs.evolve(
        panel,
        points=points,
        lines=[
            attrs.evolve(
                line,
                x=_bounded(line.x),
                y=_bounded(line.y),
                stderr=None if line.stderr is None else _bounded(line.stderr),
            )
            for line in panel.lines
        ],
        bands=[attrs.evolve(b, x=_bounded(b.x), low=_bounded(b.low), high=_bounded(b.high)) for b in panel.bands],
        levels=[level for level in panel.levels if abs(level.at) <= LARGEST],
        maps=maps,
        missing=panel.missing[np.isfinite(panel.missing)],
        note=", ".join(filter(None, [panel.note, told])),
        below=None if panel.below is None else _drawable(panel.below),
    )


def _bounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):
        return np.where(abs(values) <= LARGEST, values, np.nan)


def _across(panel: Panel) -> list[NDArray[np.float64]]:
    return [series.x for series in panel.points] + [shown.x for shown in panel.maps] or [line.x for line in panel.lines]


def _up(panel: Panel) -> list[NDArray[np.float64]]:
    return [series.y for series in panel.points] + [shown.y for shown in panel.maps] or [line.y for line in panel.lines]


def _factor(axes: Sequence[PanelAxis], positions: Sequence[NDArray[np.float64]]) -> tuple[float, str]:
    """Return the factor to the unit shown, and that unit."""
    unit = axes[0].unit
    values = np.abs(np.concatenate([np.empty(0), *(p.ravel() for p in positions)]))
    values = values[np.isfinite(values)]
    if not unit or not values.size:
        return 1.0, unit_text(unit)
    size = float(values.max())
    if axes[0].scale in ("log", "symlog"):  # the middle of the axis, not its end, is what numbers should be near
        size = math.sqrt(size * float(values[values > 0].min()))
    factor, shown = display_scale(size, unit)
    return factor, unit_text(shown)


def _colours(panels: Sequence[Panel]) -> tuple[float, str]:
    maps = [shown for panel in panels for shown in panel.maps]
    if not maps:
        return 1.0, ""
    return _factor([PanelAxis(unit=maps[0].unit)], [shown.values for shown in maps])


def _scaled(panel: Panel, across: tuple[float, str], up: tuple[float, str], colours: tuple[float, str]) -> Panel:
    (a, _), (u, _), (c, unit) = across, up, colours
    return attrs.evolve(
        panel,
        x=_axis(panel.x, *across),
        y=_axis(panel.y, *up),
        points=[attrs.evolve(p, x=a * p.x, y=u * p.y, stderr=u * p.stderr) for p in panel.points],
        lines=[
            attrs.evolve(line, x=a * line.x, y=u * line.y, stderr=None if line.stderr is None else u * line.stderr)
            for line in panel.lines
        ],
        bands=[attrs.evolve(b, x=a * b.x, low=u * b.low, high=u * b.high) for b in panel.bands],
        levels=[attrs.evolve(level, at=(a if level.upright else u) * level.at) for level in panel.levels],
        maps=[
            attrs.evolve(
                m,
                x=a * m.x,
                y=u * m.y,
                values=c * m.values,
                stderr=None if m.stderr is None else c * m.stderr,
                limits=None if m.limits is None else (c * m.limits[0], c * m.limits[1]),
                label=labelled(m.label, unit),
            )
            for m in panel.maps
        ],
        missing=a * panel.missing,
        below=None if panel.below is None else _scaled(panel.below, across, (1.0, panel.below.y.unit), colours),
    )


def _axis(axis: PanelAxis, factor: float, unit: str) -> PanelAxis:
    def times(pair: tuple[float, float] | None) -> tuple[float, float] | None:
        return None if pair is None else (factor * pair[0], factor * pair[1])

    return attrs.evolve(
        axis, label=labelled(axis.label, unit), unit=unit, limits=times(axis.limits), possible=times(axis.possible)
    )


def labelled(label: str, unit: str) -> str:
    """Return ``delay (µs)``; the label alone for a pure number."""
    return f"{label} ({unit})" if unit else label
