"""Counts that were taken elsewhere, as values: at which points, of which targets, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import field, frozen

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.contracts.targets import Target


@frozen(eq=False)
class ForeignCounts:
    """
    Counts that were taken elsewhere.

    Args:
        sweep: The points that were measured.
        results: Counts of all targets side by side, or why there are none, by circuit: points, then references.
        references: Names of the reference circuits that have counts.
        apart: Counts of targets that were not read together, by circuit and position of the target.
        targets: The targets that the source names; None where it names none.
        origin: ``source``, and ``sha256`` where that is a file; JSON values.
        notes: How it was read, where that is not plain, each in a sentence.
    """

    sweep: Sweep
    results: Mapping[int, Counts | Failure]
    references: tuple[str, ...] = ()
    apart: Mapping[tuple[int, int], Counts] = field(factory=dict)
    targets: tuple[Target, ...] | None = None
    origin: Mapping[str, Any] = field(factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def most_shots(self) -> int:
        """The largest number of shots of a circuit."""
        found = [*self.apart.values(), *self.results.values()]
        return max((counts.shots for counts in found if isinstance(counts, Counts)), default=0)


@frozen
class Point:
    """
    A point that was measured.

    Args:
        values: Its value on each axis that it has one on, by name, in the order of the axes.
        repetition: Which measurement of the same values it is.
    """

    values: tuple[tuple[str, float | str], ...]
    repetition: str = ""


def sweep_through(points: Sequence[Point], axes: Sequence[Axis]) -> tuple[Sweep, list[int]]:
    """
    Return a sweep over points that were measured, and the number of each point in it.

    All combinations of some values are a grid, in the order in which the values first appear; other points are a sum
    of lines along their last axis.

    Args:
        points: The points, each once, at least one.
        axes: The axes of the experiment: their names, units, and whether they are of whole numbers.
    """
    known = {axis.name: axis for axis in axes}
    names = [name for name, _ in points[0].values]
    if len(names) == 1 and all([name for name, _ in point.values] == names for point in points):
        if known[names[0]].is_numeric or len({point.values for point in points}) == len(points):
            return Sweep(_axis(known[names[0]], [point.values[0][1] for point in points])), list(range(len(points)))
    elif grid := _as_grid(points, names, known):
        return grid
    lines: dict[Any, list[int]] = {}
    for number, point in enumerate(points):
        lines.setdefault((point.values[:-1], point.values[-1][0], point.repetition), []).append(number)
    parts = []
    for (before, last, _), numbers in lines.items():
        fixed = [_axis(known[name], [value]) for name, value in before]
        parts.append(Sweep(*fixed, _axis(known[last], [points[number].values[-1][1] for number in numbers])))
    order = [number for numbers in lines.values() for number in numbers]
    places = dict(zip(order, range(len(order)), strict=True))
    return sum(parts[1:], start=parts[0]), [places[number] for number in range(len(points))]


def _as_grid(
    points: Sequence[Point], names: Sequence[str], known: Mapping[str, Axis]
) -> tuple[Sweep, list[int]] | None:
    """Return points as a grid and the number of each in it, or None where they are not a grid."""
    if any([name for name, _ in point.values] != names for point in points):
        return None
    columns = [list(dict.fromkeys(point.values[i][1] for point in points)) for i in range(len(names))]
    shape = [len(column) for column in columns]
    if int(np.prod(shape)) != len(points) or len({point.values for point in points}) < len(points):
        return None
    ranks = [{value: rank for rank, value in enumerate(column)} for column in columns]
    numbers = [
        int(np.ravel_multi_index([rank[value] for rank, (_, value) in zip(ranks, point.values, strict=True)], shape))
        for point in points
    ]
    return Sweep(*(_axis(known[name], column) for name, column in zip(names, columns, strict=True))), numbers


def _axis(declared: Axis, values: Sequence[float | str]) -> Axis:
    """Return an axis with other values; whole numbers stay whole where the experiment has whole ones."""
    whole = declared.values.dtype.kind in "iu" and all(isinstance(v, float) and v.is_integer() for v in values)
    return Axis(declared.name, [int(value) for value in values] if whole else list(values), declared.unit)
