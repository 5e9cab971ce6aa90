"""Figures as data: panels of points, lines, bands, levels and heat maps, drawn by whoever shows them. Values only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import attrs
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

Scale: TypeAlias = Literal["linear", "log", "symlog", "date"]
"""How an axis is divided; positions on a ``date`` axis are days since 1970 (UTC)."""
Look: TypeAlias = Literal["", "faint", "good", "suspect", "bad", "at_least", "at_most"]
"""How points are drawn: in a colour of their own, pale behind others, as a verdict, or as the arrow of a bound."""


def _as_numbers(values: Any) -> NDArray[np.float64]:
    return np.array(values, dtype=float)


def _as_texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(str, values))


def _same_length(owner: str, **arrays: NDArray[Any]) -> None:
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        message = f"{owner}: {', '.join(f'{n} of shape {s}' for n, s in shapes.items())}; they must be lists as long"
        raise ValueError(message)


@frozen
class PanelAxis:
    """
    One axis of a panel.

    Args:
        label: What it shows, without the unit.
        unit: Unit of all positions on it; whoever draws chooses the multiple.
        ticks: Texts at the positions 0, 1, 2, ...; empty for an axis of numbers.
        scale: How it is divided.
        limits: Lowest and highest position shown; None for what the data need. A point outside is drawn at the edge,
            with its number.
        possible: Lowest and highest value that can occur: at least three tenths of that range are shown, so that what
            does not change looks as if it does not change. None where there are no such bounds.

    Raises:
        ValueError: When a range is not two numbers, the lower first.
    """

    label: str = ""
    unit: str = ""
    ticks: tuple[str, ...] = field(default=(), converter=_as_texts)
    scale: Scale = "linear"
    limits: tuple[float, float] | None = None
    possible: tuple[float, float] | None = None

    def __attrs_post_init__(self) -> None:
        for name, pair in (("limits", self.limits), ("possible", self.possible)):
            if pair is not None and not (np.isfinite(pair).all() and pair[0] < pair[1]):
                message = f"axis {self.label!r}: its {name} must be two numbers, the lower first, not {pair}"
                raise ValueError(message)


@frozen(eq=False)
class PointSeries:
    """
    Points with error bars: x, y and one standard error of y, shape (n,) each.

    NaN in y leaves a point out, NaN in the error its bar. The name stands in the legend; an empty one does not.

    Raises:
        ValueError: When the lengths differ.
    """

    x: NDArray[Any] = field(converter=_as_numbers)
    y: NDArray[Any] = field(converter=_as_numbers)
    stderr: NDArray[Any] = field(converter=_as_numbers)
    name: str = ""
    look: Look = ""

    def __attrs_post_init__(self) -> None:
        _same_length(f"points {self.name!r}", x=self.x, y=self.y, stderr=self.stderr)


@frozen(eq=False)
class Line:
    """
    A curve: x and y, shape (n,) each. Of the name of a point series, it has its colour and no legend of its own.

    With one standard error of y, shape (n,), it has a band one standard error to either side, in its colour.

    Raises:
        ValueError: When the lengths differ.
    """

    x: NDArray[Any] = field(converter=_as_numbers)
    y: NDArray[Any] = field(converter=_as_numbers)
    name: str = ""
    stderr: NDArray[Any] | None = field(default=None, converter=attrs.converters.optional(_as_numbers))

    def __attrs_post_init__(self) -> None:
        errors = self.y if self.stderr is None else self.stderr
        _same_length(f"line {self.name!r}", x=self.x, y=self.y, stderr=errors)


@frozen(eq=False)
class Band:
    """
    What lies between two curves: x, low and high, shape (n,) each.

    Raises:
        ValueError: When the lengths differ.
    """

    x: NDArray[Any] = field(converter=_as_numbers)
    low: NDArray[Any] = field(converter=_as_numbers)
    high: NDArray[Any] = field(converter=_as_numbers)
    name: str = ""

    def __attrs_post_init__(self) -> None:
        _same_length(f"band {self.name!r}", x=self.x, low=self.low, high=self.high)


@frozen
class Level:
    """A bound or a known value across the whole panel: at y, or at x when it is upright. Its name stands beside it."""

    at: float
    name: str = ""
    upright: bool = False


@frozen(eq=False)
class HeatMap:
    """
    A colour for each pair of positions.

    Args:
        x: Positions across in a growing order, shape (n,).
        y: Positions in a growing order, shape (m,); from the bottom up, but for an axis of ticks: that is a table, its
            first row on top.
        values: Shape (m, n), NaN where there is none.
        label: What the colours are.
        unit: Unit of the values; whoever draws chooses the multiple.
        limits: Values of the first and the last colour; None for what the values need.
        stderr: One standard error of each value, shape (m, n), or None; written into the fields of a small map.

    Raises:
        ValueError: When the shapes do not go together, or positions do not grow.
    """

    x: NDArray[Any] = field(converter=_as_numbers)
    y: NDArray[Any] = field(converter=_as_numbers)
    values: NDArray[Any] = field(converter=_as_numbers)
    label: str = ""
    unit: str = ""
    limits: tuple[float, float] | None = None
    stderr: NDArray[Any] | None = None

    def __attrs_post_init__(self) -> None:
        shape = (*self.y.shape, *self.x.shape)
        errors = self.values if self.stderr is None else self.stderr
        if not (self.values.shape == np.shape(errors) == shape and len(shape) == 2):
            message = (
                f"heat map {self.label!r}: values of shape {self.values.shape}, errors of shape {np.shape(errors)}, "
                f"but {self.y.shape} rows and {self.x.shape} columns"
            )
            raise ValueError(message)
        for positions in (self.x, self.y):
            if not positions.size or not np.isfinite(positions).all() or (np.diff(positions) <= 0).any():
                message = f"heat map {self.label!r}: its positions must be numbers in a growing order"
                raise ValueError(message)


def _as_points(points: Iterable[PointSeries]) -> tuple[PointSeries, ...]:
    return tuple(points)


def _as_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(lines)


def _as_bands(bands: Iterable[Band]) -> tuple[Band, ...]:
    return tuple(bands)


def _as_levels(levels: Iterable[Level]) -> tuple[Level, ...]:
    return tuple(levels)


def _as_maps(maps: Iterable[HeatMap]) -> tuple[HeatMap, ...]:
    return tuple(maps)


@frozen(eq=False)
class Panel:
    """
    One panel of a figure.

    Args:
        title: What it shows; empty where the figure's own title says it.
        x: The horizontal axis.
        y: The vertical axis.
        points: Points with error bars.
        lines: Curves.
        bands: Regions between curves.
        levels: Bounds and known values.
        maps: Heat maps, at most one.
        missing: Horizontal positions at which a point is missing, one entry for each missing point.
        missing_are: What the legend calls them; empty for missing points.
        note: A sentence beside the legend, for example the result; in a panel without data, in its place.
        below: A low panel under this one with the same horizontal axis, for example of residuals.

    Raises:
        ValueError: When there is more than one heat map.
    """

    title: str = ""
    x: PanelAxis = field(factory=PanelAxis)
    y: PanelAxis = field(factory=PanelAxis)
    points: tuple[PointSeries, ...] = field(default=(), converter=_as_points)
    lines: tuple[Line, ...] = field(default=(), converter=_as_lines)
    bands: tuple[Band, ...] = field(default=(), converter=_as_bands)
    levels: tuple[Level, ...] = field(default=(), converter=_as_levels)
    maps: tuple[HeatMap, ...] = field(default=(), converter=_as_maps)
    missing: NDArray[Any] = field(factory=lambda: np.empty(0), converter=_as_numbers)
    missing_are: str = ""
    note: str = ""
    below: Panel | None = None

    def __attrs_post_init__(self) -> None:
        if len(self.maps) > 1:
            message = f"panel {self.title!r} has {len(self.maps)} heat maps; give each a panel of its own"
            raise ValueError(message)
