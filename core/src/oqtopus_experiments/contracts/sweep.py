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
    array = np.array(values)
    array.setflags(write=False)
    return array


@frozen
class Axis:
    """
    One axis of a sweep.

    Args:
        name: Name of the argument that ``circuit`` and the fit function receive, for example ``delay``.
        values: Numbers or labels, shape (n,), n >= 1.
        unit: Unit of the values, for example ``ns``; empty for a pure number or a label.

    Raises:
        ValueError: For an empty axis, one of more than one dimension, or numbers that are not finite.
    """

    name: str
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

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers rather than labels."""
        return self.values.dtype.kind in "iuf"


@frozen(init=False)
class Sweep:
    """
    The points of an experiment: every combination of the values of its axes, the last axis fastest.

    ``Sweep(Axis("length", lengths), Axis("seed", range(10)))`` spans ``len(lengths) * 10`` points.

    Raises:
        ValueError: Without any axis, or with two axes of one name.
    """

    axes: tuple[Axis, ...]

    def __init__(self, *axes: Axis) -> None:
        names = [axis.name for axis in axes]
        if not axes or len(set(names)) < len(names):
            message = f"a sweep needs at least one axis, each with a name of its own; got {names}"
            raise ValueError(message)
        self.__attrs_init__(axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def size(self) -> int:
        """Number of points."""
        return math.prod(self.shape)

    def grid(self) -> dict[str, NDArray[Any]]:
        """Return for each axis its value at every point, shape (size,)."""
        columns = np.meshgrid(*(axis.values for axis in self.axes), indexing="ij")
        return {axis.name: column.ravel() for axis, column in zip(self.axes, columns, strict=True)}

    def points(self) -> list[dict[str, Any]]:
        """Return the points in order, each as the keyword arguments of ``circuit``."""
        columns = {name: column.tolist() for name, column in self.grid().items()}
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def is_same(self, other: Sweep) -> bool:
        """Return whether another sweep has the same points, but for the last digits that a version of numpy rounds."""
        return len(self.axes) == len(other.axes) and all(map(_is_same_axis, self.axes, other.axes))


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
