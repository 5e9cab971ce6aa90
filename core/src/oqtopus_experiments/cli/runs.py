"""``oqx runs``: the run folders there are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from oqtopus_experiments.summary import Summary


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"))
def runs(folder: Path) -> None:
    """List the runs in FOLDER (default: runs): name, time, backend, verdicts."""
    from rich.markup import escape
    from rich.table import Table

    from oqtopus_experiments.cli.tables import console
    from oqtopus_experiments.summary import find_runs

    found, damaged = find_runs(folder)
    table = Table("run", "time (UTC)", "name", "backend", "verdicts")
    for run in found:
        time = run.created[:19].replace("T", " ")
        table.add_row(*(escape(text) for text in (run.path.name, time, run.name, run.backend)), _verdicts(run))
    if found:
        console().print(table)
    else:
        click.echo(f"no runs in {folder}")
    for error in damaged:
        click.echo(f"not readable: {error}", err=True)


def _verdicts(run: Summary) -> str:
    from rich.markup import escape

    from oqtopus_experiments.analysis import LEVELS
    from oqtopus_experiments.cli.tables import COLORS

    levels = [analysis.verdict.level for analyses in run.analyses.values() for analysis in analyses]
    words = [f"[{COLORS[level]}]{levels.count(level)} {level}[/]" for level in LEVELS if level in levels]
    if run.state != "analyzed":
        words.append(escape(run.state))
    return ", ".join(words)
