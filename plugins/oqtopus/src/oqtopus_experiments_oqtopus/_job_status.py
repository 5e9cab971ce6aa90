"""
The states of the jobs of one batch, as list pages show them, singly for those that no page shows, and all in one; how
long to wait between two looks; and what a person asks: which jobs there are, and to cancel them.

A device runs one job at a time. Looking more often than jobs end tells nothing new, so that looks are paid for by
jobs that have ended: on average at most one look each.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from oqtopus_experiments import AuthenticationError, BackendError, JobError, JobStatus, Journal, PartState
from oqtopus_experiments_oqtopus._answers import InterruptedByUserError
from oqtopus_experiments_oqtopus._connection import Connection
from oqtopus_experiments_oqtopus._job_registry import JobRegistry, why_shared
from oqtopus_experiments_oqtopus._service import PAGE, Service
from oqtopus_experiments_oqtopus._waiting import Workers

UNLISTED = "unlisted"
UNKNOWN = "unknown"
UNREACHABLE = "unreachable"
TERMINAL = frozenset({"succeeded", "failed", "cancelled"})

_STATES = ("job_id", "status")
_ONE = 3.0
"""Seconds for a job that is asked for singly: one that the service cannot show must not hold up the others."""
_ALL = 15.0
"""Seconds for all jobs that are asked for singly in one look."""


class JobStatusCache:
    """
    What was last seen of each job.

    Args:
        service: The service.
        batch_id: Text in the description of every job of the batch.
    """

    def __init__(self, service: Service, batch_id: str) -> None:
        self._service = service
        self._batch_id = batch_id
        self._settled: set[int] = set()
        self._missed: Counter[str] = Counter()
        self._states: dict[str, str] = {}
        self._troubles: dict[str, list[str]] = {}
        self._pages: set[str] = set()

    def look(self, wanted: Iterable[str], budget: float | None = None, misses: int = 1) -> int:
        """
        Read the pages that may have changed until all wanted jobs are seen, and ask singly for those on none.

        Args:
            wanted: Ids of jobs whose state is needed.
            budget: Seconds at most for one page.
            misses: How many looks in a row a job may be missing before it is asked for: lists lag behind.

        Returns:
            How many wanted jobs have ended since they were last seen.

        Raises:
            BackendError: When the service gives no list for too long. Not for a job that cannot be asked for.
        """
        going = {job_id for job_id in wanted if self.status(job_id) not in TERMINAL}
        missing = going - self._listed(going, budget) if going else set()
        for job_id in going - missing:
            del self._missed[job_id]
        if missing:
            # Deleted jobs make those behind them move up, even onto pages that had been read to their end.
            self._settled.clear()
            self._missed.update(missing)
            self._ask_for([job_id for job_id in missing if self._missed[job_id] >= misses])
        return sum(self.status(job_id) in TERMINAL for job_id in going)

    def status(self, job_id: str) -> str:
        """
        Return the state last seen.

        `UNLISTED` for a job not seen yet, `UNKNOWN` for one the service has not, `UNREACHABLE` for one that it could
        not be asked for.
        """
        return self._states.get(job_id, UNLISTED)

    def listed(self, job_id: str) -> bool:
        """Return whether a list has ever shown a job: it was submitted then."""
        return job_id in self._pages

    def troubles(self, job_id: str) -> list[str]:
        """Return why a job could not be asked for, once for each time in a row."""
        return self._troubles.get(job_id, [])

    def forget(self, job_id: str) -> None:
        """Take a job for not seen: its state was changed by us."""
        self._states.pop(job_id, None)

    def _listed(self, going: set[str], budget: float | None) -> set[str]:
        """Return those of some jobs that are on a page."""
        seen = set[str]()
        for number, page in self._service.jobs(self._batch_id, _STATES, budget, self._settled):
            for job in page:
                if isinstance(job.get("job_id"), str):
                    self._see(job["job_id"], str(job.get("status")))
                    seen.add(job["job_id"])
            # Jobs are listed oldest first and none is inserted: a full page of ended jobs changes only by deletions.
            if len(page) == PAGE and all(str(job.get("status")) in TERMINAL for job in page):
                self._settled.add(number)
            if going <= seen:
                break
        self._pages |= seen
        return going & seen

    def _ask_for(self, missing: list[str]) -> None:
        until = time.monotonic() + _ALL
        # Those that gave no trouble first: a look must not be spent on the same few again and again.
        for job_id in sorted(missing, key=lambda job_id: (len(self.troubles(job_id)), job_id)):
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                # Not the job itself: one cancelled before it was submitted is an internal error for ever.
                self._see(job_id, self._service.status(job_id, min(left, _ONE)) or UNKNOWN)
            except (AuthenticationError, InterruptedByUserError):
                raise
            except BackendError as error:
                self._states[job_id] = UNREACHABLE
                self._troubles.setdefault(job_id, []).append(str(error))

    def _see(self, job_id: str, status: str) -> None:
        self._troubles.pop(job_id, None)
        # An ended job never changes; an older answer that arrives late must not bring it back to life.
        if self.status(job_id) not in TERMINAL:
            self._states[job_id] = status


_EARLIEST = ("submitted_at", "ready_at", "running_at")
TIMES = ("job_id", *_EARLIEST, "ended_at", "execution_time")
"""What `times` reads of a job."""


def overall(states: Iterable[str]) -> JobStatus:
    """Return the state of a batch: what its slowest part is doing; at the end, succeeded if any part did."""
    found = set(states)
    if found & {"running", "ready"} or (found & {"succeeded", "failed"} and found & {"submitted", "registered"}):
        return "running"
    if found & {"submitted", "registered", "cancelling"} or not found:
        return "submitted"
    if "succeeded" in found:
        return "succeeded"
    return "cancelled" if "cancelled" in found else "failed"


def reason(job: Mapping[str, Any]) -> str:
    """Return what the service says about a job that failed."""
    files = job.get("job_info")
    return str(files.get("message") or "") if isinstance(files, Mapping) else ""


def ran_at(job: Mapping[str, Any]) -> float | None:
    """Return when a job ran, s since 1970: when it began to, or else ended; None where the service does not say."""
    for name in ("running_at", "ended_at"):
        with contextlib.suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(str(job.get(name) or ""))
            # The service means UTC; one that says nothing else is believed to.
            return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    return None


def times(jobs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """
    Return the first submission, readiness and start, the last end (ISO 8601), and the execution time in s.

    None stands for what no job says.
    """
    told: dict[str, Any] = {
        name: min((str(job[name]) for job in jobs if job.get(name)), default=None) for name in _EARLIEST
    }
    told["ended_at"] = max((str(job["ended_at"]) for job in jobs if job.get("ended_at")), default=None)
    spent = [float(job["execution_time"]) for job in jobs if isinstance(job.get("execution_time"), (int, float))]
    told["execution_time"] = round(sum(spent), 6) if spent else None
    return told


FIRST = 0.1
"""Seconds before the second look."""
SLOWEST = 60.0
"""Seconds between two looks at most, however long jobs take; unless more is asked for."""
_SHARE = 8
"""So many looks are spread over what is left of a long queue."""
_AT_ONCE = 4
"""Jobs to wait for with one look, at most."""


class PollingInterval:
    """
    An interval that adapts: longer while nothing ends, shorter while much does.

    Args:
        longest: Seconds it may grow to before any job has ended; and later too, unless jobs take longer.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._pause = min(FIRST, longest)
        self._begun: float | None = None
        self._moved = 0.0
        self._looks = 0
        self._ended = 0
        self.interval = self._pause

    def looked(self, ended: int, left: int, now: float) -> None:
        """
        Note a look, and set the interval until the next one.

        Args:
            ended: Jobs that have ended since the look before.
            left: Jobs that have not ended.
            now: Time of the look, s.
        """
        if self._begun is None:
            self._begun = now
        self._looks += 1
        self._ended += ended
        if ended:
            self._moved = now
        debt = 1 + self._looks - self._ended
        paid = debt <= 0
        self._pause = max(min(FIRST, self._longest), self._pause / 2) if paid else min(self._longest, self._pause * 2)
        self.interval = self._pause
        if not self._ended:
            return
        each = (self._moved - self._begun) / self._ended
        if paid:
            # Never more often than jobs end; and of a long queue many end between two looks.
            self.interval = max(self._pause, min(each * max(1, left / _SHARE), self._longest))
        else:
            # Several jobs to a look until the looks made while nothing ended are paid for.
            most = max(self._longest, SLOWEST)
            self.interval = min(max(FIRST, each * min(1 + debt, _AT_ONCE, max(1, left))), most)


_LOST = frozenset({"failed", "cancelled", UNKNOWN})
_REGISTERED = "not submitted: its input never arrived, or the run ended before; resume submits it, cancel clears it"


def states(connection: Connection, journal: Journal) -> list[PartState]:
    """Return the newest job of every circuit that has one, and those left behind that the service still holds open."""
    registry = JobRegistry(journal)
    ids = [*registry.job_ids, *registry.left_behind]
    if not ids:
        return []
    service = connection.service()
    statuses = JobStatusCache(service, registry.batch_id)
    statuses.look(ids)
    details = _reasons(service, statuses, registry)
    details |= {job_id: why_shared(job_id, circuits, registry.order) for job_id, circuits in registry.shared.items()}
    found = [(index, job.job_id, details.get(job.job_id, "")) for index, job in sorted(registry.jobs.items())]
    for job_id, index in registry.left_behind.items():
        if statuses.status(job_id) == "registered":
            found.append((index, job_id, "its input never arrived, and another job took its place; cancel clears it"))
    return [
        PartState(index, job_id, statuses.status(job_id), detail, lost=statuses.status(job_id) in _LOST)
        for index, job_id, detail in found
    ]


def cancel(connection: Connection, journal: Journal) -> int:
    """Let nothing more be submitted by any process, and cancel what has not ended; return how many jobs that were."""
    service = connection.service()
    journal.gate.close(2 * connection.options.request_timeout)
    journal.refresh()
    registry = JobRegistry(journal)
    statuses = JobStatusCache(service, registry.batch_id)
    return cancel_jobs(service, registry, statuses, connection.options.parallel)


def cancel_jobs(service: Service, registry: JobRegistry, statuses: JobStatusCache, parallel: int) -> int:
    """
    Cancel what has not ended, and remove what was registered and never submitted. The gate is closed already.

    Returns:
        How many jobs were cancelled, that is, asked to stop before they had ended.

    Raises:
        JobError: When some could not be; all others are.
    """
    service.patience.renew()
    ids = [*registry.job_ids, *registry.left_behind]
    statuses.look(ids)
    going, begun = list[str](), list[str]()
    for job_id in ids:
        status = statuses.status(job_id)
        if status == "registered" or (status == "cancelled" and not statuses.listed(job_id)):
            # Unlisted and cancelled: so before it was submitted, elsewhere. It breaks the lists of this account.
            begun.append(job_id)
        elif status not in TERMINAL | {UNKNOWN, UNREACHABLE}:
            going.append(job_id)
    workers = Workers(parallel, "oqtopus-cancel")
    try:
        asked = [workers.submit(_tried, service.cancel, job_id) for job_id in going]
        cleared = [workers.submit(_tried, service.clear, job_id) for job_id in begun]
        done = [future.result() for future in asked]
        problems = [why for why in (*done, *(future.result() for future in cleared)) if isinstance(why, BackendError)]
    finally:
        workers.shutdown()
    number = sum(answer is True for answer in done)
    if problems:
        message = f"{number} jobs are cancelled, {len(problems)} could not be ({problems[0]}); cancel again later"
        raise JobError(message)
    return number


def _reasons(service: Service, statuses: JobStatusCache, registry: JobRegistry) -> dict[str, str]:
    """Return why jobs failed, or could not be asked for."""
    states = {job_id: statuses.status(job_id) for job_id in registry.job_ids}
    told = {job_id: statuses.troubles(job_id)[-1] for job_id, status in states.items() if status == UNREACHABLE}
    told |= dict.fromkeys((i for i, status in states.items() if status == "registered"), _REGISTERED)
    if "failed" in states.values():
        for _, page in service.jobs(registry.batch_id, ("job_id", "job_info"), status="failed"):
            told |= {str(job.get("job_id")): reason(job) for job in page}
    return told


def _tried(ask: Callable[[str], bool | None], job_id: str) -> bool | BackendError | None:
    """Return the answer about one job, or what is wrong: the others must not wait for it."""
    try:
        return ask(job_id)
    except AuthenticationError:
        raise
    except BackendError as error:
        return error
