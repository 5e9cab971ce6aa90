"""Sweeps and watches on the command line: watched while they go on, and listed when they have ended."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli._exit_codes import INTERRUPTED
from oqtopus_experiments.cli._interrupt import cancel_all, failed_command, resume_command
from oqtopus_experiments.cli._moments import local_time
from oqtopus_experiments.cli._printing import console, say
from oqtopus_experiments.cli._watching import TerminalObserver
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.execution._observer import Observer
from oqtopus_experiments.execution._parent_observer import ParentObserver
from oqtopus_experiments.execution._resume import outcomes_of, reopen, send_again
from oqtopus_experiments.execution._several import resume_several, run_several
from oqtopus_experiments.storage._parent import ParentFolder, RecordedMember

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
    from oqtopus_experiments.execution._finished_run import FinishedRuns
    from oqtopus_experiments.runfile._config import SeveralRuns
    from oqtopus_experiments.storage._summary import Siblings

_MOST_ROWS = 60
"""Values beyond these are in ``table.csv``."""


class TerminalParentObserver(ParentObserver):
    """Prints what happens to a sweep or a watch, and lets a `TerminalObserver` watch each of its runs."""

    def __init__(self) -> None:
        super().__init__()
        self._watcher: TerminalObserver | None = None
        self._submitted = 0

    def started(self, parent: ParentFolder) -> None:
        """Say what it is."""
        say(f"{parent.manifest.name}: a {parent.manifest.kind} of {len(parent.manifest.members)} runs in {parent.path}")

    def member(self, member: RecordedMember, *, going_on: bool = False) -> Observer:
        """Say which run begins."""
        self.close()
        values = ", ".join(f"{key} = {value}" for key, value in member.values.items())
        say(f"{member.folder}{': ' * bool(values)}{values}", bold=True)
        self._watcher = TerminalObserver(going_on=going_on)
        return self._watcher

    def failed(self, member: RecordedMember, reason: str) -> None:
        """Say why a run could not begin."""
        self.close()
        say(f"{member.folder}: could not begin: {reason}", err=True)

    def submitted(self, members: Sequence[RecordedMember]) -> None:
        """Say that all of them are with the queue."""
        self.close()
        self._submitted = len(members)
        if len(members) > 1:
            say(f"{len(members)} runs are submitted, {members[0].folder} to {members[-1].folder}; waiting for each")

    def missed(self, members: Sequence[RecordedMember]) -> None:
        """Say which times have passed."""
        names = members[0].folder if len(members) == 1 else f"{members[0].folder} to {members[-1].folder}"
        say(f"{names}: missed, nobody was there at the time; nothing stands in the place of it", err=True)

    def waiting(self, member: RecordedMember, seconds: float) -> None:
        """Say when the next run begins."""
        self.close()
        due = datetime.fromtimestamp(time.time() + seconds, timezone.utc)
        say(f"{member.folder} begins at {local_time(due.isoformat())}; Ctrl-C is safe")

    def interrupted(self, parent: ParentFolder) -> None:
        """Say how to go on with all of them."""
        self.close()
        if self._submitted > 1:
            command = f"oqx cancel {shlex.quote(str(parent.path))}"
            say(f"the jobs of its other runs go on; cancel those of all with: {command}", err=True)
        say(f"\ninterrupted; go on with all of it: {resume_command(parent.path)}", err=True)

    def close(self) -> None:
        """Take away what moves."""
        if self._watcher is not None:
            self._watcher.close()


def run_and_watch(several: SeveralRuns, timeout: float | None) -> Sequence[AnalyzedExperiment]:
    """
    Run a sweep or a watch, and print what it came to.

    Raises:
        BackendError: When a run could not begin or failed, or not all was waited for; the others are printed first.
    """
    return _watched(lambda observer: run_several(several, observer, timeout=timeout))


def resume_and_watch(parent: ParentFolder, timeout: float | None, *, failed: bool) -> Sequence[AnalyzedExperiment]:
    """
    Go on with a sweep or a watch, and print what it came to.

    Args:
        parent: Its folder.
        timeout: Seconds to wait in all.
        failed: Whether to submit again what failed or was cancelled, and let runs begin again after a cancellation.

    Raises:
        BackendError: As for `run_and_watch`.
    """
    if failed:
        with parent.locked():
            parent.gate.reopen()
            number = sum(send_again(*reopen(parent.member(member))) for member in parent.begun())
        say(f"{parent.manifest.name}: {number} points that failed or were cancelled are submitted again")
    elif parent.gate.closed:
        say(f"it was cancelled: no further run begins; let them with: {failed_command(parent.path)}", err=True)
    return _watched(lambda observer: resume_several(parent, observer, timeout=timeout))


def _watched(go: Callable[[TerminalParentObserver], FinishedRuns]) -> Sequence[AnalyzedExperiment]:
    observer = TerminalParentObserver()
    try:
        return _ended(go(observer))
    except KeyboardInterrupt:
        raise click.exceptions.Exit(INTERRUPTED) from None
    finally:
        observer.close()


def cancel_parent(parent: ParentFolder) -> None:
    """
    Let no further run of several begin, and cancel the jobs of those that have.

    Raises:
        BackendError: When some jobs could not be cancelled.
    """
    parent.gate.close()
    problems = 0
    for member in parent.begun():
        config, folder = reopen(parent.member(member))
        if config.backend.queued and outcomes_of(config, folder) is None:
            say(member.folder, bold=True)
            problems += cancel_all(config, folder, err=False)
    say(f"no further run begins. Let them, and submit what was cancelled, with: {failed_command(parent.path)}")
    if problems:
        message = f"some jobs could not be cancelled; try again with: oqx cancel {shlex.quote(str(parent.path))}"
        raise BackendError(message)


def print_siblings(path: Path) -> None:
    """Print what became of several runs: every headline in one table, or where there are too many, the verdicts."""
    from oqtopus_experiments.storage._summary import read_siblings

    parent = ParentFolder.open(path)
    if parent is None:
        return
    runs = read_siblings(parent)
    _print_values(runs)
    _print_states(parent, runs)
    say(f"run folder: {path}")


def _print_values(runs: Siblings) -> None:
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.cli._tables import COLORS, coloured
    from oqtopus_experiments.contracts.targets import label as label_of
    from oqtopus_experiments.reporting._siblings import told

    values = {member.folder: member.values for member in runs.manifest.members}
    rows = [
        (run, label, analysis)
        for run in runs.runs
        for label, analyses in run.analyses.items()
        for analysis in analyses
        if analysis.quantities
    ]
    if not rows or len(rows) > _MOST_ROWS:
        return
    keys = [Col(told(key), wraps=True) for key in runs.manifest.keys]
    table = Sheet((Col("run"), *keys, Col("experiment"), Col("qubits"), Col("quantity"), Col("value"), Col("verdict")))
    out = console()
    for run, label, analysis in rows:
        quantity, level = analysis.quantities[0], analysis.verdict.level
        own = [str(value) for value in values[run.path.name].values()]
        place = (run.path.name, *own, label, label_of(analysis.target), quantity.name)
        table.add(*place, out.written(quantity), coloured(level, COLORS[level]))
    out.show(table)


def _print_states(parent: ParentFolder, runs: Siblings) -> None:
    from oqtopus_experiments.reporting._siblings import member_states

    states = member_states(parent, runs, time.time())
    for state in dict.fromkeys(one.state for one in states):
        of_it = [one.folder for one in states if one.state == state]
        if state != "analyzed":
            say(f"{state}: {', '.join(of_it[:20])}{', ...' if len(of_it) > 20 else ''}")
    analyzed = sum(one.state == "analyzed" for one in states)
    say(f"{analyzed} of {len(states)} runs are analyzed; table.csv, figure.png and report.html compare them")


def _ended(done: FinishedRuns) -> Sequence[AnalyzedExperiment]:
    print_siblings(done.path)
    failed = sum(bool(run.failed) for run in done.members)
    counted = {"could not begin": len(done.refused), "have experiments that failed": failed}
    told = [f"{number} {what}" for what, number in counted.items() if number]
    if told or not done.complete:
        reason = " and ".join(told) or "not all of it is done"
        way = "" if done.complete else f". Go on with: {resume_command(done.path)}"
        message = f"{done.path}: {reason}{way}"
        raise BackendError(message)
    return done.experiments
