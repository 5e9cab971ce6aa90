"""The panels of measured arrays: points for one dimension, heat maps for two, slices for more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.arrays import Dimension, QuantityArray
from oqtopus_experiments.contracts.panels import HeatMap, Panel, PanelAxis, PointSeries
from oqtopus_experiments.reporting.figures._scaling import spacing

MOST_SLICES = 9
"""So many slices are drawn of an array of more than two dimensions; all numbers are in ``arrays.csv``."""


def array_panels(array: QuantityArray) -> tuple[Panel, ...]:
    """
    Return the panels of one array: of a complex one, real and imaginary part.

    The first of two dimensions runs down, the second across, as a matrix is written.
    """
    if len(array.dimensions) == 1:
        return (_points(array),)
    leading, rows, columns = array.dimensions[:-2], array.dimensions[-2], array.dimensions[-1]
    slices = list(np.ndindex(*(len(dimension.labels) for dimension in leading)))
    parts = array.parts()
    limits = _limits([values for _, values, _ in parts])
    panels = []
    for number, index in enumerate(slices[:MOST_SLICES]):
        labels = [f"{d.name} = {d.labels[i]} {d.unit}".strip() for d, i in zip(leading, index, strict=True)]
        more = len(slices) - MOST_SLICES
        left_out = [f"{more} more slices are in arrays.csv"] if more > 0 and number == MOST_SLICES - 1 else []
        for part, values, stderr in parts:
            title = ", ".join([part, *labels, *left_out])
            panels.append(_map(array, title, (rows, columns), values[index], stderr[index], limits))
    return tuple(panels)


def _limits(parts: list[NDArray[np.float64]]) -> tuple[float, float] | None:
    """Return one range of colours for all parts; around zero when there are both signs."""
    values = np.concatenate([part.ravel() for part in parts])
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    low, high = float(values.min()), float(values.max())
    if low < 0 < high:
        high = max(-low, high)
        low = -high
    return (low, high) if low < high else None


def _positions(dimension: Dimension) -> tuple[NDArray[np.float64], PanelAxis]:
    """Return where the labels stand: numbers in a growing order at their values, all else as texts one by one."""
    numeric = all(isinstance(label, (int, float)) for label in dimension.labels)
    positions = np.array(dimension.labels, dtype=float) if numeric else np.arange(len(dimension.labels), dtype=float)
    # 0, 1, 2, ... are names of rows rather than places on an axis.
    if numeric and (np.diff(positions) > 0).all() and not _counts(dimension):
        return positions, PanelAxis(dimension.name, dimension.unit, scale=spacing(positions))
    unit = f" {dimension.unit}" if dimension.unit else ""
    return np.arange(len(positions), dtype=float), PanelAxis(
        dimension.name, ticks=[f"{label}{unit}" for label in dimension.labels]
    )


def _counts(dimension: Dimension) -> bool:
    steps = np.diff(np.array(dimension.labels))
    return not dimension.unit and all(isinstance(x, int) for x in dimension.labels) and bool((steps == 1).all())


def _points(array: QuantityArray) -> Panel:
    x, axis = _positions(array.dimensions[0])
    points = [
        PointSeries(x + shift, values, stderr, part.removeprefix(array.name).removeprefix(", "))
        for (part, values, stderr), shift in zip(array.parts(), (0.0, 0.12 if axis.ticks else 0.0), strict=False)
    ]
    return Panel(array.name, x=axis, y=PanelAxis(array.name, array.unit), points=points)


def _map(
    array: QuantityArray,
    title: str,
    dimensions: tuple[Dimension, Dimension],
    values: NDArray[np.float64],
    stderr: NDArray[np.float64],
    limits: tuple[float, float] | None,
) -> Panel:
    (down, y), (across, x) = (_positions(dimension) for dimension in dimensions)
    shown = HeatMap(across, down, values, array.name, array.unit, limits, stderr)
    return Panel(title, x=x, y=y, maps=[shown])
