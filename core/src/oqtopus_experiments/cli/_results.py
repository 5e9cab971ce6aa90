"""What experiments came to, as a terminal shows it: every target of a few, the worst of many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.cli._sheets import INDENT, Col, Sheet, cell
from oqtopus_experiments.cli._tables import COLORS, PlainConsole, coloured
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting._arrays import told
from oqtopus_experiments.reporting._findings import findings
from oqtopus_experiments.reporting._summary_of import TargetsSummary, summary_of
from oqtopus_experiments.reporting._table import COLUMNS
from oqtopus_experiments.storage._run_folder import folder_name

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analysis import Analysis
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment

MANY = 20
"""Of more targets than this an experiment is summarized, unless all are asked for."""


def print_results(rows: Sequence[tuple[str, Analysis]], *, every: bool = False) -> int:
    """
    Print the headline quantity of every target with its verdict and the reasons for it.

    Where not all of them have room beside the numbers, they stand below the table, each once. An experiment of more
    than `MANY` targets is summarized, and of its targets only the worst are shown.

    Args:
        rows: Label of the experiment and analysis of one target, those of one experiment together.
        every: Whether to show every target.

    Returns:
        How many targets are not shown.
    """
    out = PlainConsole()
    chosen: list[tuple[str, Analysis]] = []
    summaries: dict[str, TargetsSummary] = {}
    for name, group in groupby(rows, key=lambda row: row[0]):
        analyses = [analysis for _, analysis in group]
        if len(analyses) > MANY and not every:
            summaries[name] = summary_of(analyses)
            analyses = list(summaries[name].worst)
        chosen += [(name, analysis) for analysis in analyses]
    if summaries:
        out.show(_summarized(summaries))
    if chosen:
        if summaries:
            names = {name for name, _ in chosen}
            say("\nthe worst of them:" if names <= set(summaries) else "\nthe worst of them, and the others:")
        _print_targets(out, chosen)
    for name, one in summaries.items():
        if one.left_out:
            first = ", ".join(f"{number} {code}" for code, number in one.codes)
            say(f"{name}: {one.left_out} more are not good; what to act on first, of all: {first}")
    return len(rows) - len(chosen)


def _summarized(summaries: dict[str, TargetsSummary]) -> Sheet:
    counts = [Col(level, right=True) for level in LEVELS]
    names = [Col("experiment"), Col("targets", right=True), *counts, Col("quantity")]
    sheet = Sheet((*names, Col("median of good", right=True), Col("spread", right=True)))
    for name, one in summaries.items():
        numbers = [coloured(str(one.counts[level]), COLORS[level] if one.counts[level] else "") for level in LEVELS]
        quantity = one.typical
        typical = ("-", "-", "-") if quantity is None else (quantity.name, *quantity.texts)
        sheet.add(name, str(one.number), *numbers, *typical)
    return sheet


def _print_targets(out: PlainConsole, rows: Sequence[tuple[str, Analysis]]) -> None:
    beside = _results(out, rows, with_reasons=True)
    if beside.natural_width(out) <= out.width:
        out.show(beside)
        return
    out.show(_results(out, rows, with_reasons=False))
    for experiment in dict.fromkeys(experiment for experiment, _ in rows):
        for one in findings(analysis for name, analysis in rows if name == experiment):
            if one.level != "good":
                out.print(f"{experiment}, {one.qubits}: {one.level}")
                for reason in one.reasons:
                    for line in Text(cell(reason, out.encoding)).wrap(out, out.width - len(INDENT)):
                        out.print(Text.assemble(INDENT, line), soft_wrap=True)


def _results(out: PlainConsole, rows: Sequence[tuple[str, Analysis]], *, with_reasons: bool) -> Sheet:
    names = [Col(column.name) for column in COLUMNS]
    why = [Col("why", wraps=True)] if with_reasons else []
    sheet = Sheet((Col("experiment"), Col("qubits"), Col("quantity"), Col("value"), *names, *why))
    before = rows[0][0]
    for experiment, analysis in rows:
        if experiment != before and len(rows) > 5:
            sheet.section()
        before = experiment
        verdict = analysis.verdict
        headline = [(q.name, out.written(q)) for q in analysis.quantities[:1]] or [("-", "-")]
        words = [coloured(column.text(analysis), COLORS[verdict.level]) for column in COLUMNS]
        first = verdict.findings[:1] if with_reasons else ()
        sheet.add(experiment, label(analysis.target), *headline[0], *words, *first)
        for reason in verdict.findings[1:] if with_reasons else ():  # a line of its own each
            sheet.add(*[""] * (len(names) + 4), reason)
    return sheet


def print_arrays(experiments: Iterable[AnalyzedExperiment]) -> None:
    """Print the small arrays of all experiments as tables, and of the others where their numbers are."""
    out = PlainConsole()
    for one in experiments:
        tables, sentences = told(one.analyses, f"{folder_name(one.label)}/arrays.csv", ascii_only=out.ascii_only)
        for table in tables:
            sheet = Sheet(tuple(map(Col, table.head)), title=f"{one.label}: {table.title}")
            for row in table.rows:
                sheet.add(*row)
            out.show(sheet)
        for sentence in sentences:
            say(f"{one.label}: {sentence}")
