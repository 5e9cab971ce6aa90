"""Waiting for an answer: until when it is tried, and what a person is told while nothing comes."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar

logger = logging.getLogger(__name__)

FIRST = 3.0
"""Seconds without an answer before anything is said."""
AGAIN = 30.0
"""Seconds between two remarks, whoever of many workers makes them."""


class Silence:
    """When something was last said about a service that does not answer; one for all workers of a service."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = -math.inf

    def due(self, started: float) -> float:
        """Return in how many seconds something is to be said of an operation; 0 or less for now."""
        return max(started + FIRST, self._next) - time.monotonic()

    def tell(self, trial: Trial) -> None:
        """Say what is tried, how often and until when, unless another worker just did."""
        with self._lock:
            if self.due(trial.started) > 0:
                return
            self._next = time.monotonic() + AGAIN
        waited, left = time.monotonic() - trial.started, trial.left()
        end = time.strftime("%H:%M:%S", time.localtime(time.time() + left)) if left < 1e6 else "it is answered"
        logger.warning(
            "no answer for %.0f s: %s, attempt %d, tried until %s. Ctrl-C is safe: nothing is lost or submitted twice",
            waited, trial.what, trial.attempt, end,
        )  # fmt: skip


class Trial:
    """
    One operation, all its attempts and pauses included.

    Args:
        seconds: For all of it.
        silence: Who speaks when nothing comes.
    """

    def __init__(self, seconds: float, silence: Silence) -> None:
        self.started = time.monotonic()
        self.until = self.started + seconds
        self.attempt = 0
        self.what = "the service"
        self._silence = silence

    def left(self) -> float:
        """Return the seconds that are left; 0 when none are."""
        return max(0.0, self.until - time.monotonic())

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for an event for so many seconds, telling now and then; return whether it came."""
        end = time.monotonic() + seconds
        while not event.wait(max(0.0, min(end - time.monotonic(), self._silence.due(self.started), 3600.0))):
            if time.monotonic() >= end:
                return False
            self._silence.tell(self)
        return True


_trial: ContextVar[Trial | None] = ContextVar("trial", default=None)


def trial() -> Trial:
    """Return the operation that is under way here; outside of any, one without an end."""
    return _trial.get() or Trial(math.inf, Silence())


@contextlib.contextmanager
def trying(seconds: float, silence: Silence) -> Iterator[Trial]:
    """Let an operation be under way while this lasts; one within another ends no later."""
    token = _trial.set(Trial(min(seconds, trial().left()), silence))
    try:
        yield trial()
    finally:
        _trial.reset(token)
