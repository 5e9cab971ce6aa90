"""Whether the clock can be believed: times of outcomes and ages of calibrations come from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone

from oqtopus_experiments.execution.doctor._finding import Finding, ok, problem, warning

RELEASED = datetime(2026, 11, 1, tzinfo=timezone.utc).timestamp()
"""This library was not there before."""
_LASTS, _APART = 0.2, 0.05
"""Seconds that both clocks are watched, and that they may be apart then."""


def clock(
    wall: Callable[[], float] = time.time,
    steady: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Finding]:
    """
    Yield whether the clock is set, and whether it goes as a steady one does.

    Args:
        wall: Seconds since 1970.
        steady: Seconds that only grow.
        pause: Waits for some seconds.
    """
    began = wall(), steady()
    pause(_LASTS)
    now, passed = wall(), steady() - began[1]
    shown = datetime.fromtimestamp(now, timezone.utc).isoformat(timespec="seconds")
    step = "set the clock, or let NTP do it"
    if now < RELEASED:
        yield problem("clock", f"it says {shown}, when this library was not written yet", step)
    elif abs(now - began[0] - passed) > _APART:
        yield warning("clock", f"it jumped by {now - began[0] - passed:+.2f} s within {passed:.2f} s", step)
    else:
        yield ok("clock", f"it says {shown}, and goes steadily")
