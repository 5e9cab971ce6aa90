"""Until when whoever started this is willing to wait: known to everything below, handed through by nobody."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from contextvars import ContextVar

from attrs import define

GRACE = 1.0
"""Seconds a single question may still take after the end, as long as each is answered: `Deadline.allowance`."""


@define(eq=False)
class Deadline:
    """
    The end of a wait.

    A backend asks `current().allowance()` before it waits for an answer, and calls `overrun` when none came in time.
    A service that answers is thus asked to the end, even after a deadline of 0 s, which means: submit and leave. One
    that does not is given up, once for all that would still be asked.

    Args:
        until: Time of the end, in seconds of `time.monotonic`.
        spent: Whether something was given up because of it.
    """

    until: float = math.inf
    spent: bool = False

    def left(self) -> float:
        """Return the seconds that are left; 0 when none are."""
        return max(0.0, self.until - time.monotonic())

    def allowance(self) -> float:
        """Return the seconds that the next question may take, repetitions included."""
        return self.left() if self.spent else max(self.left(), GRACE)

    def overrun(self) -> None:
        """Note that a question was not answered in time: past the end, no other is given a grace."""
        if self.left() == 0.0:
            self.spent = True


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
