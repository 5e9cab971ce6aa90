"""Tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType  # noqa: TID251  # the one that is safe
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from oqtopus_experiments.cli._streams import results
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.reporting._arrays import told
from oqtopus_experiments.reporting._findings import findings
from oqtopus_experiments.reporting._table import COLUMNS
from oqtopus_experiments.storage._run_folder import folder_name
from oqtopus_experiments.support._text import MOST_IN_CELL, encodable, shown

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analysis import Analysis
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment

COLORS = {"good": "green", "suspect": "yellow", "bad": "red"}
ROOM = 46
"""Letters in a line that a column of sentences needs to be read."""
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

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Return what is printed; whoever made a `Text` of a stranger's words is covered too."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(shown(segment.text, len(segment.text)), segment.style)


def cell(text: str, encoding: str = "utf-8") -> str:
    """Return a text as one cell of a table shows it."""
    return encodable(shown(text, MOST_IN_CELL, lines=False), encoding)


def coloured(text: str, style: str) -> Text:
    """Return our own word in a colour, as a cell."""
    return Text(cell(text), style=style)


def print_results(rows: Sequence[tuple[str, Analysis]]) -> None:
    """
    Print the headline quantity of every target with its verdict and the reasons for it.

    Where the table leaves them too little room they stand below it, each once.
    """
    if not rows:
        return
    out, bare = PlainConsole(), _results(rows, with_reasons=False)
    beside = out.width - out.measure(bare).maximum >= ROOM
    out.print(_results(rows, with_reasons=True) if beside else bare)
    if beside:
        return
    for experiment in dict.fromkeys(experiment for experiment, _ in rows):
        for one in findings(analysis for name, analysis in rows if name == experiment):
            if one.level != "good":
                out.print(f"{experiment}, {one.qubits}: {one.level}")
                for reason in one.reasons:
                    out.print(Padding(out.render_str(reason), (0, 0, 0, 2), expand=False))


def _results(rows: Sequence[tuple[str, Analysis]], *, with_reasons: bool) -> Table:
    names = [column.name for column in COLUMNS]
    table = Table("experiment", "qubits", "quantity", Column("value", no_wrap=True), *names)
    if with_reasons:
        table.add_column("why")
    for experiment, analysis in rows:
        verdict = analysis.verdict
        headline = [(q.name, str(q)) for q in analysis.quantities[:1]] or [("-", "-")]
        words = [coloured(column.text(analysis), COLORS[verdict.level]) for column in COLUMNS]
        first = verdict.findings[:1] if with_reasons else ()
        table.add_row(experiment, label(analysis.target), *headline[0], *words, *first)
        for reason in verdict.findings[1:] if with_reasons else ():  # a line of its own each
            table.add_row(*[""] * (len(names) + 4), reason)
    return table


def print_arrays(experiments: Iterable[AnalyzedExperiment]) -> None:
    """Print the small arrays of all experiments as tables, and of the others where their numbers are."""
    out = PlainConsole()
    for one in experiments:
        tables, sentences = told(one.analyses, f"{folder_name(one.label)}/arrays.csv")
        for table in tables:
            made = Table(*table.head, title=Text(cell(f"{one.label}: {table.title}")), title_justify="left")
            for row in table.rows:
                made.add_row(*row)
            out.print(made)
        for sentence in sentences:
            out.print(cell(f"{one.label}: {sentence}"))
