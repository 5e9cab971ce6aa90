"""``oqx compare``: runs side by side."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli._names import run_names
from oqtopus_experiments.cli._printing import console, say
from oqtopus_experiments.cli._run_argument import RUN_MEANS, run_folder

if TYPE_CHECKING:
    from oqtopus_experiments.reporting._compare import Difference, Value


@click.command(epilog=RUN_MEANS)
@click.argument("runs", metavar="RUN RUN...", nargs=-1, type=run_folder, shell_complete=run_names)
@click.option("--flagged", is_flag=True, help="Only what differs by more than chance allows.")
def compare(runs: tuple[Path, ...], flagged: bool) -> None:
    """
    Compare the quantities of two or more runs: how many sigma apart they are.

    A difference is flagged when a comparison of unchanged runs would show it, in any quantity, once in a thousand
    times; always from 5 sigma on. Values with a bad verdict are shown, not compared.
    """
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.cli._tables import FLAG, coloured
    from oqtopus_experiments.reporting._compare import compare as compared
    from oqtopus_experiments.storage._summary import read_summary

    if len(runs) < 2:
        raise click.UsageError("name at least two run folders")
    differences = compared([read_summary(run) for run in runs])
    chosen = [difference for difference in differences if difference.flagged or not flagged]
    names = [run.resolve().name for run in runs]
    columns = Col("experiment"), Col("qubits"), Col("quantity"), *map(Col, names)
    table = Sheet((*columns, Col("difference", right=True), Col("")))
    for difference in chosen:
        mark = coloured("differs", FLAG) if difference.flagged else ""
        sigma = "-" if math.isnan(difference.sigma) else f"{difference.sigma:.1f} σ"
        values = [_shown(value) for value in difference.values]
        table.add(*_place(difference), *values, sigma, mark)
    if chosen:
        console().show(table)
    count = sum(difference.flagged for difference in differences)
    say(f"{count} of {len(differences)} quantities differ by more than chance allows")


def _place(difference: Difference) -> tuple[str, str, str]:
    return difference.experiment, difference.qubits, difference.name


def _shown(value: Value | None) -> str:
    from oqtopus_experiments.cli._tables import PlainConsole

    if value is None:
        return "-"
    text = PlainConsole().written(value.quantity)
    return text if value.level == "good" else f"{text} ({value.level})"
