"""The states of the jobs of one batch, as list pages show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from oqtopus_experiments_oqtopus.service import PAGE, Service

UNLISTED = "unlisted"
UNKNOWN = "unknown"
TERMINAL = frozenset({"succeeded", "failed", "cancelled"})


class Board:
    """
    What was last seen of each job.

    Args:
        service: The service.
        batch: Text in the description of every job of the batch.
    """

    def __init__(self, service: Service, batch: str) -> None:
        self._service = service
        self._batch = batch
        self._settled: set[int] = set()
        self._missed: Counter[str] = Counter()
        self.jobs: dict[str, Mapping[str, Any]] = {}

    def look(self, wanted: Iterable[str], budget: float | None = None, misses: int = 1) -> bool:
        """
        Read the pages that may have changed, and ask singly for wanted jobs that are on none.

        Args:
            wanted: Ids of jobs whose state is needed.
            budget: Seconds at most for one page.
            misses: How many looks in a row a job may be missing before it is asked for: lists lag behind.

        Returns:
            Whether any state changed.

        Raises:
            BackendError: When the service gives no usable answer for too long.
        """
        before = {job_id: job.get("status") for job_id, job in self.jobs.items()}
        pages = self._service.jobs(self._batch, budget, self._settled)
        for number, page in pages:
            for job in page:
                if isinstance(job.get("job_id"), str):
                    self._see(job)
            # Jobs are listed oldest first and none is inserted: a full page of ended jobs never changes again.
            if len(page) == PAGE and all(job.get("status") in TERMINAL for job in page):
                self._settled.add(number)
        for job_id in wanted:
            if job_id not in self.jobs:
                self._missed[job_id] += 1
                if self._missed[job_id] >= misses:
                    self._see(self._service.job(job_id) or {"job_id": job_id, "status": UNKNOWN})
        return before != {job_id: job.get("status") for job_id, job in self.jobs.items()}

    def status(self, job_id: str) -> str:
        """Return the state last seen; `UNLISTED` for a job not seen yet, `UNKNOWN` for one the service has not."""
        return str(self.jobs.get(job_id, {}).get("status", UNLISTED))

    def reason(self, job_id: str) -> str:
        """Return what the service says about a job that failed."""
        files = self.jobs.get(job_id, {}).get("job_info")
        return str(files.get("message") or "") if isinstance(files, Mapping) else ""

    def _see(self, job: Mapping[str, Any]) -> None:
        # An ended job never changes; an older answer that arrives late must not bring it back to life.
        if self.status(job["job_id"]) not in TERMINAL:
            self.jobs[job["job_id"]] = job
