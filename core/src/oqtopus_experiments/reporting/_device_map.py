"""A device drawn with characters: qubits where they are, dots along the couplings."""

from __future__ import annotations

import math

from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.reporting._chip_map import layout_of
from oqtopus_experiments.reporting._chip_text import draw as drawing

_COLUMN, _ROW = 8, 4
LARGEST, WIDEST = 200_000, 2000
"""Characters of a drawing in all, and in one line."""


def draw(info: DeviceInfo) -> str:
    """
    Return the drawing, one line of text per row; qubits without a place stand in one line.

    Places scattered over more columns and rows than a person can look at give a sentence instead: where no two qubits
    share a column, the room grows with the square of their number.
    """
    if info.couplings and any(qubit.position is None for qubit in info.qubits):
        # Where the device does not say where its qubits are, its couplings do.
        return "\n".join(drawing(layout_of(info), {q.index: (f"({q.index})", "") for q in info.qubits}).lines)
    places = _places(info)
    if not places:
        return ""
    columns, rows = (max(numbers) + 1 for numbers in zip(*places.values(), strict=True))
    width, height = (columns - 1) * _COLUMN + 6, (rows - 1) * _ROW + 1
    if width * height > LARGEST or width > WIDEST:
        return f"no drawing: the {len(places)} qubits are scattered over {columns:,} columns and {rows:,} rows"
    canvas = [[" "] * width for _ in range(height)]
    for coupling in info.couplings:
        if coupling.control in places and coupling.target in places:
            _line(canvas, _centre(places[coupling.control]), _centre(places[coupling.target]))
    for qubit, place in places.items():
        column, row = _centre(place)
        text = f"({qubit})"
        start = max(0, column - len(text) // 2)
        canvas[row][start : start + len(text)] = text
    return "\n".join("".join(line).rstrip() for line in canvas)


def _places(info: DeviceInfo) -> dict[int, tuple[int, int]]:
    """Return column and row of each qubit: its rank among the coordinates that occur, y upwards."""
    placed = {
        qubit.index: (round(qubit.position[0], 6), round(qubit.position[1], 6))
        for qubit in info.qubits
        if qubit.position is not None and all(map(math.isfinite, qubit.position))
    }
    if len(placed) < len(info.qubits):
        return {qubit.index: (i, 0) for i, qubit in enumerate(info.qubits)}
    columns = {x: rank for rank, x in enumerate(sorted({x for x, _ in placed.values()}))}
    rows = {y: rank for rank, y in enumerate(sorted({y for _, y in placed.values()}, reverse=True))}
    return {qubit: (columns[x], rows[y]) for qubit, (x, y) in placed.items()}


def _centre(place: tuple[int, int]) -> tuple[int, int]:
    return place[0] * _COLUMN + 2, place[1] * _ROW


def _line(canvas: list[list[str]], start: tuple[int, int], end: tuple[int, int]) -> None:
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0) // 2, abs(y1 - y0), 1)
    for step in range(steps + 1):
        x = round(x0 + (x1 - x0) * step / steps)
        y = round(y0 + (y1 - y0) * step / steps)
        canvas[y][x] = "·"
