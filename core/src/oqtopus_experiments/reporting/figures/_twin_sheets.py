"""What was measured and what the twin of the device shows, in one panel each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import attrs

from oqtopus_experiments.contracts.panels import Line, Panel, PointSeries
from oqtopus_experiments.reporting.figures._sheets import Sheet, in_step, kind


def together(measured: Sequence[Sheet], twin: Sequence[Sheet], device: str, *, exact: bool = False) -> list[Sheet]:
    """
    Return one sheet per target with what was measured and what the twin shows; heat maps stand side by side.

    Args:
        measured: What the device gave, positions in base units.
        twin: What its twin gives, of the same targets.
        device: Name of the device.
        exact: Whether the curves of the twin are exact: its points are left out then.
    """
    there = f"twin of {device}"
    return in_step(
        [
            attrs.evolve(one, panels=tuple(_together(one.panels, other.panels, there, exact)))
            for one, other in zip(measured, twin, strict=True)
        ]
    )


def _together(measured: Sequence[Panel], twin: Sequence[Panel], there: str, exact: bool) -> list[Panel]:
    shown = []
    for one, other in zip_longest(measured, twin):
        if one is None or other is None or one.maps or other.maps or kind(one) != kind(other):
            apart = ((one, "measured"), (other, there))
            shown += [attrs.evolve(p, title=_named(name, p.title), below=None) for p, name in apart if p is not None]
            continue
        shown.append(
            attrs.evolve(
                one,
                points=[*_points(one, "measured"), *([] if exact else _points(other, there))],
                lines=[*_lines(one, "measured"), *_lines(other, there)],
                note="",
            )
        )
    return shown


def _named(owner: str, name: str) -> str:
    return f"{owner}, {name}" if name else owner


def _points(panel: Panel, owner: str) -> list[PointSeries]:
    return [attrs.evolve(series, name=_named(owner, series.name)) for series in panel.points if series.look != "faint"]


def _lines(panel: Panel, owner: str) -> list[Line]:
    """Return the curves, each by the name of its points."""
    names = {series.name for series in panel.points}
    return [attrs.evolve(line, name=_named(owner, line.name if line.name in names else "")) for line in panel.lines]
