"""A device drawn with characters: each qubit with its number, verdict and value, lines along the couplings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from oqtopus_experiments.reporting._chip import ChipLayout
from oqtopus_experiments.reporting._chip_map import ChipMap

_FINER = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""How many columns a coupling may take until no two qubits share a place."""
_HEIGHT = 3
MOST = 200_000
"""Characters of a drawing."""
MARKS = {"good": " ", "suspect": "!", "bad": "x"}
LINES, ASCII_LINES = ("─", "│", "·"), ("-", "|", ".")
_Cell = tuple[int, int]


@frozen
class Span:
    """Characters of one line that belong to a value: from `start` up to `end`, with its place among the colours."""

    line: int
    start: int
    end: int
    part: float


@frozen
class ChipText:
    """A drawing: its lines, and which parts of them are coloured."""

    lines: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def width(self) -> int:
        """Characters of the longest line."""
        return max(map(len, self.lines), default=0)


def chip_text(chip: ChipMap, *, ascii_only: bool = False) -> ChipText:
    """
    Return the drawing of a quantity: above each value the number of its qubit, ``!`` for suspect and ``x`` for bad.

    Values of couplings stand between their qubits where there is room, and in a list below.
    """
    cells = {
        qubit: (f"{qubit}{MARKS[chip.qubits[qubit].level]}".strip(), chip.qubits[qubit].text)
        if qubit in chip.qubits
        else (str(qubit), "")
        for qubit in chip.layout.places
    }
    drawn = draw(chip.layout, cells, ascii_only=ascii_only)
    spans = [
        Span(line, start, end, chip.part(chip.qubits[qubit].value))
        for qubit, (line, start, end) in drawn.values.items()
        if qubit in chip.qubits
    ]
    listed = [
        f"{a}-{b}  {value.text} {MARKS[value.level]}".rstrip() for (a, b), value in sorted(chip.couplings.items())
    ]
    return ChipText((*drawn.lines, *listed), tuple(spans))


@frozen
class Drawing:
    """Lines of characters, and where each qubit's value stands: line, first and last character."""

    lines: tuple[str, ...]
    values: Mapping[int, tuple[int, int, int]]


def draw(layout: ChipLayout, cells: Mapping[int, Sequence[str]], *, ascii_only: bool = False) -> Drawing:
    """
    Return qubits where they are, each with its texts below each other, and lines along the couplings.

    A sentence instead, where the drawing would be more than anybody can look at.
    """
    if not layout.places:
        return Drawing((), {})
    places = _grid(layout)
    wide = max(len(text) for texts in cells.values() for text in texts)
    wide += 1 + (wide < 3)
    columns, rows = (max(numbers) + 1 for numbers in zip(*places.values(), strict=True))
    width, height = columns * wide, rows * _HEIGHT - 1
    if width * height > MOST:
        text = f"no drawing: the {len(places)} qubits are scattered over {columns:,} columns and {rows:,} rows"
        return Drawing((text,), {})
    canvas = [[" "] * width for _ in range(height)]
    for a, b in layout.couplings:
        _join(canvas, places[a], places[b], wide, ASCII_LINES if ascii_only else LINES)
    values = {}
    for qubit, (column, row) in places.items():
        for number, text in enumerate(cells[qubit]):
            start = column * wide + (wide - 1 - len(text)) // 2
            canvas[row * _HEIGHT + number][start : start + len(text)] = text
            values[qubit] = (row * _HEIGHT + number, start, start + len(text))
    return Drawing(tuple("".join(line).rstrip() for line in canvas), values)


def _grid(layout: ChipLayout) -> dict[int, _Cell]:
    """Return column and row of each qubit, in as few as keep them apart; else the ranks of the coordinates."""
    left = min(x for x, _ in layout.places.values())
    top = max(y for _, y in layout.places.values())
    for finer in _FINER:
        found = {q: (round(finer * (x - left)), round(finer * (top - y))) for q, (x, y) in layout.places.items()}
        if len(set(found.values())) == len(found):
            return _without_gaps(found)
    xs = {x: i for i, x in enumerate(sorted({x for x, _ in layout.places.values()}))}
    ys = {y: i for i, y in enumerate(sorted({y for _, y in layout.places.values()}, reverse=True))}
    return {q: (xs[x], ys[y]) for q, (x, y) in layout.places.items()}


def _without_gaps(cells: Mapping[int, _Cell]) -> dict[int, _Cell]:
    columns = {x: i for i, x in enumerate(sorted({x for x, _ in cells.values()}))}
    rows = {y: i for i, y in enumerate(sorted({y for _, y in cells.values()}))}
    return {qubit: (columns[x], rows[y]) for qubit, (x, y) in cells.items()}


def _join(canvas: list[list[str]], one: _Cell, other: _Cell, wide: int, signs: tuple[str, str, str]) -> None:
    level, upright, dot = signs
    (x0, y0), (x1, y1) = ((x * wide + (wide - 2) // 2, y * _HEIGHT) for x, y in (one, other))
    sign = level if y0 == y1 else upright if x0 == x1 else dot
    steps = max(abs(x1 - x0) // (1 if y0 == y1 else 2), abs(y1 - y0), 1)
    along: Callable[[int, int, int], int] = lambda a, b, i: round(a + (b - a) * i / steps)  # noqa: E731
    for step in range(steps + 1):
        canvas[along(y0, y1, step)][along(x0, x1, step)] = sign
