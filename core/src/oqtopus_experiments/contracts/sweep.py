"""The sweep: named axes of an experiment, and the points they span."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray


def _axis_values(values: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    given = values if isinstance(values, (np.ndarray, str)) else list(values)
    if isinstance(given, list) and {isinstance(value, str) for value in given} == {True, False}:
        message = f"an axis is of numbers or of labels, not of both: {given!r:.60}"
        raise ValueError(message)
    array = np.array(given)
    array.setflags(write=False)
    return array


def _is_a_text(_: object, __: attrs.Attribute[Any], name: object) -> None:
    if not isinstance(name, str) or not name:
        message = f"the name of an axis is a text, that of an argument of `circuit`, not {name!r:.40}"
        raise ValueError(message)


@frozen
class Axis:
    """
    One axis of a sweep.

    Args:
        name: Name of the argument that ``circuit`` and the fit function receive, for example ``delay``.
        values: Numbers or labels, shape (n,), n >= 1.
        unit: Unit of the values, for example ``ns``; empty for a pure number or a label.

    Raises:
        ValueError: For an empty axis, one of more than one dimension, numbers that are not finite, values that are
            neither numbers nor texts or of both kinds, or a label that stands twice.
    """

    name: str = field(validator=_is_a_text)
    values: NDArray[Any] = field(converter=_axis_values, eq=attrs.cmp_using(eq=np.array_equal))
    unit: str = ""

    @values.validator
    def _is_a_list_of_values(self, _: attrs.Attribute[Any], values: NDArray[Any]) -> None:
        if values.ndim != 1 or not len(values):
            message = f"axis {self.name!r} needs a one-dimensional list of at least one value, not shape {values.shape}"
            raise ValueError(message)
        if values.dtype.kind in "fc" and not np.isfinite(values).all():
            message = f"axis {self.name!r} holds a value that is not finite"
            raise ValueError(message)
        if values.dtype.kind not in "iufU":
            message = f"axis {self.name!r} holds values that are neither numbers nor labels (texts): {values[0]!r:.40}"
            raise ValueError(message)
        if values.dtype.kind == "U" and len(set(values.tolist())) < len(values):
            message = f"axis {self.name!r} holds a label twice: {values.tolist()!r:.60}"
            raise ValueError(message)

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers rather than labels."""
        return self.values.dtype.kind in "iuf"


@frozen(init=False)
class Sweep:
    """
    The points of an experiment: every combination of the values of its axes, the last axis fastest.

    ``Sweep(Axis("length", lengths), Axis("seed", range(10)))`` spans ``len(lengths) * 10`` points. Sweeps add up where
    the points are not a full grid:
    ``Sweep(Axis("basis", ["z"])) + Sweep(Axis("basis", ["x"]), Axis("phase", phases))``. A point of one grid has no
    value on an axis of another: `circuit` gives that argument a default.

    An axis of labels is a series: one curve per label.

    Raises:
        ValueError: Without any axis, with two axes of one name in a grid, or when grids that are added give an axis
            of one name in different units, or as numbers here and labels there.
    """

    grids: tuple[tuple[Axis, ...], ...]

    def __init__(self, *axes: Axis) -> None:
        for axis in axes:
            if not isinstance(axis, Axis):
                message = f"a sweep is made of axes, Sweep(Axis(...), Axis(...)), not of {axis!r:.60}"
                raise TypeError(message)
        names = [axis.name for axis in axes]
        if not axes or len(set(names)) < len(names):
            message = f"a sweep needs at least one axis, each with a name of its own; got {names}"
            raise ValueError(message)
        self.__attrs_init__((axes,))

    def __add__(self, other: Sweep) -> Sweep:
        """Return a sweep over the points of both, those of this one first."""
        known = {axis.name: axis for axis in self.axes}
        for axis in other.axes:
            same = known.get(axis.name, axis)
            if (same.unit, same.is_numeric) != (axis.unit, axis.is_numeric):
                message = (
                    f"axis {axis.name!r} must have one unit, and be of numbers or of labels, in all parts of a sweep"
                )
                raise ValueError(message)
        made = Sweep.__new__(Sweep)
        made.__attrs_init__((*self.grids, *other.grids))
        return made

    @property
    def is_grid(self) -> bool:
        """Whether the points are all combinations of the axes, rather than a sum of such grids."""
        return len(self.grids) == 1

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Every axis once; in a sum of grids, with each of its values once, in order of appearance."""
        if self.is_grid:
            return self.grids[0]
        found: dict[str, list[Axis]] = {}
        for axis in (axis for grid in self.grids for axis in grid):
            found.setdefault(axis.name, []).append(axis)
        return tuple(_joined(axes) for axes in found.values())

    @property
    def series(self) -> tuple[Axis, ...]:
        """The axes of labels."""
        return tuple(axis for axis in self.axes if not axis.is_numeric)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each axis of a grid; of a sum of grids, the number of its points."""
        return tuple(len(axis.values) for axis in self.grids[0]) if self.is_grid else (self.size,)

    @property
    def size(self) -> int:
        """Number of points."""
        return sum(math.prod(len(axis.values) for axis in grid) for grid in self.grids)

    def grid(self) -> dict[str, NDArray[Any]]:
        """Return for each axis its value at every point, shape (size,); NaN or "" at points that have none."""
        if self.is_grid:
            return _columns(self.grids[0])
        parts = [_columns(grid) for grid in self.grids]
        lengths = [len(next(iter(part.values()))) for part in parts]
        return {
            axis.name: np.concatenate(
                [
                    part[axis.name] if axis.name in part else np.full(length, np.nan if axis.is_numeric else "")
                    for part, length in zip(parts, lengths, strict=True)
                ]
            )
            for axis in self.axes
        }

    def points(self) -> list[dict[str, Any]]:
        """Return the points in order, each as the keyword arguments of ``circuit``; without axes it has no value on."""
        return [point for grid in self.grids for point in _points(grid)]

    def is_same(self, other: Sweep) -> bool:
        """Return whether another sweep has the same points, but for the last digits that a version of numpy rounds."""
        return len(self.grids) == len(other.grids) and all(
            len(one) == len(another) and all(map(_is_same_axis, one, another))
            for one, another in zip(self.grids, other.grids, strict=True)
        )


def _columns(axes: Sequence[Axis]) -> dict[str, NDArray[Any]]:
    columns = np.meshgrid(*(axis.values for axis in axes), indexing="ij")
    return {axis.name: column.ravel() for axis, column in zip(axes, columns, strict=True)}


def _points(axes: Sequence[Axis]) -> list[dict[str, Any]]:
    columns = {name: column.tolist() for name, column in _columns(axes).items()}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _joined(axes: Sequence[Axis]) -> Axis:
    values = np.concatenate([axis.values for axis in axes])
    _, first = np.unique(values, return_index=True)
    return Axis(axes[0].name, values[np.sort(first)], axes[0].unit)


def _is_same_axis(one: Axis, other: Axis) -> bool:
    if (one.name, one.unit, len(one.values), one.is_numeric) != (
        other.name,
        other.unit,
        len(other.values),
        other.is_numeric,
    ):
        return False
    if one.is_numeric:
        return bool(np.allclose(one.values, other.values, rtol=1e-9))
    return bool((one.values == other.values).all())
