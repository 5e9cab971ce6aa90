"""``oqx analyze``: the numbers of a run again, from its counts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli.printing import say
from oqtopus_experiments.cli.run_argument import run_folder

if TYPE_CHECKING:
    from oqtopus_experiments.storage.run_folder import RunFolder


@click.command()
@click.argument("run", type=run_folder)
@click.option("--analyzer", metavar="NAME", help="Another analyzer than the run was configured with.")
@click.option("--print-only", is_flag=True, help="Print the numbers and leave the folder as it is.")
def analyze(run: Path, analyzer: str | None, print_only: bool) -> None:
    """
    Analyze the counts in the folder RUN again, and write tables, figures and report anew.

    Needs the plugins of its experiments, not that of its backend; a folder may have been copied from anywhere.
    `latest` is the newest run in the folder runs, `latest~1` the one before. A folder that another process works on,
    or that cannot be written, is left as it is: the numbers of what has arrived are printed.
    """
    from oqtopus_experiments.cli.tables import print_results
    from oqtopus_experiments.errors import AnalysisError
    from oqtopus_experiments.execution.load import load_run
    from oqtopus_experiments.execution.outputs import analyzed, finish_run, write_chapter
    from oqtopus_experiments.reporting.chapter import Chapter
    from oqtopus_experiments.storage.run_folder import RunFolder

    with _held(RunFolder.open(run), print_only) as writable:
        loaded = load_run(run)
        folder = RunFolder(loaded.path)
        chapters = list[Chapter]()
        for label, result in loaded.results.items():
            chosen = analyzer or loaded.analyzer(label)
            chapters.append(
                write_chapter(folder, label, result, chosen) if writable else analyzed(label, result, chosen)
            )
        if writable:
            finish_run(folder, chapters)
    print_results([(chapter.label, analysis) for chapter in chapters for analysis in chapter.analyses])
    if writable:
        say(f"run folder: {folder.path}")
    if problems := [f"{chapter.label}: {chapter.problem}" for chapter in chapters if chapter.problem]:
        raise AnalysisError("; ".join(problems))


@contextlib.contextmanager
def _held(folder: RunFolder, print_only: bool) -> Iterator[bool]:
    """Hold a folder to write into it; yields whether it may be written."""
    with contextlib.ExitStack() as stack:
        reason = "" if print_only else _why_not(folder, stack)
        if reason:
            say(f"{reason}; the folder is left as it is, only the numbers are printed", err=True)
        yield not (print_only or reason)


def _why_not(folder: RunFolder, stack: contextlib.ExitStack) -> str:
    """Hold a folder, or return why nothing is to be written into it."""
    from oqtopus_experiments.errors import StoreError

    if not folder.is_writable():
        return f"{folder.path} cannot be written"
    if folder.is_claimed():
        return f"another process is working on {folder.path}; analyzing what has arrived"
    try:
        stack.enter_context(folder.claimed())
    except StoreError as error:
        return str(error)
    return ""
