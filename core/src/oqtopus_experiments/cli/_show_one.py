"""``oqx show``: what one experiment, backend, analyzer or executor is, and takes."""

from __future__ import annotations

import shutil
from typing import Any

import attrs
import click

from oqtopus_experiments.cli._names import installed
from oqtopus_experiments.cli._printing import console, say, say_json
from oqtopus_experiments.cli._provided import first_sentence
from oqtopus_experiments.cli._streams import results
from oqtopus_experiments.errors import OqtopusExperimentsError

WIDTH = 80
"""Columns of what is printed to something else than a terminal."""


@click.command()
@click.argument("name", shell_complete=installed())
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def show(name: str, as_json: bool) -> None:
    """
    Show an experiment, a backend, an analyzer or an executor: its parameters with type, unit, default and help.

    Of an experiment also what it sweeps and reports, its formula, and the circuit of a typical point.
    """
    from oqtopus_experiments.plugins._plugin import KINDS
    from oqtopus_experiments.plugins._registry import registry

    found = {kind: registry().get(kind, name) for kind in KINDS if name in registry().classes(kind)}
    if not found:
        from oqtopus_experiments.support._suggestions import suggest

        known = [known for kind in KINDS for known in registry().classes(kind)]
        raise click.UsageError(f"nothing is called {name!r}{suggest(name, known)}")
    if as_json:
        say_json([_as_dict(kind, name, cls) for kind, cls in found.items()])
        return
    for kind, cls in found.items():
        _print(kind, name, cls)


def _print(kind: str, name: str, cls: type[Any]) -> None:
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.plugins._describe import describe

    say(f"{name} ({kind}): {first_sentence(cls)}\n")
    table = Sheet((Col("parameter"), Col("type", wraps=True), Col("unit"), Col("default"), Col("help", wraps=True)))
    for row in describe(cls):
        table.add(*(row[column] for column in ("name", "type", "unit", "default", "help")))
    console().show(table)
    if kind == "experiment":
        _print_portrait(cls)


def _print_portrait(cls: type[Any]) -> None:
    """Print what an experiment with its defaults measures; what cannot be told is said in a line."""
    from oqtopus_experiments.execution import _portrait
    from oqtopus_experiments.execution._drawing import typical

    columns = shutil.get_terminal_size().columns if results().isatty() else WIDTH
    try:
        experiment = _with_defaults(cls)
        told = _portrait.portrait(experiment)
    except OqtopusExperimentsError as error:
        say(f"\nwhat it measures cannot be shown: {error}")
        return
    say(f"\nreads {told.signal or 'a signal that depends on the point'} at {told.points} points of")
    for line in told.sweep:
        say(f"  {line}")
    if told.references:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in told.references.items())
        say(f"and in circuits beside the sweep: {kinds}")
    if told.formula:
        say(f"\n  {told.formula}")
    say("\nreports" if told.quantities else "\nwhat it reports cannot be told without data")
    for quantity in told.quantities:
        say(f"  {quantity.name}{f' in {quantity.unit}' if quantity.unit else ''}, {quantity.how}")
    try:
        point, drawing = typical(experiment, columns)
    except OqtopusExperimentsError as error:
        say(f"\nno circuit is shown: {error}")
        return
    say(f"\nits circuit {_portrait.at_point(experiment, point).replace('at point', 'at')}\n")
    say(drawing, most=20_000)


def _with_defaults(cls: type[Any]) -> Any:
    from oqtopus_experiments.plugins._options import construct

    return construct(cls, {})


def _as_dict(kind: str, name: str, cls: type[Any]) -> dict[str, Any]:
    from oqtopus_experiments.execution import _portrait
    from oqtopus_experiments.plugins._describe import describe

    told: dict[str, Any] = {"kind": kind, "name": name, "what": first_sentence(cls), "parameters": describe(cls)}
    if kind != "experiment":
        return told
    try:
        return {**told, "measures": attrs.asdict(_portrait.portrait(_with_defaults(cls)))}
    except OqtopusExperimentsError as error:
        return {**told, "problem": str(error)}
