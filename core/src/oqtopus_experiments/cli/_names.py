"""
Words a shell may complete: names of what is installed, of runs, of what a run file holds and what runs have measured.

A person waits while they are looked up. So no plugin, no numpy and no pandas is imported, no service is asked, and of
many runs only the newest are read. What cannot be read completes to nothing: Tab is no place for an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import click
from click.shell_completion import CompletionItem

from oqtopus_experiments.cli._provided import Provided, provided
from oqtopus_experiments.cli._streams import results_only
from oqtopus_experiments.cli._words import experiments, known_devices, measured, run_file, runs, table, text

Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_TOP = ("shots", "seed", "name", "runs", "backend")


def completer(words: Callable[[click.Context], Iterable[str]]) -> Completer:
    """Return what click asks for completions, of a function that returns all words."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        with results_only():  # a shell reads what is printed as names
            return [CompletionItem(word) for word in dict.fromkeys(words(context)) if word.startswith(incomplete)]

    return complete


def installed(*kinds: str) -> Completer:
    """Return a completer of the names of what plugins provide, of these kinds or of all."""
    return completer(lambda _: (one.name for one in _provided() if not kinds or one.kind in kinds))


@completer
def backends(context: click.Context) -> Iterator[str]:
    """Yield the profiles of the run file on the command line, and the installed backends."""
    yield from table(run_file(context), "backends")
    yield from (one.name for one in _provided() if one.kind == "backend")


@completer
def labels(context: click.Context) -> Iterator[str]:
    """Yield what the experiments of the run file on the command line are called, and ``bad``."""
    yield from (label for label, _ in experiments(run_file(context)))
    yield "bad"


@completer
def settings(context: click.Context) -> Iterator[str]:
    """Yield the paths that ``--set`` takes, up to the sign: ``experiments.t1.max_delay=``."""
    content = run_file(context)
    known = {(one.kind, one.name): one.parameters.split() for one in _provided()}
    yield from (f"{key}=" for key in _TOP)
    for label, use in experiments(content):
        yield from (f"experiments.{label}.{name}=" for name in ("shots", *known.get(("experiment", use), ())))
    profiles = table(content, "backends")
    for name in profiles:
        use = text(profiles[name], "use") or name
        yield from (f"backends.{name}.{option}=" for option in known.get(("backend", use), ()))
    for name in table(content, "defaults"):
        yield f"defaults.{name}="


@completer
def parameters(context: click.Context) -> Iterator[str]:
    """Yield the parameters of what is named on the command line, up to the sign."""
    names = {*context.args, *(value for value in context.params.values() if isinstance(value, str))}
    for one in _provided():
        if one.name in names:
            yield from (f"{name}=" for name in one.parameters.split())


def run_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return ``latest`` and the runs in ./runs, the newest first, also by how their names end; else folders."""
    if "/" in incomplete or incomplete.startswith("."):
        return [CompletionItem(incomplete, type="dir")]
    names = [run.name for run in runs()]
    words = ["latest", *(["latest~1"] if len(names) > 1 else []), *names, *(n.rpartition("-")[2] for n in names)]
    shown = words if incomplete else words[: len(names) + 2]
    return [CompletionItem(word) for word in dict.fromkeys(shown) if word.startswith(incomplete)]


@completer
def quantities(_: click.Context) -> Iterator[str]:
    """Yield the quantities that the newest runs measured."""
    yield from (row.get("quantity", "") for row in measured())


@completer
def precisions(_: click.Context) -> Iterator[str]:
    """Yield the same, up to the sign."""
    yield from (f"{row['quantity']}=" for row in measured() if row.get("quantity"))


@completer
def measured_labels(_: click.Context) -> Iterator[str]:
    """Yield what the experiments of the newest runs are called."""
    yield from (row.get("experiment", "") for row in measured())


@completer
def measured_qubits(_: click.Context) -> Iterator[str]:
    """Yield the qubits that the newest runs measured, and ``all``."""
    yield "all"
    yield from (row.get("qubits", "") for row in measured())


@completer
def devices(_: click.Context) -> Iterator[str]:
    """Yield the devices that ``oqx devices`` listed last, and snapshots in this folder."""
    yield from known_devices()
    yield from (file.name for file in Path().glob("*.json"))


@completer
def plugins(_: click.Context) -> Iterator[str]:
    """Yield the plugins that are installed."""
    from importlib.metadata import entry_points

    yield from sorted(entry.name for entry in entry_points(group="oqtopus_experiments"))


def _provided() -> list[Provided]:
    from oqtopus_experiments.errors import OqtopusExperimentsError

    try:
        return provided()
    except OqtopusExperimentsError:
        return []
