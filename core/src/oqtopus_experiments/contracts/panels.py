"""Figures as data: panels of points, lines, bands, levels and heat maps, drawn by whoever shows them. Values only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

Scale: TypeAlias = Literal["linear", "log", "symlog"]


def _as_numbers(values: Any) -> NDArray[np.float64]:
    return np.array(values, dtype=float)


def _as_texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(str, values))


@frozen(eq=False)
class PanelAxis:
    """
    One axis of a panel.

    Args:
        label: What it shows, without the unit.
        unit: Unit of all positions on it; whoever draws chooses the multiple.
        ticks: Texts at the positions 0, 1, 2, ...; empty for an axis of numbers.
        scale: How it is divided.
        limits: Lowest and highest position shown; None for what the data need.
    """

    label: str = ""
    unit: str = ""
    ticks: tuple[str, ...] = field(default=(), converter=_as_texts)
    scale: Scale = "linear"
    limits: tuple[float, float] | None = None


@frozen(eq=False)
class PointSeries:
    """Points with error bars: x, y and one standard error of y, shape (n,) each, NaN where one is missing."""

    x: NDArray[Any] = field(converter=_as_numbers)
    y: NDArray[Any] = field(converter=_as_numbers)
    stderr: NDArray[Any] = field(converter=_as_numbers)
    name: str = ""


@frozen(eq=False)
class Line:
    """A curve: x and y, shape (n,) each. Of the name of a point series, it has its colour."""

    x: NDArray[Any] = field(converter=_as_numbers)
    y: NDArray[Any] = field(converter=_as_numbers)
    name: str = ""


@frozen(eq=False)
class Band:
    """What lies between two curves: x, low and high, shape (n,) each."""

    x: NDArray[Any] = field(converter=_as_numbers)
    low: NDArray[Any] = field(converter=_as_numbers)
    high: NDArray[Any] = field(converter=_as_numbers)
    name: str = ""


@frozen
class Level:
    """A bound or a known value across the whole panel: at y, or at x when it is upright."""

    at: float
    name: str = ""
    upright: bool = False


@frozen(eq=False)
class HeatMap:
    """A colour for each pair of positions: values of shape (len(y), len(x)), NaN where there is none."""

    x: NDArray[Any] = field(converter=_as_numbers)
    y: NDArray[Any] = field(converter=_as_numbers)
    values: NDArray[Any] = field(converter=_as_numbers)
    label: str = ""
    limits: tuple[float, float] | None = None


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
    """

    title: str = ""
    x: PanelAxis = field(factory=PanelAxis)
    y: PanelAxis = field(factory=PanelAxis)
    points: tuple[PointSeries, ...] = field(default=(), converter=tuple)
    lines: tuple[Line, ...] = field(default=(), converter=tuple)
    bands: tuple[Band, ...] = field(default=(), converter=tuple)
    levels: tuple[Level, ...] = field(default=(), converter=tuple)
    maps: tuple[HeatMap, ...] = field(default=(), converter=tuple)
