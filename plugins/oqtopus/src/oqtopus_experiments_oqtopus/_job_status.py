"""The states of the jobs of one batch, as list pages show them, and singly for those that no page shows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from oqtopus_experiments import AuthenticationError, BackendError
from oqtopus_experiments_oqtopus._answers import InterruptedByUserError
from oqtopus_experiments_oqtopus._service import PAGE, Service

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
