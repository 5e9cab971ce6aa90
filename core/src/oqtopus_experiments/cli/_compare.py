"""``oqx compare``: runs side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli._after_run import shows_all
from oqtopus_experiments.cli._names import run_names
from oqtopus_experiments.cli._printing import console, say
from oqtopus_experiments.cli._run_argument import RUN_MEANS, run_folder

if TYPE_CHECKING:
    from oqtopus_experiments.reporting._compare import Difference, Value

MANY = 20
"""Of more targets than this only the headlines that differ most are shown, unless all are asked for."""
WORST = 5


@click.command(epilog=RUN_MEANS)
@click.argument("runs", metavar="RUN RUN...", nargs=-1, type=run_folder, shell_complete=run_names)
@click.option("--flagged", is_flag=True, help="Only what differs by more than chance allows.")
@shows_all("Show every quantity, also of many targets.")
def compare(runs: tuple[Path, ...], flagged: bool, every: bool) -> None:
    """
    Compare the quantities of two or more runs, or those of a sweep: how far, and how many sigma, they are apart.

    Headlines come first. The change is that from the first run to the last. A difference is flagged when a comparison
    of unchanged runs would show it, in any quantity, once in a thousand times; always from 5 sigma on. Values with a
    bad verdict are shown, not compared; a quantity that only says another one again is not counted.
    """
    from oqtopus_experiments.reporting._compare import compare as compared
    from oqtopus_experiments.reporting._tidy_tables import exported
    from oqtopus_experiments.storage._parent import member_paths
    from oqtopus_experiments.storage._summary import read_summary

    known = {run.path.resolve(): run for run in exported(runs)}
    runs = tuple(path for run in runs for path in member_paths(run))
    if len(runs) < 2:
        raise click.UsageError("name at least two run folders, or the folder of a sweep or a watch")
    differences = compared([read_summary(run) for run in runs])
    chosen = [difference for difference in differences if difference.flagged or not flagged]
    shown = _chosen(chosen, every=every or flagged)
    letters = [chr(ord("A") + i) if i < 26 else str(i + 1) for i in range(len(runs))]
    for letter, run in zip(letters, runs, strict=True):
        named = known[run.resolve()]
        swept = ", ".join(f"{key} = {value}" for key, value in named.swept.items())
        say(f"{letter}: {named.name}{f' ({swept})' if swept else ''}")
    for (experiment, name), group in _by_quantity(shown).items():
        _show(f"{experiment}: {name}", group, letters)
    for experiment, name, same_as in dict.fromkeys(map(_said, differences)):
        if same_as:
            say(f"{experiment}: {name} says {same_as} again, and is not counted")
    if len(chosen) > len(shown):
        say(f"{len(chosen) - len(shown)} more are compared, none of them flagged; --all shows them")
    counted = [one for one in differences if not one.same_as]
    say(f"{sum(one.flagged for one in counted)} of {len(counted)} quantities differ by more than chance allows")


def _by_quantity(differences: Sequence[Difference]) -> dict[tuple[str, str], list[Difference]]:
    """Return the differences of each quantity of an experiment, the headlines first."""
    found: dict[tuple[str, str], list[Difference]] = {}
    for one in sorted(differences, key=lambda one: not one.headline):
        found.setdefault((one.experiment, one.name), []).append(one)
    return found


def _said(one: Difference) -> tuple[str, str, str]:
    return one.experiment, one.name, one.same_as


def _chosen(differences: Sequence[Difference], *, every: bool) -> list[Difference]:
    """Return what to show: headlines and what is flagged; of many targets of those not flagged only the largest."""
    if every:
        return list(differences)
    largest: set[int] = set()
    for group in _by_quantity([one for one in differences if one.headline]).values():
        furthest = sorted(group, key=lambda one: -one.sigma if math.isfinite(one.sigma) else 1.0)
        largest |= {id(one) for one in (group if len(group) <= MANY else furthest[:WORST])}
    return [one for one in differences if one.flagged or id(one) in largest]


def _show(title: str, differences: Sequence[Difference], letters: Sequence[str]) -> None:
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.cli._tables import FLAG, coloured

    out = console()
    change = Col(f"{letters[-1]} - {letters[0]}", right=True), Col("%", right=True), Col("apart", right=True)
    sheet = Sheet((Col("qubits"), *map(Col, letters), *change, Col("", wraps=True)), title=title)
    for one in differences:
        values = ["-" if value is None else out.written(value.quantity) for value in one.values]
        moved = "-" if one.change is None else out.written_change(one.change)
        percent = f"{one.percent:+.2g}" if math.isfinite(one.percent) else "-"
        sigma = "-" if math.isnan(one.sigma) else f"{one.sigma:.1f} σ"
        note = ", ".join(filter(None, ("differs" * one.flagged, _doubts(one.values, letters))))
        mark = coloured(note, FLAG) if one.flagged else note
        sheet.add(one.qubits, *values, moved, percent, sigma, mark)
    out.show(sheet)


def _doubts(values: Sequence[Value | None], letters: Sequence[str]) -> str:
    """Return whose values are not good: ``A suspect, B bad``."""
    told = [(letter, value.level) for letter, value in zip(letters, values, strict=True) if value is not None]
    return ", ".join(f"{letter} {level}" for letter, level in told if level != "good")
