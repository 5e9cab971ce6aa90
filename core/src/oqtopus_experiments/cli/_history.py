"""``oqx history``: one quantity over all runs in a folder."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli import _names as names
from oqtopus_experiments.cli._printing import console, say

if TYPE_CHECKING:
    from oqtopus_experiments.reporting._history import Series

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("quantity", shell_complete=names.quantities)
@click.option("--qubit", "qubits", required=True, metavar="N or N-M", help="Qubit, or the qubits of a target: 2-3.",
              shell_complete=names.measured_qubits)  # fmt: skip
@click.option("--runs", "folder", type=_FOLDER, default=Path("runs"), help="Folder of run folders (default: runs).")
@click.option("--experiment", metavar="NAME", help="Only this experiment, by its label or name.",
              shell_complete=names.measured_labels)  # fmt: skip
@click.option("--device", metavar="TEXT", help="Only devices and settings with this text in their name.")
@click.option("--plot", type=_FILE, help="File to draw it in, .png or .svg (default: a .png beside the runs).")
def history(
    quantity: str, qubits: str, folder: Path, experiment: str | None, device: str | None, plot: Path | None
) -> None:
    """
    Show QUANTITY of a qubit over all runs: value and error, as table and plot, apart for each device and settings.

    What changed is told: a step where a run differs from those before it, a drift with its slope where it goes on.
    Of histories of a quantity that never changed, at most one in a hundred shows anything.
    """
    from oqtopus_experiments.reporting._history import history as history_of

    target = _target(qubits)
    found = history_of(folder, quantity, target, experiment, device)
    for one in found:
        _print(one, quantity)
    from oqtopus_experiments.reporting.figures import _possible as possible

    if reason := possible.why_not():
        say(f"no plot: {reason}", err=True)
        return
    from oqtopus_experiments.reporting.figures import render
    from oqtopus_experiments.reporting.figures._timeline import timeline
    from oqtopus_experiments.storage._run_folder import folder_name
    from oqtopus_experiments.support._atomic_writing import write_bytes

    file = plot or folder / f"history-{folder_name(quantity)}-{qubits}.png"
    write_bytes(file, render(timeline(found, target), "svg" if file.suffix.lower() == ".svg" else "png"))
    say(f"plot: {file}")


def _print(series: Series, quantity: str) -> None:
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.cli._tables import COLORS, FLAG, coloured

    say(series.name, bold=True)
    columns = Col("time (UTC)"), Col("run", copied=True), Col("experiment"), Col(quantity), Col("verdict"), Col("")
    table = Sheet(columns)
    out = console()
    for entry in series.entries:
        step = "" if math.isnan(entry.step) else coloured(f"step, {entry.step:.1f} σ", FLAG)
        time = entry.created[:19].replace("T", " ")
        verdict = coloured(entry.level, COLORS[entry.level])
        table.add(time, entry.run.name, entry.experiment, out.written(entry.quantity), verdict, step)
    out.show(table)
    say(f"{quantity} {series.change}")


def _target(text: str) -> tuple[int, ...]:
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise click.BadParameter(f"{text!r} is not a qubit; write a number, or 2-3 for a pair", param_hint="--qubit")
    return tuple(map(int, parts))
