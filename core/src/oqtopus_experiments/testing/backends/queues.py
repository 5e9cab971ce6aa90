"""What a queue does besides: lists its jobs, stops before a closed gate, cancels, sends again what it is told to."""

from __future__ import annotations

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.job import PartState
from oqtopus_experiments.contracts.journal import Journal
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.testing.backends.jobs import expect_all, patterns
from oqtopus_experiments.testing.backends.notebooks import Notebook
from oqtopus_experiments.testing.backends.resuming import (
    a_run_that_was_killed_submits_nothing_twice,
    anew,
    outcomes_that_are_safe_stay,
)
from oqtopus_experiments.testing.backends.running import collected
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.presupposing import presupposing


def _queue(subject: BackendSubject) -> None:
    if not subject.backend.queued:
        message = "its jobs do not outlive the process: there is nothing to list, stop or send again"
        raise NotApplicable(message)


def _states(subject: BackendSubject, journal: Journal) -> dict[int, PartState]:
    states = list(anew(subject).backend.jobs(journal))
    indices = [state.index for state in states]
    if not all(isinstance(state, PartState) and state.job_id for state in states) or indices != sorted(set(indices)):
        message = f"the jobs of a batch are told of circuits {indices}: each once, in order, with its id"
        raise NotConforming(message)
    return {state.index: state for state in states}


@presupposing(outcomes_that_are_safe_stay)
def jobs_are_listed_for_every_circuit(subject: BackendSubject) -> None:
    """`jobs` tells the job of every circuit that was submitted, in order, and submits nothing; of none, nothing."""
    _queue(subject)
    batch, keys = patterns(subject, "listed", 3)
    journal = Notebook()
    if _states(subject, journal):
        message = "an empty journal has jobs"
        raise NotConforming(message)
    expect_all(subject, collected(subject, batch, subject.backend.open(batch, journal)), keys, "in a fresh run")
    lines = len(journal.records)
    found = _states(subject, journal)
    if set(found) != set(range(len(keys))) or any(state.lost for state in found.values()):
        lost = [index for index, state in found.items() if state.lost]
        message = f"{len(keys)} circuits have their counts; `jobs` tells of {sorted(found)}, and of {lost} as lost"
        raise NotConforming(message)
    if len(journal.records) != lines:
        message = "looking at the jobs wrote into the journal"
        raise NotConforming(message)


@presupposing(a_run_that_was_killed_submits_nothing_twice)
def nothing_passes_a_closed_gate(subject: BackendSubject) -> None:
    """Where a run was cancelled, opening it submits nothing: its circuits fail, and have no counts."""
    _queue(subject)
    taken = subject.submissions() if subject.submissions else 0
    batch, keys = patterns(subject, "cancelled", 3)
    journal = Notebook()
    journal.gate.close(0)
    found = collected(subject, batch, subject.backend.open(batch, journal))
    counted = [index for index, result in enumerate(found) if isinstance(result, Counts)]
    taken = (subject.submissions() if subject.submissions else 0) - taken
    if counted or taken:
        message = (
            f"the gate was closed, and {taken or len(counted)} of {len(keys)} circuits were submitted: make each "
            "request inside `with journal.gate.passing() as allowed` and only where it is allowed"
        )
        raise NotConforming(message)


@presupposing(nothing_passes_a_closed_gate, jobs_are_listed_for_every_circuit)
def cancelling_closes_the_gate_and_ends_every_job(subject: BackendSubject) -> None:
    """After `cancel` the gate is closed, every circuit has its counts or a failure, and nothing more is submitted."""
    _queue(subject)
    batch, keys = patterns(subject, "to be cancelled", 3)
    journal = Notebook()
    job = subject.backend.open(batch, journal)
    asked = anew(subject).backend.cancel(journal)
    if type(asked) is not int or not 0 <= asked <= len(keys):
        message = f"`cancel` returned {asked!r} for a batch of {len(keys)} circuits: how many jobs were asked to stop"
        raise NotConforming(message)
    if not journal.gate.closed:
        message = "the gate is open after `cancel`: another process goes on submitting"
        raise NotConforming(message)
    found = collected(subject, batch, job)
    measured = [index for index, result in enumerate(found) if isinstance(result, Counts)]
    expect_all(subject, [found[index] for index in measured], [keys[index] for index in measured], "measured before,")
    jobs = {index: state.job_id for index, state in _states(subject, journal).items()}
    collected(subject, batch, anew(subject).backend.open(batch, journal))
    later = {index: state.job_id for index, state in _states(subject, journal).items()}
    if later != jobs:
        message = f"a cancelled run that was opened again has jobs {later}, before {jobs}"
        raise NotConforming(message)


@presupposing(a_run_that_was_killed_submits_nothing_twice, jobs_are_listed_for_every_circuit)
def what_is_to_be_sent_again_is_sent_once(subject: BackendSubject) -> None:
    """Circuits that the journal says are to be submitted again get a new job each, the others keep theirs."""
    _queue(subject)
    batch, keys = patterns(subject, "again", 3)
    journal = Notebook()
    expect_all(subject, collected(subject, batch, subject.backend.open(batch, journal)), keys, "in a fresh run")
    first = _states(subject, journal)
    again = Notebook([*journal.records, {"again": [1]}])
    expect_all(subject, collected(subject, batch, anew(subject).backend.open(batch, again)), keys, "sent again,")
    second = _states(subject, again)
    same = {index for index in first if index in second and first[index].job_id == second[index].job_id}
    if same != set(first) - {1} or set(second) != set(first):
        message = f"circuit 1 was to be submitted again; jobs of circuits {sorted(same)} of {sorted(first)} stayed"
        raise NotConforming(message)
    third = Notebook(again.records)
    collected(subject, batch, anew(subject).backend.open(batch, third))
    if {index: state.job_id for index, state in _states(subject, third).items()} != {
        index: state.job_id for index, state in second.items()
    }:
        message = "a circuit that was submitted again is submitted once more each time the run is opened"
        raise NotConforming(message)
