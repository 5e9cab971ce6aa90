"""A person at a terminal watches a run: what is being submitted, a progress bar, why something failed, Ctrl-C."""

from __future__ import annotations

import contextlib
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from oqtopus_experiments.cli._after_run import print_outcome
from oqtopus_experiments.cli._bars import Bars
from oqtopus_experiments.cli._exit_codes import INTERRUPTED
from oqtopus_experiments.cli._interrupt import failed_command, resume_command, settle
from oqtopus_experiments.cli._printing import console, say
from oqtopus_experiments.cli._streams import results
from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.contracts.standing import Standing
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.execution._finished_run import FinishedRun
from oqtopus_experiments.execution._observer import Observer
from oqtopus_experiments.runfile._config import RunConfig
from oqtopus_experiments.support._text import shown


class TerminalObserver(Observer):
    """
    Prints what happens. What moves is shown on a terminal only; elsewhere each experiment gets one line at its end.

    Args:
        going_on: Whether an earlier run goes on.
    """

    def __init__(self, *, going_on: bool = False) -> None:
        self.answered = False
        """Whether Ctrl-C was pressed, and what becomes of the run was said."""
        self._going_on = going_on
        self._config: RunConfig | None = None
        self._live = contextlib.ExitStack()
        self._bars = Bars()
        self._submitted: Callable[[str], None] = self._nothing
        self._circuits = 0
        self._missing: list[Failure] = []
        self._told: list[str] = []
        self._collected = 0

    def planned(self, config: RunConfig) -> None:
        """Say what is about to be run, and on what."""
        self._config = config
        if not self._going_on:
            count = len(config.experiments)
            say(f"{config.name}: {count} experiment{'s' * (count > 1)} on {config.backend.name}")

    def started(self, folder: Path) -> None:
        """Say which run goes on, and begin to show what is being submitted."""
        config = self._planned()
        if self._going_on:
            say(f"{config.name}: going on with {folder} on {config.backend.name}")
        if not results().isatty():
            return
        from rich.text import Text

        used = console()
        name = config.backend.name
        spinner = "dots" if used.encoding.startswith("utf") else "line"
        status = self._live.enter_context(used.status(Text(shown(f"submitting to {name}")), spinner=spinner))
        self._submitted = lambda label: status.update(Text(shown(f"submitting {label} to {name}", lines=False)))

    def submitting(self, label: str) -> None:
        """Show what is being submitted."""
        self._submitted(label)

    def waiting(self, label: str, circuits: int) -> None:
        """Show a bar that moves with every outcome, which experiments are done and which come later."""
        self._live.close()
        self._submitted = self._nothing
        self._circuits, self._missing = circuits, []
        if not results().isatty():
            return
        self._bars.open(console(), label, circuits, self._after(label))

    def progress(self, label: str, standing: Standing) -> None:
        """Say what is waited for."""
        self._bars.stand(standing)

    def outcome(self, label: str, outcome: Outcome) -> None:
        """Move the bar, and remember what has no counts."""
        if isinstance(outcome.result, Failure):
            self._missing.append(outcome.result)
        self._bars.advance()

    def collected(self, label: str) -> None:
        """Say how many circuits have counts; beside bars, when they are taken away."""
        self._live.close()
        self._collected += 1
        missing = self._missing
        self._bars.finish(len(missing))
        self._told.append(f"{label}: {self._circuits - len(missing)} of {self._circuits} circuits{_without(missing)}")
        if not self._bars.shown:
            self.close()

    def analyzed(self, experiment: AnalyzedExperiment) -> None:
        """Say what should be known of what came back, and why an experiment failed."""
        self.close()
        for note in experiment.notes:
            say(f"{experiment.label}: {note}")
        if experiment.problem:
            say(f"{experiment.label}: failed: {experiment.problem}", err=True)

    def compared(self, label: str, lines: list[str]) -> None:
        """Print how far each target is from the twin of the device."""
        for line in lines:
            say(f"{label}: {line}")

    def interrupted(self, config: RunConfig, folder: Path) -> None:
        """Settle what becomes of the jobs, and say how to come back."""
        self.answered = True
        self.close()
        say(f"\ninterrupted; what arrived is in {folder}", err=True)
        if self._collected == len(config.experiments):  # no job is left to be settled
            say(f"all outcomes are there; analyze them with: oqx analyze {shlex.quote(str(folder))}", err=True)
            return
        if config.backend.queued:
            try:
                settle(config, folder)
            except KeyboardInterrupt:
                say("interrupted again; jobs not named as cancelled go on", err=True)
        say(f"go on with: {resume_command(folder)}", err=True)

    def finished(self, done: FinishedRun, *, every: bool = False) -> None:
        """
        Print the table, where everything is and what to do next.

        Args:
            done: What the run came to.
            every: Whether to show all of many targets.

        Raises:
            BackendError: When experiments failed; what the others found is printed first.
        """
        print_outcome(done.experiments, done.path, every=every)
        if done.failed:
            count = f"{len(done.failed)} of {len(done.experiments)} experiments failed"
            message = f"{count}; what arrived is in {done.path}{_ways_back(done)}"
            raise BackendError(message)
        if done.lost_points:
            again = failed_command(done.path)
            say(f"{done.lost_points} points failed or were cancelled; submit them again with: {again}")

    def close(self) -> None:
        """Take away what moves, and say what it showed."""
        self._live.close()
        self._bars.close()
        self._submitted = self._nothing
        told, self._told = self._told, []
        for line in told:
            say(line)

    def _after(self, label: str) -> list[str]:
        """Return the experiments that are waited for after this one."""
        labels = [entry.label for entry in self._config.experiments] if self._config is not None else []
        return labels[labels.index(label) + 1 :] if label in labels else []

    def _planned(self) -> RunConfig:
        if self._config is None:
            message = "a run is planned before it is started"
            raise RuntimeError(message)
        return self._config

    @staticmethod
    def _nothing(_: str) -> None:
        return


@contextlib.contextmanager
def watched(*, going_on: bool = False) -> Iterator[TerminalObserver]:
    """Watch a run; Ctrl-C ends the program with exit code 130 once the observer has answered it."""
    observer = TerminalObserver(going_on=going_on)
    try:
        yield observer
    except KeyboardInterrupt:
        if not observer.answered:  # before there was a run folder: there is nothing to come back to
            raise
        raise click.exceptions.Exit(INTERRUPTED) from None
    finally:
        observer.close()


def _ways_back(done: FinishedRun) -> str:
    """Return the end of a message about a failed run: how to go on, where that is possible."""
    ways = [] if done.complete else [f"Go on with: {resume_command(done.path)}"]
    if done.lost_points:
        ways.append(f"Submit what failed or was cancelled again with: {failed_command(done.path)}")
    return "".join(f". {way}" for way in ways)


def _without(missing: Sequence[Failure]) -> str:
    """Return how many circuits have no counts and why, each reason with its number unless there is but one."""
    if not missing:
        return ""
    reasons = Counter(failure.reason for failure in missing).most_common()
    told = "; ".join(f"{number}: {reason}" for reason, number in reasons[:5]) + ("; ..." if len(reasons) > 5 else "")
    return f", {len(missing)} without counts ({told if len(reasons) > 1 else reasons[0][0]})"
