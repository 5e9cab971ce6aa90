"""A batch behind the queue of IBM Quantum: the outcomes of each of its jobs as it ends."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from oqtopus_experiments import (
    BackendError,
    Counts,
    Failure,
    Job,
    JobError,
    JobStatus,
    MemoryJournal,
    Outcome,
    deadline,
)
from oqtopus_experiments.transpilation import REGISTER, of_pub
from oqtopus_experiments_qiskit._records import Records
from oqtopus_experiments_qiskit._service import ENDED, JobState, Service

NEVER = "never submitted: the run was cancelled, or its journal damaged; `oqx resume RUN --failed` submits it"


class QueuedJob(Job):
    """
    All jobs of one batch.

    Args:
        service: Where they are.
        records: Which job stands for which circuits.
        widths: Classical bits of each circuit.
        poll_interval: Pause between two looks, s.
    """

    def __init__(self, service: Service, records: Records, widths: Sequence[int], poll_interval: float) -> None:
        self._service = service
        self._records = records
        self._widths = widths
        self._poll_interval = poll_interval
        self._states: dict[str, JobState] = {}

    @property
    def id(self) -> str:
        """Id of the first job."""
        return next(iter(self._records.jobs), "")

    def status(self) -> JobStatus:
        """Return the state of the whole batch now."""
        states = {self._look(job_id).state for job_id in self._records.jobs}
        if states - ENDED:
            return "running" if states - {"queued"} else "submitted"
        if "done" in states or any(isinstance(known, Counts) for known in self._records.journal.results().values()):
            return "succeeded"
        return "cancelled" if states == {"cancelled"} else "failed"

    def outcomes(self, timeout: float | None = None) -> Iterator[Outcome]:
        """
        Yield what is known already, then the outcomes of each job as it ends.

        Raises:
            JobError: When the time is up; the jobs go on.
            BackendError: When a job cannot be asked for, or has not one result for each of its circuits.
        """
        until = math.inf if timeout is None else time.monotonic() + timeout
        known = {i: r for i, r in self._records.journal.results().items() if isinstance(r, Counts) or r.final}
        yield from (Outcome(index, result) for index, result in sorted(known.items()))
        waiting = {job_id: [i for i in own if i not in known] for job_id, own in self._records.jobs.items()}
        waiting = {job_id: left for job_id, left in waiting.items() if left}
        submitted = {index for circuits in waiting.values() for index in circuits}
        missing = [index for index in range(len(self._widths)) if index not in submitted | known.keys()]
        while waiting:
            for job_id in [job_id for job_id in waiting if self._look(job_id).state in ENDED]:
                yield from self._ended(job_id, waiting.pop(job_id))
            left = min(until - time.monotonic(), deadline.current().left())
            if waiting and left <= 0:
                message = f"{len(waiting)} jobs have not ended, the first is {next(iter(waiting))}; they go on"
                raise JobError(message)
            if waiting:
                time.sleep(min(self._poll_interval, left))
        yield from (Outcome(index, Failure(NEVER)) for index in missing)

    def cancel(self) -> None:
        """Let nothing more be submitted, and ask for every job that has not ended to be stopped."""
        self._records.journal.gate.close()
        for job_id in self._records.jobs:
            if self._look(job_id).state not in ENDED:
                self._service.cancel(job_id)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Id and state, the device, all jobs, and what compiling changed."""
        jobs = list(self._records.jobs)
        told = {"device": self._records.device, "jobs": jobs, **self._records.changes}
        return {"job_id": self.id, "status": self.status(), **told}

    def _look(self, job_id: str) -> JobState:
        """Return the state of a job, not asked for again once it has ended."""
        known = self._states.get(job_id)
        if known is None or known.state not in ENDED:
            self._states[job_id] = known = self._service.state(job_id)
        return known

    def _ended(self, job_id: str, circuits: Sequence[int]) -> Iterator[Outcome]:
        state = self._look(job_id)
        if state.state != "done":
            reason = f"job {job_id}: {state.state}" + (f": {state.reason}" if state.reason else "")
            yield from (Outcome(index, Failure(reason, job_id)) for index in circuits)
            return
        results, places = self._service.results(job_id), self._records.position(job_id)
        if len(results) != len(places):
            message = (
                f"job {job_id}: {len(results)} results for {len(places)} circuits; "
                "which belongs to which cannot be told"
            )
            raise BackendError(message)
        for index in circuits:
            answer = results[places[index]]
            yield Outcome(index, of_pub(answer.result, self._widths[index], job_id), answer.time)


def single(service: Service, job_id: str, poll_interval: float) -> QueuedJob:
    """
    Return a job by its id alone: as many circuits as it has results, once it is done.

    Raises:
        JobError: When the service has no such job.
    """
    state = service.state(job_id)
    results = service.results(job_id) if state.state == "done" else ()
    registers = [dict(answer.result.data.items()).get(REGISTER) for answer in results]
    widths = [0 if bits is None else int(bits.num_bits) for bits in registers] or [0]
    records = Records(MemoryJournal())
    records.begin("", {})
    records.sent(records.sending(range(len(widths))), job_id)
    return QueuedJob(service, records, widths, poll_interval)
