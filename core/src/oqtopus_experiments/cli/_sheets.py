"""
Tables that fit where they are shown, and lose nothing: columns, and what becomes of each where there is no room.

First sentences wrap. Then what a person copies into the next command, a name, a path, the id of a job, gets a line of
its own below its row, whole and not broken. Last, everything else wraps too. Nothing is ever cut. There are no lines
between columns: a name that is selected with the mouse comes without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import define, field, frozen
from rich.cells import cell_len
from rich.console import Console  # noqa: TID251  # only a type here
from rich.text import Text

from oqtopus_experiments.support._text import MOST_IN_CELL, encodable, shown

GAP = "  "
INDENT = "    "
SENTENCE = 24
"""Letters in a line that a column of sentences needs to be read: it is made no narrower while anything else gives."""
LEAST = 6
"""Letters in a line of any other column, where nothing else helps."""


@frozen
class Col:
    """
    One column.

    Args:
        head: What stands above it.
        wraps: Whether it holds sentences, which may be broken between words.
        copied: Whether it holds what is copied into a command: it stands on one line, if need be on one of its own.
        right: Whether it holds numbers, which end below each other.
    """

    head: str
    wraps: bool = False
    copied: bool = False
    right: bool = False


@define(eq=False)
class Sheet:
    """
    A table for a terminal.

    Args:
        columns: From left to right.
        title: Stands above it; empty for none.
    """

    columns: tuple[Col, ...]
    title: str = ""
    _rows: list[tuple[str | Text, ...] | None] = field(factory=list, init=False)

    def add(self, *cells: str | Text) -> None:
        """Add a row; a `Text` keeps its colour. Texts may hold anything: what a terminal would obey is shown."""
        if len(cells) != len(self.columns):
            message = f"{len(cells)} cells for {len(self.columns)} columns"
            raise ValueError(message)
        self._rows.append(cells)

    def section(self) -> None:
        """Draw a line below what was added."""
        self._rows.append(None)

    def natural_width(self, console: Console) -> int:
        """Return how wide it would be with each cell on one line."""
        return _total(_natural(*self._texts(console.encoding)))

    def lines(self, console: Console, width: int) -> Iterator[Text]:
        """Yield the lines, none wider than `width` but those of what is copied."""
        encoding = console.encoding
        heads, rows = self._texts(encoding)
        widths = fitted(self.columns, _natural(heads, rows), width)
        rule = Text(encodable("─", encoding) * (sum(filter(None, widths)) + len(GAP) * (_shown(widths) - 1)), "dim")
        if self.title:
            yield Text(cell(self.title, encoding), style="bold")
        yield from self._row(heads, widths, console, heads=None)
        yield rule
        for row in rows:
            yield from (rule,) if row is None else self._row(row, widths, console, heads=heads)

    def _texts(self, encoding: str) -> tuple[tuple[Text, ...], list[tuple[Text, ...] | None]]:
        heads = tuple(Text(cell(column.head, encoding), style="bold") for column in self.columns)
        return heads, [None if row is None else tuple(_as_text(one, encoding) for one in row) for row in self._rows]

    def _row(
        self, cells: Sequence[Text], widths: Sequence[int], console: Console, heads: Sequence[Text] | None
    ) -> Iterator[Text]:
        wrapped = [list(text.wrap(console, width)) if width else [] for text, width in zip(cells, widths, strict=True)]
        for number in range(max(map(len, wrapped), default=0)):
            parts = []
            for column, lines, width in zip(self.columns, wrapped, widths, strict=True):
                if width:
                    part = lines[number].copy() if number < len(lines) else Text()
                    part.rstrip()
                    space = " " * max(0, width - part.cell_len)
                    parts.append(Text.assemble(space, part) if column.right else Text.assemble(part, space))
            line = Text(GAP).join(parts)
            line.rstrip()
            yield line
        for text, head, width in zip(cells, heads or (), widths, strict=False):
            if not width and text.plain:
                yield Text.assemble(f"{INDENT}{head.plain}: ", text)


def fitted(columns: Sequence[Col], natural: Sequence[int], width: int) -> tuple[int, ...]:
    """
    Return how wide each column is made; 0 for one whose cells get lines of their own.

    Args:
        columns: The columns.
        natural: How wide each would be with each cell on one line.
        width: How much room there is.
    """
    widths = list(natural)
    sentences = [i for i, column in enumerate(columns) if column.wraps]
    _shrink(widths, sentences, width, SENTENCE)
    below = sorted((i for i, column in enumerate(columns) if column.copied), key=lambda i: -natural[i])
    for i in below:
        if _total(widths) <= width or _shown(widths) == 1:
            break
        widths = [0 if not w or j == i else natural[j] for j, w in enumerate(widths)]
        _shrink(widths, sentences, width, SENTENCE)
    _shrink(widths, [i for i, column in enumerate(columns) if not column.copied], width, LEAST)
    return tuple(widths)


def cell(text: str, encoding: str = "utf-8") -> str:
    """Return a text as one cell of a table shows it."""
    return encodable(shown(text, MOST_IN_CELL, lines=False), encoding)


def _as_text(one: str | Text, encoding: str) -> Text:
    if isinstance(one, str):
        return Text(cell(one, encoding))
    plain = encodable(one.plain, encoding)  # before it is laid out: what is spelled otherwise may be longer
    return one if plain == one.plain else Text(plain, style=one.style)


def _natural(heads: Sequence[Text], rows: Sequence[Sequence[Text] | None]) -> list[int]:
    cells = [heads, *(row for row in rows if row is not None)]
    return [max(1, *(cell_len(row[i].plain) for row in cells)) for i in range(len(heads))]


def _shrink(widths: list[int], which: Sequence[int], width: int, least: int) -> None:
    """Take from the widest of these columns, one letter after the other, until the table fits or none can give."""
    while _total(widths) > width:
        able = [i for i in which if widths[i] > least]
        if not able:
            return
        widths[max(able, key=widths.__getitem__)] -= 1


def _shown(widths: Sequence[int]) -> int:
    return sum(map(bool, widths))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * max(0, _shown(widths) - 1)
