"""Jobs: asked again, asked in haste, found by their ids, and known by no other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import get_args

from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.job import Job, JobStatus
from oqtopus_experiments.contracts.journal import MemoryJournal
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.errors import JobError
from oqtopus_experiments.testing.backends.foundation import on_sound_counts
from oqtopus_experiments.testing.backends.places import places_of
from oqtopus_experiments.testing.backends.running import batch_of, collected, expect, pattern
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.presupposing import presupposing


def patterns(subject: BackendSubject, name: str, most: int = 4) -> tuple[Batch, list[str]]:
    """Return a batch of circuits that each read another outcome, and these outcomes."""
    width = min(2, len(places_of(subject).qubits))
    numbers = [3, 1, 2, 0][-most:] if width > 1 else [1, 0]
    batch = batch_of(subject, [pattern(number, width) for number in numbers], name=name)
    return batch, [f"{number:0{width}b}" for number in numbers]


def expect_all(subject: BackendSubject, results: Sequence[Counts | Failure], keys: Sequence[str], when: str) -> None:
    """
    Hold what became of `patterns` against what they read.

    Raises:
        NotConforming: When one of them has no counts, or those of another.
    """
    for number, (result, key) in enumerate(zip(results, keys, strict=True)):
        if isinstance(result, Failure):
            message = f"{when} circuit {number} has no counts: {result.reason}"
            raise NotConforming(message)
        expect(subject, result, key, f"{when} circuit {number}")


def _opened(subject: BackendSubject, name: str) -> tuple[Batch, list[str], Job]:
    batch, keys = patterns(subject, name, 3)
    return batch, keys, subject.backend.open(batch, MemoryJournal())


@on_sound_counts
def outcomes_may_be_asked_for_again(subject: BackendSubject) -> None:
    """A job yields every outcome again when it is asked a second time, and the same ones."""
    batch, keys, job = _opened(subject, "asked twice")
    first, second = collected(subject, batch, job), collected(subject, batch, job)
    expect_all(subject, first, keys, "the first time")
    if first != second:
        message = "a job that is asked a second time yields other counts: what was measured is measured"
        raise NotConforming(message)


@presupposing(outcomes_may_be_asked_for_again)
def time_that_is_up_loses_nothing(subject: BackendSubject) -> None:
    """Outcomes that are not there in time are a `JobError`; the job goes on and yields them all later."""
    batch, keys, job = _opened(subject, "in haste")
    try:
        list(job.outcomes(timeout=0))
    except JobError as error:
        if not str(error):
            message = "the JobError of a job whose time is up says nothing"
            raise NotConforming(message) from error
    expect_all(subject, collected(subject, batch, job), keys, "after a time that was too short")


@on_sound_counts
def a_job_says_what_it_is(subject: BackendSubject) -> None:
    """A job has an id and a status of the contract, and its metadata are JSON and hold both."""
    batch, _, job = _opened(subject, "described")
    collected(subject, batch, job)
    status = job.status()
    if not isinstance(job.id, str) or not job.id:
        message = f"the id of a job is {job.id!r}: it must be a text by which `job` finds it"
        raise NotConforming(message)
    if status != "succeeded" or status not in get_args(JobStatus):
        message = f"all circuits have counts, and the status of the job is {status!r}, not 'succeeded'"
        raise NotConforming(message)
    try:
        told = json.loads(json.dumps(dict(job.metadata), allow_nan=False))
    except (TypeError, ValueError) as error:
        message = f"the metadata of a job are no JSON values: {error}"
        raise NotConforming(message) from error
    if told.get("job_id") != job.id or told.get("status") != status:
        message = f"the metadata of job {job.id} hold job_id {told.get('job_id')!r} and status {told.get('status')!r}"
        raise NotConforming(message)


@on_sound_counts
def a_job_is_found_again_by_its_id(subject: BackendSubject) -> None:
    """A queue gives a job back by its id, also to a new process; it yields the same outcomes."""
    if not subject.backend.queued:
        message = "it runs in this process and keeps no jobs"
        raise NotApplicable(message)
    batch, keys, job = _opened(subject, "found again")
    first = collected(subject, batch, job)
    expect_all(subject, first, keys, "before it was asked for again,")
    found = {outcome.index: outcome.result for outcome in subject.backend.job(job.id).outcomes(60)}
    for index, result in found.items():
        if index not in range(len(first)) or result != first[index]:
            message = f"job {job.id}, asked for by its id, yields other counts of circuit {index}: {result!r:.80}"
            raise NotConforming(message)
    if not found:
        message = f"job {job.id}, asked for by its id, yields nothing"
        raise NotConforming(message)


@presupposing()
def a_job_that_there_is_not_is_a_job_error(subject: BackendSubject) -> None:
    """`job` raises a `JobError` that names the id, for one that nobody submitted."""
    job_id = "verified-no-such-job"
    try:
        found = subject.backend.job(job_id)
        outcomes = list(found.outcomes(10))
    except JobError as error:
        if job_id not in str(error):
            message = f"the error of a job that there is not does not name it: {error}"
            raise NotConforming(message) from error
        return
    message = f"nobody submitted job {job_id!r}, and `job` returned one with {len(outcomes)} outcomes"
    raise NotConforming(message)
