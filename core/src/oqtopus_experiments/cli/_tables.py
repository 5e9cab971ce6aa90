"""The console that tables are printed with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType  # noqa: TID251  # the one that is safe
from rich.segment import Segment
from rich.text import Text

from oqtopus_experiments.cli._sheets import Sheet, cell
from oqtopus_experiments.cli._streams import results
from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.reporting._written import written_quantity
from oqtopus_experiments.support._text import encodable, shown

COLORS = {"good": "green", "suspect": "yellow", "bad": "red"}
FLAG = "bold red"
"""How a difference or a step is marked."""


class PlainConsole(Console):
    """A console to which a text is a text: no markup, no emoji, controls by their code; it cuts no table for a pipe."""

    def __init__(self) -> None:
        super().__init__(file=results(), highlight=False, markup=False, emoji=False)
        if not self.is_terminal:
            self.width = 200

    def render_str(self, text: str, **how: Any) -> Text:
        """Return a text as it can be shown, before it is laid out: columns stay as wide as what is in them."""
        return super().render_str(cell(text, self.encoding), **{**how, "markup": False, "emoji": False})

    @property
    def ascii_only(self) -> bool:
        """Whether it lacks the letters that measured numbers are written with."""
        return encodable("µ×⁻⁰₁", self.encoding) != "µ×⁻⁰₁"

    def written(self, quantity: Quantity) -> str:
        """Return a measured number as every table shows it: ``39.3(9) µs``."""
        return written_quantity(quantity, ascii_only=self.ascii_only)

    def written_change(self, change: Quantity) -> str:
        """Return a difference with its sign: ``+1.2(9) µs``."""
        text = self.written(change)
        return text if text.startswith("-") else f"+{text}"

    def show(self, sheet: Sheet) -> None:
        """Print a table in the room there is; what is copied is never broken, not even at the edge."""
        for line in sheet.lines(self, self.width):
            self.print(line, soft_wrap=True)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Return what is printed; whoever made a `Text` of a stranger's words is covered too."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(shown(segment.text, len(segment.text)), segment.style)


def coloured(text: str, style: str) -> Text:
    """Return our own word in a colour, as a cell."""
    return Text(cell(text), style=style)
