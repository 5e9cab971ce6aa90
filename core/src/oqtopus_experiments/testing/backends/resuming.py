"""Going on with a run that was interrupted: what is safe stays, and nothing is submitted twice."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import attrs
import numpy as np

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.journal import Record
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.errors import JobError
from oqtopus_experiments.testing.backends.foundation import on_sound_counts
from oqtopus_experiments.testing.backends.jobs import expect_all, patterns
from oqtopus_experiments.testing.backends.notebooks import Killed, Notebook
from oqtopus_experiments.testing.backends.running import collected
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.presupposing import presupposing

KILLS = 8
"""Moments at which a run is killed, at most."""


def anew(subject: BackendSubject) -> BackendSubject:
    """Return the subject as a new process has it: another object of the same options."""
    backend: Backend = attrs.evolve(subject.backend)
    return attrs.evolve(subject, backend=backend)


@on_sound_counts
def outcomes_that_are_safe_stay(subject: BackendSubject) -> None:
    """A run that is opened again with outcomes in its journal yields those, and runs nothing in their place."""
    batch, keys = patterns(subject, "safe", 3)
    journal = Notebook()
    expect_all(subject, collected(subject, batch, subject.backend.open(batch, journal)), keys, "in a fresh run")
    # Counts that nobody can measure here: they are told from any that are run again.
    odd = Counts.from_dict({"0" * len(keys[0]): 3, "1" * len(keys[0]): 4}, len(keys[0]))
    for safe in ({0}, set(range(len(keys)))):
        later, taken = anew(subject), _taken(subject)
        found = collected(later, batch, later.backend.open(batch, Notebook(journal.records, dict.fromkeys(safe, odd))))
        for index in sorted(safe):
            if found[index] != odd:
                message = f"circuit {index} had its counts in the journal, and has others when the run is opened again"
                raise NotConforming(message)
        missing = [index for index in range(len(keys)) if index not in safe]
        when = "in a run that was opened again, of those that had no counts,"
        expect_all(subject, [found[index] for index in missing], [keys[index] for index in missing], when)
        if not missing and _taken(subject) != taken:
            message = f"{_taken(subject) - taken} jobs were submitted although every circuit had its counts"
            raise NotConforming(message)


def _taken(subject: BackendSubject) -> int:
    return subject.submissions() if subject.submissions else 0


def _queue(subject: BackendSubject) -> None:
    if not subject.backend.queued:
        message = "its jobs do not outlive the process: a run that was killed is run again"
        raise NotApplicable(message)


def _moments(lines: int) -> list[int]:
    return sorted({int(moment) for moment in np.linspace(1, lines, min(lines, KILLS))})


def _lines(subject: BackendSubject) -> tuple[Batch, list[str], int]:
    """Run a batch to its end, and return it, what it reads, and how many lines its journal got."""
    batch, keys = patterns(subject, "killed", 3)
    whole = Notebook()
    expect_all(subject, collected(subject, batch, subject.backend.open(batch, whole)), keys, "in a fresh run")
    if not whole.records:
        message = "a run leaves no line in its journal: another process cannot know that anything was submitted"
        raise NotConforming(message)
    return batch, keys, len(whole.records)


def _killed(subject: BackendSubject, batch: Batch, lines: int, *, kept: bool) -> Sequence[Record]:
    """Return the journal of a process that was killed around a line."""
    journal = Notebook(left=lines, kept=kept)
    with contextlib.suppress(Killed):
        collected(subject, batch, subject.backend.open(batch, journal))
    return journal.records


@presupposing(outcomes_that_are_safe_stay)
def a_run_that_was_killed_submits_nothing_twice(subject: BackendSubject) -> None:
    """A run killed after any line of its journal goes on: every circuit has its counts, each submitted once."""
    _queue(subject)
    batch, keys, lines = _lines(subject)
    for moment in _moments(lines):
        taken = _taken(subject)
        records = _killed(anew(subject), batch, moment, kept=True)
        before = {part.job_id for part in anew(subject).backend.jobs(Notebook(records))}
        later = anew(subject)
        journal = Notebook(records)
        when = f"after a run was killed behind line {moment} of {lines} of its journal,"
        expect_all(later, collected(later, batch, later.backend.open(batch, journal)), keys, when)
        after = {part.job_id for part in later.backend.jobs(journal)}
        for job_id in sorted(before - after):
            if _was_submitted(later.backend, job_id):
                message = f"{when} its circuits were submitted again, although job {job_id} stood for them"
                raise NotConforming(message)
        _check_taken(subject, batch, _taken(subject) - taken, when)


@presupposing(a_run_that_was_killed_submits_nothing_twice)
def a_job_whose_id_nobody_noted_is_not_submitted_twice(subject: BackendSubject) -> None:
    """A run killed before a line of its journal is written goes on, and the other side has each circuit once."""
    _queue(subject)
    if subject.submissions is None:
        message = "what nobody noted is seen on the other side only: give the subject `submissions`"
        raise NotApplicable(message)
    batch, keys, lines = _lines(subject)
    for moment in _moments(lines):
        taken = _taken(subject)
        records = _killed(anew(subject), batch, moment - 1, kept=False)
        later = anew(subject)
        when = f"after a run was killed before line {moment} of {lines} of its journal was written,"
        expect_all(later, collected(later, batch, later.backend.open(batch, Notebook(records))), keys, when)
        _check_taken(subject, batch, _taken(subject) - taken, when)


def _was_submitted(backend: Backend, job_id: str) -> bool:
    """Return whether there is such a job; one that was noted and never submitted is none."""
    try:
        backend.job(job_id)
    except JobError:
        return False
    return True


def _check_taken(subject: BackendSubject, batch: Batch, taken: int, when: str) -> None:
    if subject.submissions is None:
        return
    # What is left of a batch are whole jobs of it, however it is cut.
    circuits = len(batch.circuits)
    if taken != subject.backend.jobs_for(circuits):
        message = (
            f"{when} the other side has taken {taken} jobs for {circuits} circuits, which are "
            f"{subject.backend.jobs_for(circuits)}"
        )
        raise NotConforming(message)
