"""``oqx history``: one quantity over all runs in a folder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from oqtopus_experiments.cli import _names as names
from oqtopus_experiments.cli._after_run import shows_all
from oqtopus_experiments.cli._moments import Moment, local_time, time_head
from oqtopus_experiments.cli._printing import console, say
from oqtopus_experiments.cli._targets import targets_of
from oqtopus_experiments.cli._written_files import WrittenFile
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.verdict import LEVELS, Level

if TYPE_CHECKING:
    from oqtopus_experiments.reporting._history import Series
    from oqtopus_experiments.reporting._outlines import Outline

_FOLDER = click.Path(path_type=Path, file_okay=False)
FEW = 3
"""So many series are shown run by run; of more, each gets a line."""
MANY = 20
"""Of more lines than this only those are shown in which something changed."""
NEWEST = 20
"""So many runs of a series are shown."""


@click.command()
@click.argument("quantity", shell_complete=names.quantities)
@click.option("--qubit", "qubits", multiple=True, metavar="N,N-M", shell_complete=names.measured_qubits,
              help="Qubits, or pairs as 2-3, with commas; repeatable; all by default.")  # fmt: skip
@click.option("--runs", "folder", type=_FOLDER, default=Path("runs"), help="Folder of run folders (default: runs).")
@click.option("--experiment", metavar="NAME", shell_complete=names.measured_labels,
              help="Only this experiment, by its label or name.")  # fmt: skip
@click.option("--device", metavar="TEXT", help="Only devices and settings with this text in their name.")
@click.option("--verdict", "levels", multiple=True, type=click.Choice(get_args(Level)),
              help="Only values with this verdict; repeatable.")  # fmt: skip
@click.option("--since", type=Moment(), metavar="MOMENT", help="Only runs since 2026-11-20, or since 2d ago.")
@click.option("--until", type=Moment(end=True), metavar="MOMENT", help="Only runs until then, that day included.")
@click.option("--plot", type=WrittenFile(".png", ".svg"), help="Draw it into this file, .png or .svg.")
@shows_all("Show every run of each series, and every series.")
def history(
    quantity: str,
    qubits: tuple[str, ...],
    folder: Path,
    experiment: str | None,
    device: str | None,
    levels: tuple[Level, ...],
    since: datetime | None,
    until: datetime | None,
    plot: Path | None,
    every: bool,
) -> None:
    """
    Show QUANTITY over all runs: value and error, apart for each qubit, device and settings; --plot draws it.

    What changed is told: a step where a run differs from those before it, a drift with its slope where it goes on.
    Of histories of a quantity that never changed, at most one in a hundred shows anything. Times are local.
    """
    from oqtopus_experiments.reporting._history import Wanted, histories
    from oqtopus_experiments.reporting._outlines import Outline, outlines

    wanted = Wanted(targets_of(qubits), experiment, device, levels or LEVELS, since, until)
    series = histories(folder, quantity, wanted) if every or plot else []  # each value of them is shown
    found = list(map(Outline.of, series)) if every else outlines(folder, quantity, wanted, few=FEW, newest=NEWEST)
    if len(found) > FEW and not every:
        _print_lines(found, quantity)
    else:
        several = len({one.target for one in found}) > 1
        for one in found:
            _print(one, quantity, several=several)
    if plot:
        _plot(series, plot)


def _plot(found: Sequence[Series], file: Path) -> None:
    from oqtopus_experiments.reporting.figures import _possible as possible

    if reason := possible.why_not():
        say(f"no plot: {reason}", err=True)
        return
    from oqtopus_experiments.reporting.figures import render
    from oqtopus_experiments.reporting.figures._timeline import timeline
    from oqtopus_experiments.support._atomic_writing import write_bytes

    figure = timeline(found, found[0].target)
    write_bytes(file, render(figure, "svg" if file.suffix.lower() == ".svg" else "png"))
    say(f"plot: {file}")


def _print(series: Outline, quantity: str, *, several: bool) -> None:
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.cli._tables import COLORS, FLAG, coloured

    out = console()
    say(f"qubit {label(series.target)}: {series.name}" if several else series.name, bold=True)
    columns = Col(time_head()), Col("run", copied=True), Col("experiment"), Col(quantity), Col("verdict"), Col("")
    table = Sheet(columns)
    for entry in series.newest:
        step = "" if math.isnan(entry.step) else coloured(f"step, {entry.step:.1f} σ", FLAG)
        verdict = coloured(entry.level, COLORS[entry.level])
        value = out.written(entry.quantity)
        table.add(local_time(entry.created), entry.run.name, entry.experiment, value, verdict, step)
    out.show(table)
    if left_out := series.number - len(series.newest):
        say(f"{left_out} earlier runs are left out; --all shows them")
    say(f"{quantity} {series.change}")


def _print_lines(found: Sequence[Outline], quantity: str) -> None:
    """Print a line for each of many series: its first and last value, and what became of it."""
    from oqtopus_experiments.cli._sheets import Col, Sheet

    out = console()
    for name in dict.fromkeys(one.name for one in found):
        group = [one for one in found if one.name == name]
        told = group if len(group) <= MANY else [one for one in group if one.change]
        columns = Col("qubits"), Col("runs", right=True), Col("first"), Col("last"), Col("change", wraps=True)
        table = Sheet(columns, title=f"{quantity}, {name}")
        for one in told:
            ends = [out.written(end.quantity) for end in (one.first, one.newest[-1])]
            change = str(one.change) if one.change else "no change" if one.number > 1 else "one run"
            table.add(label(one.target), str(one.number), *ends, change)
        if told:
            out.show(table)
        if len(told) < len(group):
            say(f"{name}: {len(group) - len(told)} of {len(group)} show no change in {quantity} beyond its errors")
    say("--all shows every run; --qubit chooses")
