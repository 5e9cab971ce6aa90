"""Ctrl-C: ask once whether jobs behind a queue go on, keep what arrived, and say how to come back."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator

import click

from oqtopus_experiments.cli.asking import ask_on_terminal
from oqtopus_experiments.cli.exit_codes import INTERRUPTED
from oqtopus_experiments.cli.printing import say
from oqtopus_experiments.config import RunConfig
from oqtopus_experiments.errors import BackendError, StoreError
from oqtopus_experiments.store import RunFolder


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


def way_back(config: RunConfig, folder: RunFolder) -> str:
    """Return the end of a message about a failed run: how to go on, where that is possible."""
    return f". Go on with: {resume_command(folder)}" if config.backend.queued else ""


def _settle(config: RunConfig, folder: RunFolder) -> None:
    if not _wants_to_cancel():
        say(f"the jobs go on; cancel them with: oqx cancel {shlex.quote(str(folder.path))}", err=True)
        return
    asked = 0
    for entry in config.experiments:
        try:
            with folder.writing(entry.label) as section:
                asked += config.backend.cancel(section)
        except (BackendError, StoreError) as error:
            say(f"{entry.label}: could not be cancelled: {error}", err=True)
    say(f"{asked} jobs cancelled", err=True)


def _wants_to_cancel() -> bool:
    """Ask a person; without one, or at another Ctrl-C, leave the jobs alone."""
    try:
        return ask_on_terminal("Cancel the jobs at the service? Otherwise they go on")
    except (click.Abort, KeyboardInterrupt):
        return False
