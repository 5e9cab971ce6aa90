"""A batch behind the queue: its outcomes as they finish, wherever and whenever it was submitted."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from oqtopus_experiments import BackendError, Counts, Failure, Job, JobError, JobStatus, Outcome, standing
from oqtopus_experiments_oqtopus import _download as download
from oqtopus_experiments_oqtopus._answers import ClosedError
from oqtopus_experiments_oqtopus._asked_jobs import cancel_jobs
from oqtopus_experiments_oqtopus._download import Reading
from oqtopus_experiments_oqtopus._job_details import (
    TIMES,
    overall,
    ran_at,
    reason,
    times,
)
from oqtopus_experiments_oqtopus._job_registry import JobRegistry
from oqtopus_experiments_oqtopus._job_status import TERMINAL, UNKNOWN, JobStatusCache
from oqtopus_experiments_oqtopus._polling_interval import PollingInterval
from oqtopus_experiments_oqtopus._service import Service
from oqtopus_experiments_oqtopus._time_left import LEFT, check_cancelled, check_time, seconds_left
from oqtopus_experiments_oqtopus._waiting import Workers

logger = logging.getLogger(__name__)

NEVER = "never submitted, as far as is known: the run was cancelled, interrupted, or its journal damaged"
UNASKED = "the service could not be asked about this job"
_PASSING = 60.0
"""Seconds to wait for a submission under way, when the run is cancelled."""
_GLANCE = 0.5
"""Seconds between two looks whether somebody has cancelled the run."""
_GRACE = 60.0
"""Seconds to wait for the end of jobs once somebody has cancelled them."""
_ASKED = 3
"""How often in a row a job could not be asked for, before it is left out."""
_SHORT = 10.0
"""Seconds for what is good to know and not worth waiting for."""


class OqtopusJob(Job):
    """
    All jobs of one batch.

    Args:
        service: The service.
        registry: Which job stands for which circuit.
        readings: How the result of each circuit is read.
        shots: Shots of each circuit.
        submit_again: Submits a circuit whose job was never submitted or, if told so, another job in its place.
        mitigated: Whether the service mitigates readout errors.
        parallel: Downloads at once.
        poll_interval: Longest pause between two looks at the queue, s.
        resubmit_failed: How often a job that failed on the device is sent again.
        disowned: Circuits whose job in the journal is not theirs, each with the reason.
    """

    def __init__(
        self,
        service: Service,
        registry: JobRegistry,
        readings: Sequence[Reading],
        shots: int,
        *,
        submit_again: Callable[[int, bool], None],
        mitigated: bool,
        parallel: int,
        poll_interval: float,
        resubmit_failed: int,
        disowned: Mapping[int, str],
    ) -> None:
        self._service = service
        self._registry = registry
        self._readings = readings
        self._shots = shots
        self._submit_again = submit_again
        self._mitigated = mitigated
        self._parallel = parallel
        self._poll_interval = poll_interval
        self._resubmit_failed = resubmit_failed
        self._disowned = disowned
        self._statuses = JobStatusCache(service, registry.batch_id)
        self._results: dict[int, Counts | Failure] = {}
        self._seen: dict[str, Mapping[str, Any]] = {}

    @property
    def id(self) -> str:
        """Id of the first job; `Backend.job` finds the whole batch by the id of any of its jobs."""
        return next(iter(self._registry.job_ids), self._registry.batch_id)

    def status(self) -> JobStatus:
        """Return the state of the batch: running while any job is, then succeeded if any circuit has counts."""
        self._service.patience.renew()
        self._statuses.look(self._registry.job_ids)
        return overall(self._statuses.status(job_id) for job_id in self._registry.job_ids)

    def cancel(self) -> None:
        """Cancel all jobs that have not ended; circuits not submitted yet never will be."""
        self._registry.close(_PASSING)
        cancel_jobs(self._service, self._registry, self._statuses, self._parallel)

    def outcomes(self, timeout: float | None = None) -> Iterator[Outcome]:
        """
        Yield the outcome of every circuit once, those already in the journal first.

        Raises:
            JobError: When the time is up, or a result could not be fetched; the jobs and their results stay.
            BackendError: When the service cannot be reached for too long.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        self._service.patience.renew()
        known = {i: r for i, r in self._registry.results().items() if 0 <= i < len(self._readings) and _is_final(r)}
        self._results = known | {index: Failure(reason) for index, reason in self._disowned.items()}
        yield from [Outcome(index, result) for index, result in sorted(self._results.items())]
        for outcome in self._collected(deadline):
            self._results[outcome.index] = outcome.result
            yield outcome

    def _collected(self, deadline: float | None) -> Iterator[Outcome]:
        waiting = {index for index in range(len(self._readings)) if index not in self._results}
        unsent = sorted(waiting - self._registry.jobs.keys())
        waiting -= set(unsent)
        yield from [Outcome(index, Failure(NEVER)) for index in unsent]
        polling, problems = PollingInterval(self._poll_interval), list[BackendError]()
        fetching: dict[Future[Counts | Failure], int] = {}
        pool = Workers(self._parallel, "oqtopus-fetch")
        was_open, until_cancelled = not self._registry.cancelled, float("inf")
        try:
            while waiting or fetching:
                if was_open and self._registry.cancelled:
                    was_open, until_cancelled = False, time.monotonic() + _GRACE
                    logger.warning("the run was cancelled: waiting only for what has ended")
                if waiting:
                    wanted = [self._registry.jobs[index].job_id for index in waiting]
                    ended = self._statuses.look(wanted, seconds_left(deadline), misses=3)
                    polling.looked(ended, len(waiting) - ended, time.monotonic())
                    standing.tell(self._standing(waiting))
                for index in sorted(waiting):
                    step = self._step(index, pool)
                    if isinstance(step, Future):
                        fetching[step] = index
                    elif step is not None:
                        yield Outcome(index, step)
                    if step is not None:
                        waiting.discard(index)
                if not fetching:
                    for index, given_up in self._unreachable(waiting).items():
                        waiting.discard(index)
                        yield Outcome(index, given_up)
                if not fetching:
                    check_cancelled(until_cancelled, len(waiting))
                interval = polling.interval if until_cancelled == float("inf") else min(polling.interval, 1.0)
                yield from self._arrived(fetching, interval, bool(waiting), deadline, problems)
                check_time(deadline, len(waiting) + len(fetching), len(self._readings))
        except BaseException:
            # Also when whoever listens goes away: nothing keeps the process waiting for retries.
            self._service.patience.end()
            raise
        finally:
            pool.shutdown()
        if problems:
            message = f"{len(problems)} results could not be fetched ({problems[0]}); {LEFT}"
            raise JobError(message) from problems[0]

    def _standing(self, waiting: set[int]) -> standing.Standing:
        """Return how many jobs wait at the service, and how many run; it does not tell how many others come before."""
        states = [self._statuses.status(self._registry.jobs[index].job_id) for index in waiting]
        running = states.count("running")
        going = sum(state not in TERMINAL for state in states)
        return standing.Standing(going - running, running)

    def _step(self, index: int, workers: Workers) -> Future[Counts | Failure] | Failure | None:
        """Return what follows from the state of a circuit's job: a download, a failure, or nothing yet."""
        job = self._registry.jobs[index]
        status, job_id = self._statuses.status(job.job_id), job.job_id
        if status == "succeeded":
            return workers.submit(self._fetch, index, job_id)
        if status == "cancelled":
            return Failure("the job was cancelled", job_id)
        if status == UNKNOWN and self._registry.cancelled:
            return Failure("the service does not know this job: it was deleted, or cancelled before it began", job_id)
        if status == UNKNOWN:
            return Failure("the service does not know this job any more; was it deleted?", job_id)
        if status == "failed":
            if job.attempt < self._resubmit_failed and self._submitted(index, again=True):
                return None
            return workers.submit(self._failed, job_id, job.attempt)
        if status == "registered":
            # Acknowledged and yet not submitted: the service forgot. Asking first keeps this exactly once.
            if not self._submitted(index):
                return Failure(NEVER, job_id)
            self._statuses.forget(job_id)
        return None

    def _submitted(self, index: int, *, again: bool = False) -> bool:
        """Submit a circuit, unless the run was cancelled; return whether it was submitted."""
        try:
            self._submit_again(index, again)
        except ClosedError:
            return False
        return True

    def _unreachable(self, waiting: set[int]) -> dict[int, Failure]:
        """Return the circuits to give up, when none is left but those whose jobs could not be asked for."""
        troubles = {index: self._statuses.troubles(self._registry.jobs[index].job_id) for index in waiting}
        if any(len(told) < _ASKED for told in troubles.values()):
            return {}
        return {
            index: Failure(f"{UNASKED}: {told[-1]}", self._registry.jobs[index].job_id, final=False)
            for index, told in troubles.items()
        }

    def _fetch(self, index: int, job_id: str) -> Counts | Failure:
        job = self._seen[job_id] = self._service.job(job_id) or {}
        reading = self._readings[index]
        return download.fetch(self._service, job_id, job, reading, self._shots, mitigated=self._mitigated)

    def _failed(self, job_id: str, attempt: int) -> Failure:
        why = "no reason given"
        try:
            self._seen[job_id] = job = self._service.job(job_id, _SHORT) or {}
            why = reason(job) or why
        except BackendError as error:
            why = f"its reason could not be fetched ({error})"
        return Failure(f"the job failed: {why}" + (f" (attempt {attempt + 1})" if attempt else ""), job_id)

    def _arrived(
        self,
        fetching: dict[Future[Counts | Failure], int],
        interval: float,
        more: bool,
        deadline: float | None,
        problems: list[BackendError],
    ) -> Iterator[Outcome]:
        """Yield downloads as they finish until it is time to look at the queue again, or all there are is done."""
        until = time.monotonic() + interval if more else float("inf")
        until = min(until, deadline) if deadline is not None else until
        was_open = not self._registry.cancelled
        while (pause := min(_GLANCE, until - time.monotonic())) > 0 and (fetching or more):
            if was_open and self._registry.cancelled:
                return  # by another process: look at once
            if not fetching:
                time.sleep(pause)
                continue
            done, _ = wait(fetching, timeout=pause, return_when=FIRST_COMPLETED)
            for future in done:
                index = fetching.pop(future)
                try:
                    result = future.result()
                    yield Outcome(index, result, ran_at(self._seen.get(self._registry.jobs[index].job_id, {})))
                except BackendError as error:
                    problems.append(error)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """
        ``job_id`` (the first), ``job_ids``, ``batch``, ``status``, ``device``, its ``calibrated_at``, times, requests,
        and ``execution_time`` in s.

        Times are UTC: when the first job was submitted, became ready and ran, and when the last one ended.
        """
        ids = self._registry.job_ids
        # The counts are safe; times and states are a courtesy.
        with contextlib.suppress(BackendError):
            self._statuses.look(ids, _SHORT)
            self._tell_times(ids)
        states = [self._statuses.status(job_id) for job_id in ids]
        any_counts = any(isinstance(result, Counts) for result in self._results.values())
        return {
            "job_id": self.id,
            "job_ids": ids,
            "batch": self._registry.batch_id,
            "status": "succeeded" if any_counts and set(states) <= TERMINAL | {UNKNOWN} else overall(states),
            "device": self._registry.device,
            "calibrated_at": self._registry.calibrated_at,
            **times([self._seen.get(job_id, {}) for job_id in ids]),
            "requests": self._service.transport.sent,
        }

    def _tell_times(self, ids: Sequence[str]) -> None:
        """Ask for the times of ended jobs that an earlier process fetched: pages without addresses of files."""
        unseen = {job_id for job_id in ids if job_id not in self._seen and self._statuses.status(job_id) in TERMINAL}
        for _, page in self._service.jobs(self._registry.batch_id, TIMES, _SHORT) if unseen else ():
            self._seen |= {str(job.get("job_id")): job for job in page if job.get("job_id") in unseen}
            if unseen <= self._seen.keys():
                break


def _is_final(result: Counts | Failure) -> bool:
    return isinstance(result, Counts) or result.final
