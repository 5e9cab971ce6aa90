"""How long a batch is waited for, and what is said when that is over."""

from __future__ import annotations

import time

from oqtopus_experiments import JobError

LEFT = "the jobs go on at the service and can be fetched later"


def check_cancelled(until: float, outstanding: int) -> None:
    """Raise JobError when jobs of a cancelled run are still outstanding at a time of `time.monotonic`."""
    if outstanding and time.monotonic() > until:
        message = f"the run was cancelled, and {outstanding} jobs have not ended since; {LEFT}"
        raise JobError(message)


def check_time(deadline: float | None, outstanding: int, count: int) -> None:
    """Raise JobError when circuits are still outstanding at the deadline, if there is one."""
    if outstanding and deadline is not None and time.monotonic() >= deadline:
        message = f"time is up with {outstanding} of {count} circuits outstanding; {LEFT}"
        raise JobError(message)


def seconds_left(deadline: float | None) -> float | None:
    """Return the seconds until the deadline, at least one; None without one."""
    return None if deadline is None else max(1.0, deadline - time.monotonic())
