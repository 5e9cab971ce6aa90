"""Tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from oqtopus_experiments.targets import label
from oqtopus_experiments.units import with_error

if TYPE_CHECKING:
    from oqtopus_experiments.analysis import Analysis
    from oqtopus_experiments.config import RunConfig

COLORS = {"good": "green", "suspect": "yellow", "bad": "red"}


def console() -> Console:
    """Return a console that never cuts a table to fit a pipe."""
    made = Console(highlight=False)
    return made if made.is_terminal else Console(highlight=False, width=200)


def print_results(rows: Sequence[tuple[str, Analysis]]) -> None:
    """Print the headline quantity of every target with its verdict and the reasons for it."""
    if not rows:
        return
    table = Table("experiment", "qubits", "quantity", Column("value", no_wrap=True), "verdict", "why")
    for experiment, analysis in rows:
        verdict = analysis.verdict
        color = COLORS[verdict.level]
        shown = [(q.name, with_error(q.value, q.stderr, q.unit)) for q in analysis.quantities[:1]] or [("-", "-")]
        why = "; ".join(reason.message for reason in verdict.reasons if reason.level == verdict.level)
        cells = map(escape, (experiment, label(analysis.target), *shown[0]))
        table.add_row(*cells, f"[{color}]{verdict.level}[/]", escape(why))
    console().print(table)


def print_plan(config: RunConfig, rows: Sequence[dict[str, Any]]) -> None:
    """Print what a run would take."""
    table = Table("experiment", "circuits", "jobs", "shots", "qubits", title=f"{config.name} on {config.backend.name}")
    for row in rows:
        qubits = row["qubits"]
        shown = ", ".join(map(str, qubits)) if len(qubits) <= 8 else f"{qubits[0]}..{qubits[-1]} ({len(qubits)})"
        table.add_row(row["label"], str(row["circuits"]), str(row["jobs"]), f"{row['shots']:,}", shown)
    totals = [sum(row[key] for row in rows) for key in ("circuits", "jobs", "shots")]
    table.add_section()
    table.add_row("all", str(totals[0]), str(totals[1]), f"{totals[2]:,}", "")
    console().print(table)
