"""``oqx runs``: the run folders there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from oqtopus_experiments.cli import _names as names
from oqtopus_experiments.cli._moments import Moment, local_time, time_head
from oqtopus_experiments.cli._printing import console, say
from oqtopus_experiments.cli._targets import targets_of
from oqtopus_experiments.contracts.verdict import Level

if TYPE_CHECKING:
    from rich.text import Text

    from oqtopus_experiments.storage._archive import IndexedRun

NEWEST = 20
"""So many runs are shown, unless all are asked for."""
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder", type=_FOLDER, default=Path("runs"))
@click.option("--runs", "named", type=_FOLDER, metavar="DIRECTORY", help="The same as FOLDER.")
@click.option("--all", "every", is_flag=True, help=f"All of them, not only the newest {NEWEST}.")
@click.option("--device", metavar="TEXT", help="Only backends and devices with this text in their name.")
@click.option("--experiment", metavar="NAME", shell_complete=names.measured_labels,
              help="Only runs with this experiment, by its label or name.")  # fmt: skip
@click.option("--quantity", metavar="NAME", shell_complete=names.quantities, help="Only runs that measured it.")
@click.option("--qubit", metavar="N", shell_complete=names.measured_qubits,
              help="Only runs that measured this qubit, or this pair: 2-3.")  # fmt: skip
@click.option("--verdict", "levels", multiple=True, type=click.Choice(get_args(Level)),
              help="Only runs in which some target has this verdict; repeatable.")  # fmt: skip
@click.option("--since", type=Moment(), metavar="MOMENT", help="Only runs since 2026-11-20, or since 2d ago.")
@click.option("--until", type=Moment(end=True), metavar="MOMENT", help="Only runs until then, that day included.")
def runs(
    folder: Path,
    named: Path | None,
    every: bool,
    device: str | None,
    experiment: str | None,
    quantity: str | None,
    qubit: str | None,
    levels: tuple[Level, ...],
    since: datetime | None,
    until: datetime | None,
) -> None:
    """List the runs in FOLDER (default: runs): name, time, backend, verdicts; the newest last."""
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.storage._archive import RunFilter, find

    (target,) = (qubit and targets_of([qubit])) or (None,)
    wanted = RunFilter(device, experiment, quantity, target, levels, _stored(since), _stored(until))
    folder = named or folder
    found, number = find(folder, wanted, None if every else NEWEST)
    columns = Col("run", copied=True), Col(time_head()), Col("name", wraps=True), Col("backend")
    table = Sheet((*columns, Col("verdicts", wraps=True)))
    readable = [run for run in found if not run.problem]
    for run in readable:
        table.add(run.path.name, local_time(run.created), run.name, run.backend, _verdicts(run))
    if readable:
        console().show(table)
    else:
        asked = {"quantity": quantity, "experiment": experiment, "device": device}
        meant = _meant(folder, {option: value for option, value in asked.items() if value})
        say(f"no runs in {folder}{' are like that' if wanted != RunFilter() else ''}{meant}")
    for run in found:
        if run.problem:
            say(f"not readable: {run.problem}", err=True)
    if number > len(found):
        say(f"the newest {len(found)} of {number}; all of them: --all")


def _meant(folder: Path, asked: Mapping[str, str]) -> str:
    """Return what runs there are of what was asked for and none has."""
    from oqtopus_experiments.storage._archive import known_names
    from oqtopus_experiments.support._suggestions import suggest

    known = known_names(folder) if asked else {}
    missing = {option: value for option, value in asked.items() if value not in known[option]}
    return "".join(f"; --{option} {value}{suggest(value, known[option])}" for option, value in missing.items())


def _stored(moment: datetime | None) -> str | None:
    """Return a moment as the times of runs are stored."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _verdicts(run: IndexedRun) -> Text:
    from rich.text import Text

    from oqtopus_experiments.cli._tables import COLORS, coloured

    told = f"{run.kind} of {run.members}, {run.begun} begun: " if run.kind else ""
    words = [coloured(f"{count} {level}", COLORS[level]) for level, count in run.counts.items() if count]
    if run.missing:
        words.append(coloured(f"no analysis of {', '.join(run.missing)}", ""))
    return Text(told) + Text(", ").join(words)
