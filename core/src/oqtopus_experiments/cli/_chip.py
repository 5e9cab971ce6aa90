"""``oqx chip``: a quantity of a run on the qubits and couplings of its device."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli import _names as names
from oqtopus_experiments.cli._printing import console, say
from oqtopus_experiments.cli._run_argument import RUN, RUN_MEANS
from oqtopus_experiments.cli._written_files import WrittenFile
from oqtopus_experiments.errors import NotStoredError

if TYPE_CHECKING:
    from rich.text import Text

    from oqtopus_experiments.reporting._chip_map import ChipMap
    from oqtopus_experiments.reporting._chip_text import ChipText
    from oqtopus_experiments.storage._run_folder import RunFolder

_COLOURS = ("#00224E", "#35456C", "#666970", "#948E77", "#C8B866", "#FEE838")
"""Of the figures (cividis), which colour-blind eyes can read: from low to high."""
_DARK = 3
"""So many of them need white letters."""


@click.command(epilog=RUN_MEANS)
@RUN
@click.option("--quantity", metavar="NAME", shell_complete=names.quantities,
              help="What to show (default: the headline of the first experiment).")  # fmt: skip
@click.option("--experiment", metavar="NAME", shell_complete=names.measured_labels,
              help="Only this experiment, by its label.")  # fmt: skip
@click.option("--plot", type=WrittenFile(".png", ".svg"), help="Draw it into this file, .png or .svg.")
def chip(run: Path, quantity: str | None, experiment: str | None, plot: Path | None) -> None:
    """
    Show a quantity of RUN on its device: each qubit where it is, with its number, value and colour.

    ``!`` stands for suspect, ``x`` for bad. Where the device gives no coordinates its couplings say where qubits are.
    """
    from oqtopus_experiments.reporting._chip_text import chip_text
    from oqtopus_experiments.storage._run_folder import RunFolder

    folder = RunFolder.open(run)
    label, shown = _chosen(folder, quantity, experiment)
    out = console()
    say(f"{label}: {_encodable(shown.heading, out.encoding)}", bold=True)
    drawn = chip_text(shown, ascii_only="utf" not in out.encoding.lower())
    if drawn.width > out.width and out.is_terminal:
        say(f"this drawing is {drawn.width} columns wide: widen the window, or use --plot FILE", err=True)
    for number in range(len(drawn.lines)):
        out.print(_line(drawn, number), no_wrap=True, overflow="ignore", crop=False)
    if plot is not None:
        _plot(plot, label, shown)


def _chosen(folder: RunFolder, quantity: str | None, experiment: str | None) -> tuple[str, ChipMap]:
    from oqtopus_experiments.reporting._chip_map import chip_map, quantity_of
    from oqtopus_experiments.storage._analysis_json import read_analyses
    from oqtopus_experiments.storage._device_file import device_of_run

    device, known = device_of_run(folder), []
    for entry in folder.manifest().experiments:
        stored = read_analyses(folder.directory(entry.label))
        analyses = () if stored is None else stored.analyses
        known += [f"{entry.label}: {q.name}" for q in (analyses[0].quantities if analyses else ())]
        if experiment in (None, entry.label) and any(quantity_of(one, quantity) for one in analyses):
            return entry.label, chip_map(analyses, quantity, device)
    wanted = " ".join(filter(None, [quantity or "a quantity", experiment and f"of {experiment}"]))
    there = f"it has {', '.join(known)}" if known else "it has none; `oqx analyze` makes them"
    message = f"{folder.path} has no {wanted}; {there}"
    raise NotStoredError(message)


def _line(drawn: ChipText, number: int) -> Text:
    from rich.text import Text

    line = Text(drawn.lines[number])
    for span in drawn.spans:
        if span.line == number and math.isfinite(span.part):
            which = min(len(_COLOURS) - 1, int(span.part * len(_COLOURS)))
            letters = "white" if which < _DARK else "black"
            line.stylize(f"{letters} on {_COLOURS[which]}", span.start, span.end)
    return line


def _encodable(text: str, encoding: str) -> str:
    from oqtopus_experiments.support._text import encodable

    return encodable(text, encoding)


def _plot(file: Path, label: str, shown: ChipMap) -> None:
    from oqtopus_experiments.reporting.figures import _possible as possible

    if reason := possible.why_not():
        say(f"no plot: {reason}", err=True)
        return
    from oqtopus_experiments.reporting.figures import render
    from oqtopus_experiments.reporting.figures._chip_figure import chip_figure
    from oqtopus_experiments.support._atomic_writing import write_bytes

    write_bytes(file, render(chip_figure(label, shown), "svg" if file.suffix.lower() == ".svg" else "png"))
    say(f"plot: {file}")
