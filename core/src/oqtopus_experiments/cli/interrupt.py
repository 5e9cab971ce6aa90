"""Ctrl-C: ask once whether jobs behind a queue go on, keep what arrived, and say how to come back."""

from __future__ import annotations

import contextlib
import shlex
from collections import Counter
from collections.abc import Iterator

import click

from oqtopus_experiments.cli.asking import ask_on_terminal
from oqtopus_experiments.cli.exit_codes import INTERRUPTED
from oqtopus_experiments.cli.printing import say
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.errors import BackendError, StoreError
from oqtopus_experiments.runfile.config import RunConfig
from oqtopus_experiments.storage.run_folder import RunFolder


@contextlib.contextmanager
def interruptible(config: RunConfig, folder: RunFolder) -> Iterator[None]:
    """On Ctrl-C, settle what becomes of the jobs, and end the program with exit code 130."""
    try:
        yield
    except KeyboardInterrupt:
        say(f"\ninterrupted; what arrived is in {folder.path}", err=True)
        if config.backend.queued:
            try:
                _settle(config, folder)
            except KeyboardInterrupt:
                say("interrupted again; jobs not named as cancelled go on", err=True)
            say(f"go on with: {resume_command(folder)}", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None


def resume_command(folder: RunFolder) -> str:
    """Return the command that goes on with a run."""
    return f"oqx resume {shlex.quote(str(folder.path))}"


def failed_command(folder: RunFolder) -> str:
    """Return the command that submits what failed or was cancelled again."""
    return f"{resume_command(folder)} --failed"


def way_back(config: RunConfig, folder: RunFolder) -> str:
    """Return the end of a message about a failed run: how to go on, where that is possible."""
    from oqtopus_experiments.execution.resume import outcomes_of

    ways = []
    if config.backend.queued and outcomes_of(config, folder) is None:
        ways.append(f"Go on with: {resume_command(folder)}")
    if lost_points(config, folder):
        ways.append(f"Submit what failed or was cancelled again with: {failed_command(folder)}")
    return "".join(f". {way}" for way in ways)


def lost_points(config: RunConfig, folder: RunFolder) -> int:
    """Return how many points of a run have failed or were cancelled."""
    results = [folder.recorded(entry.label).results().values() for entry in config.experiments]
    return sum(isinstance(result, Failure) for found in results for result in found)


def _settle(config: RunConfig, folder: RunFolder) -> None:
    if not _wants_to_cancel():
        say(f"the jobs go on; cancel them with: oqx cancel {shlex.quote(str(folder.path))}", err=True)
        return
    cancel_all(config, folder, err=True)


def cancel_all(config: RunConfig, folder: RunFolder, *, err: bool) -> int:
    """
    Cancel a run, while another process works on it too, and say what became of its jobs.

    Args:
        config: What the run is made of.
        folder: Its folder.
        err: Whether to say so on standard error.

    Returns:
        How many of its experiments had jobs that could not be cancelled; the others were.
    """
    sections = {entry.label: folder.recorded(entry.label) for entry in config.experiments}
    for section in sections.values():
        # All at once: otherwise a run would go on with its next experiment while this one is cancelled.
        section.gate.close()
    asked, problems, ended = 0, 0, Counter[str]()
    for label, section in sections.items():
        try:
            number = config.backend.cancel(section)
            states = config.backend.jobs(section)
        except (BackendError, StoreError) as error:
            problems += 1
            say(f"{label}: {error}", err=True)
        else:
            asked += number
            ended.update(state.status for state in states if state.status != "cancelled")
            ended["cancelled before"] += sum(state.status == "cancelled" for state in states) - number
    told = ", ".join(f"{number} {status}" for status, number in ended.items() if number > 0)
    say(f"{asked} jobs cancelled" + (f"; not cancelled now: {told}" if told else ""), err=err)
    return problems


def _wants_to_cancel() -> bool:
    """Ask a person; without one, or at another Ctrl-C, leave the jobs alone."""
    try:
        return ask_on_terminal("Cancel the jobs at the service? Otherwise they go on")
    except (click.Abort, KeyboardInterrupt):
        return False
