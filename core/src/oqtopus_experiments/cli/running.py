"""Running a checked run file with a person watching."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from oqtopus_experiments.cli.printing import console, say
from oqtopus_experiments.cli.twin import show_beside
from oqtopus_experiments.contracts.backend import Batch
from oqtopus_experiments.contracts.deadline import Deadline, within
from oqtopus_experiments.contracts.outcome import Failure, Outcome, Progress
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.execution.handle import Handle
from oqtopus_experiments.execution.outputs import finish_run, write_chapter
from oqtopus_experiments.execution.result import ExperimentResult
from oqtopus_experiments.execution.runner import checked, create_folder, open_handles
from oqtopus_experiments.execution.twin import Prediction, predict
from oqtopus_experiments.reporting.chapter import Chapter
from oqtopus_experiments.runfile.config import ExperimentConfig, RunConfig
from oqtopus_experiments.storage.run_folder import RunFolder
from oqtopus_experiments.support.text import shown

logger = logging.getLogger(__name__)


def run_to_the_end(
    config: RunConfig, runs: Path | None, timeout: float | None = None, *, compare_with_twin: bool = False
) -> None:
    """
    Run all experiments, print the table, and write everything into a new run folder.

    Args:
        config: The checked run file.
        runs: Folder for run folders, other than the file's.
        timeout: Seconds to wait in all.
        compare_with_twin: Whether to simulate the device first, and show both together.

    Raises:
        BackendError: When experiments failed; the others are finished, printed and kept first.
    """
    if runs is not None:
        config = attrs.evolve(config, runs=runs)
    count = len(config.experiments)
    say(f"{config.name}: {count} experiment{'s' * (count > 1)} on {config.backend.name}")
    with within(timeout) as deadline:
        batches = checked(config)
    left = None if timeout is None else deadline.left()
    predictions = predict(config) if compare_with_twin else {}
    finish(config, create_folder(config), left, batches, predictions)


def finish(
    config: RunConfig,
    folder: RunFolder,
    timeout: float | None = None,
    batches: Sequence[Batch] | None = None,
    predictions: Mapping[str, Prediction] | None = None,
) -> None:
    """
    Bring a run to its end from wherever its journals are, print the table, and write everything into its folder.

    Raises:
        BackendError: When experiments failed; the others are finished, printed and kept first.
    """
    from oqtopus_experiments.cli.interrupt import failed_command, interruptible, lost_points, way_back

    # Held to the end, so that nobody analyzes beside it, or goes on with it while a question is asked.
    with folder.claimed(), interruptible(config, folder), within(timeout) as deadline:
        with _submitting(config.backend.name) as announce:
            handles = open_handles(config, folder, announce, batches)
        chapters = _collect(config, folder, handles, None if timeout is None else deadline, predictions or {})
    say(f"run folder: {folder.path}")
    if failed := [chapter for chapter in chapters if chapter.problem]:
        message = f"{len(failed)} of {len(handles)} experiments failed; what arrived is in {folder.path}"
        raise BackendError(message + way_back(config, folder))
    if lost := lost_points(config, folder):
        say(f"{lost} points failed or were cancelled; submit them again with: {failed_command(folder)}")


def _collect(
    config: RunConfig,
    folder: RunFolder,
    handles: Sequence[Handle | BackendError],
    deadline: Deadline | None,
    predictions: Mapping[str, Prediction],
) -> list[Chapter]:
    """Wait for every experiment; write and print what came, and why others failed."""
    from oqtopus_experiments.cli.tables import print_results

    chapters = []
    for entry, handle in zip(config.experiments, handles, strict=True):
        chapter = _chapter(folder, entry, handle, deadline)
        chapters.append(chapter)
        if chapter.result is not None and chapter.analyses and entry.label in predictions:
            show_beside(
                folder.directory(entry.label), entry.label, chapter.result, chapter.analyses, predictions[entry.label]
            )
    finish_run(folder, chapters)
    print_results([(chapter.label, analysis) for chapter in chapters for analysis in chapter.analyses])
    return chapters


def _chapter(
    folder: RunFolder, entry: ExperimentConfig, handle: Handle | BackendError, deadline: Deadline | None
) -> Chapter:
    try:
        chapter = write_chapter(folder, entry.label, _await(entry.label, handle, deadline), entry.analyzer)
    except BackendError as error:
        chapter = Chapter(entry.label, problem=str(error))
    if chapter.problem:
        say(f"{entry.label}: failed: {chapter.problem}", err=True)
    return chapter


def _await(label: str, handle: Handle | BackendError, deadline: Deadline | None) -> ExperimentResult:
    if isinstance(handle, BackendError):
        raise handle
    left = None if deadline is None else deadline.left()
    with progress_of(label, handle) as progress:
        return handle.result(left, progress=progress)


@contextlib.contextmanager
def _submitting(backend: str) -> Iterator[Callable[[str], None]]:
    """Say what is being submitted, on a terminal only: a simulator works during this time."""
    if not sys.stdout.isatty():
        yield lambda _: None
        return
    from rich.text import Text

    used = console()
    spinner = "dots" if used.encoding.startswith("utf") else "line"
    with used.status(Text(shown(f"submitting to {backend}")), spinner=spinner) as status:
        yield lambda label: status.update(Text(shown(f"submitting {label} to {backend}", lines=False)))


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
    say(f"{label}: {total - len(missing)} of {total} circuits{_without(missing)}")


def _without(missing: Sequence[Failure]) -> str:
    """Return how many circuits have no counts and why, each reason with its number unless there is but one."""
    if not missing:
        return ""
    reasons = Counter(failure.reason for failure in missing).most_common()
    told = "; ".join(f"{number}: {reason}" for reason, number in reasons[:5]) + ("; ..." if len(reasons) > 5 else "")
    return f", {len(missing)} without counts ({told if len(reasons) > 1 else reasons[0][0]})"


def _bar(label: str, total: int, note: Callable[[Outcome], None]) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from oqtopus_experiments.cli.tables import cell

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(), transient=True) as bar:
        task = bar.add_task(cell(label), total=total)

        def advance(outcome: Outcome) -> None:
            note(outcome)
            bar.advance(task)

        yield advance
