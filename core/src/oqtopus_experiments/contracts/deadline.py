"""Until when whoever started this is willing to wait: known to everything below, handed through by nobody."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from contextvars import ContextVar

from attrs import define

GRACE = 1.0
"""Seconds that all questions together may still take after the end, so that what is under way can be noted."""


@define(frozen=True)
class Deadline:
    """
    The end of a wait.

    A backend asks `current().allowance()` before it waits for an answer: 0 means that nothing more is asked.

    Args:
        until: Time of the end, in seconds of `time.monotonic`.
    """

    until: float = math.inf

    def left(self) -> float:
        """Return the seconds that are left; 0 when none are."""
        return max(0.0, self.until - time.monotonic())

    def allowance(self) -> float:
        """Return the seconds that the next question may take, repetitions included: what is left, and `GRACE`."""
        return max(0.0, self.until + GRACE - time.monotonic())


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def current() -> Deadline:
    """Return the deadline that holds here; without one, one that never comes."""
    return _current.get() or Deadline()


@contextlib.contextmanager
def within(seconds: float | None) -> Iterator[Deadline]:
    """Let a deadline hold while this lasts; None, and a later one than holds already, change nothing."""
    outer = current()
    until = math.inf if seconds is None else time.monotonic() + seconds
    if until >= outer.until:
        yield outer
        return
    token = _current.set(Deadline(until))
    try:
        yield current()
    finally:
        _current.reset(token)
