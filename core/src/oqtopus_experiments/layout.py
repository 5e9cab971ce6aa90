"""A device drawn with characters: qubits where they are, dots along the couplings."""

from __future__ import annotations

from oqtopus_experiments.devices import DeviceInfo

_COLUMN, _ROW = 8, 4


def draw(info: DeviceInfo) -> str:
    """Return the drawing, one line of text per row; qubits without a place stand in one line."""
    places = _places(info)
    if not places:
        return ""
    width = max(x for x, _ in places.values()) * _COLUMN + 6
    height = max(y for _, y in places.values()) * _ROW + 1
    canvas = [[" "] * width for _ in range(height)]
    for coupling in info.couplings:
        if coupling.control in places and coupling.target in places:
            _line(canvas, _centre(places[coupling.control]), _centre(places[coupling.target]))
    for qubit, place in places.items():
        column, row = _centre(place)
        text = f"({qubit})"
        start = column - len(text) // 2
        canvas[row][start : start + len(text)] = text
    return "\n".join("".join(line).rstrip() for line in canvas)


def _places(info: DeviceInfo) -> dict[int, tuple[int, int]]:
    """Return column and row of each qubit: its rank among the coordinates that occur, y upwards."""
    placed = {qubit.index: qubit.position for qubit in info.qubits if qubit.position is not None}
    if len(placed) < len(info.qubits):
        return {qubit.index: (i, 0) for i, qubit in enumerate(info.qubits)}
    xs = sorted({round(x, 6) for x, _ in placed.values()})
    ys = sorted({round(y, 6) for _, y in placed.values()}, reverse=True)
    return {qubit: (xs.index(round(x, 6)), ys.index(round(y, 6))) for qubit, (x, y) in placed.items()}


def _centre(place: tuple[int, int]) -> tuple[int, int]:
    return place[0] * _COLUMN + 2, place[1] * _ROW


def _line(canvas: list[list[str]], start: tuple[int, int], end: tuple[int, int]) -> None:
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0) // 2, abs(y1 - y0), 1)
    for step in range(steps + 1):
        x = round(x0 + (x1 - x0) * step / steps)
        y = round(y0 + (y1 - y0) * step / steps)
        canvas[y][x] = "·"
