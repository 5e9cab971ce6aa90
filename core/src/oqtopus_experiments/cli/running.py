"""Running a checked run file with a person watching."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import click

from oqtopus_experiments.backend import Failure, Outcome, Progress
from oqtopus_experiments.config import ExperimentConfig, RunConfig
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.files import Chapter, finish_run, write_chapter
from oqtopus_experiments.handle import Handle
from oqtopus_experiments.result import ExperimentResult
from oqtopus_experiments.runner import start
from oqtopus_experiments.store import RunFolder

logger = logging.getLogger(__name__)


def run_to_the_end(config: RunConfig, runs: Path | None) -> None:
    """
    Run all experiments, print the table, and write everything into the run folder.

    Raises:
        BackendError: When experiments failed; the others are finished, printed and kept first.
    """
    from oqtopus_experiments.cli.tables import print_results

    if runs is not None:
        config = attrs.evolve(config, runs=runs)
    count = len(config.experiments)
    click.echo(f"{config.name}: {count} experiment{'s' * (count > 1)} on {config.backend.name}")
    with _submitting(config.backend.name) as announce:
        folder, handles = start(config, announce)
    chapters = [_chapter(folder, entry, handle) for entry, handle in zip(config.experiments, handles, strict=True)]
    finish_run(folder, chapters)
    print_results([(chapter.label, analysis) for chapter in chapters for analysis in chapter.analyses])
    click.echo(f"run folder: {folder.path}")
    if failed := [chapter for chapter in chapters if chapter.problem]:
        message = f"{len(failed)} of {len(handles)} experiments failed; what arrived is in {folder.path}"
        raise BackendError(message)


def _chapter(folder: RunFolder, entry: ExperimentConfig, handle: Handle | BackendError) -> Chapter:
    try:
        chapter = write_chapter(folder, entry.label, _await(entry.label, handle), entry.analyzer)
    except BackendError as error:
        chapter = Chapter(entry.label, problem=str(error))
    if chapter.problem:
        click.echo(f"{entry.label}: failed: {chapter.problem}", err=True)
    return chapter


def _await(label: str, handle: Handle | BackendError) -> ExperimentResult:
    if isinstance(handle, BackendError):
        raise handle
    with progress_of(label, handle) as progress:
        return handle.result(progress=progress)


@contextlib.contextmanager
def _submitting(backend: str) -> Iterator[Callable[[str], None]]:
    """Say what is being submitted, on a terminal only: a simulator works during this time."""
    if not sys.stdout.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console().status(f"submitting to {backend}") as status:
        yield lambda label: status.update(f"submitting {label} to {backend}")


@contextlib.contextmanager
def progress_of(label: str, handle: Handle) -> Iterator[Progress]:
    """Show outcomes as they arrive: a live bar on a terminal, one line at the end otherwise."""
    total = len(handle.batch.circuits)
    missing: list[Failure] = []

    def note(outcome: Outcome) -> None:
        if isinstance(outcome.result, Failure):
            missing.append(outcome.result)

    if sys.stdout.isatty():
        yield from _bar(label, total, note)
    else:
        yield note
    tail = f", {len(missing)} without counts ({missing[0].reason})" if missing else ""
    click.echo(f"{label}: {total - len(missing)} of {total} circuits{tail}")


def _bar(label: str, total: int, note: Callable[[Outcome], None]) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task(label, total=total)

        def advance(outcome: Outcome) -> None:
            note(outcome)
            bar.advance(task)

        yield advance
