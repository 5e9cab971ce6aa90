"""Jobs behind a queue after Ctrl-C, cancelling them, and the commands that come back to a run."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

import click

from oqtopus_experiments.cli._asking import ask_on_terminal
from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.errors import BackendError, PluginFault, StoreError
from oqtopus_experiments.plugins import _job_calls as job_calls
from oqtopus_experiments.runfile._config import RunConfig
from oqtopus_experiments.storage._run_folder import RunFolder


def resume_command(folder: Path) -> str:
    """Return the command that goes on with a run."""
    return f"oqx resume {shlex.quote(str(folder))}"


def failed_command(folder: Path) -> str:
    """Return the command that submits what failed or was cancelled again."""
    return f"{resume_command(folder)} --failed"


def settle(config: RunConfig, path: Path) -> None:
    """After Ctrl-C: cancel the jobs of a run if a person says so; otherwise they go on."""
    if not _wants_to_cancel():
        say(f"the jobs go on; cancel them with: oqx cancel {shlex.quote(str(path))}", err=True)
        return
    cancel_all(config, RunFolder(path), err=True)


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
    journals = {entry.label: folder.journal(entry.label) for entry in config.experiments}
    for journal in journals.values():
        # All at once: otherwise a run would go on with its next experiment while this one is cancelled.
        journal.gate.close()
    asked, problems, ended = 0, 0, Counter[str]()
    for label, journal in journals.items():
        try:
            number = job_calls.cancel(config.backend, journal)
            states = job_calls.jobs(config.backend, journal)
        except (BackendError, PluginFault, StoreError) as error:
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
