"""What the service says of jobs: all states in one, why one failed, and when they ran."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from oqtopus_experiments import JobStatus

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
