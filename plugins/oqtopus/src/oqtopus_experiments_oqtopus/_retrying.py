"""When to ask again, and until when: only after a transient error, within a budget of time, telling of long silence."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_before_delay, wait_random_exponential
from tenacity.stop import stop_base, stop_when_event_set
from tenacity.wait import wait_base

from oqtopus_experiments import BackendError, deadline
from oqtopus_experiments_oqtopus._answers import InterruptedByUserError, TransientError

logger = logging.getLogger(__name__)
T = TypeVar("T")

LONGEST_PAUSE = 20.0

FIRST_REMARK = 3.0
"""Seconds without an answer before anything is said."""
NEXT_REMARK = 30.0
"""Seconds between two remarks, whoever of many workers makes them."""


class Silence:
    """When something was last said about a service that does not answer; one for all workers of a service."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = -math.inf

    def due(self, started: float) -> float:
        """Return in how many seconds something is to be said of an operation; 0 or less for now."""
        return max(started + FIRST_REMARK, self._next) - time.monotonic()

    def tell(self, trial: Trial) -> None:
        """Say what is tried, how often and until when, unless another worker just did."""
        with self._lock:
            if self.due(trial.started) > 0:
                return
            self._next = time.monotonic() + NEXT_REMARK
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


class _Pause(wait_base):
    """
    Full-jitter exponential backoff, never shorter than what the service asked for.

    Random pauses keep many workers, and many users, from coming back all at once.
    """

    _backoff = wait_random_exponential(multiplier=0.2, max=LONGEST_PAUSE)

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.retry_after if isinstance(error, TransientError) else None
        return self._backoff(retry_state) + (asked or 0.0)


class Patience:
    """
    How long to go on asking, and a switch that ends all waiting at once.

    Whoever started all this may be less patient: `oqtopus_experiments.deadline`.

    Args:
        budget: Seconds for one operation, all its attempts and pauses included; 0 for a single attempt.
    """

    def __init__(self, budget: float) -> None:
        self._budget = budget
        self._stop = threading.Event()
        self._silence = Silence()

    def end(self) -> None:
        """Throw the switch: whoever waits stops waiting, and nothing begins until `renew`."""
        self._stop.set()

    def renew(self) -> None:
        """Allow new calls; those ended stay ended."""
        if self._stop.is_set():
            self._stop = threading.Event()

    def call(self, ask: Callable[[], T], budget: float | None = None) -> T:
        """
        Return what `ask` returns, asking again after transient errors.

        Args:
            ask: The operation; safe to repeat.
            budget: Seconds, when less than usual is left.

        Raises:
            BackendError: The last error, with what was tried, when the budget is spent.
            InterruptedByUserError: When the switch was thrown.
        """
        switch = self._stop
        if switch.is_set():
            raise InterruptedByUserError("stopped")
        outer = deadline.current()
        if outer.allowance() == 0.0:
            message = "the time is up, so that the service is asked no more. Submitted jobs go on"
            raise BackendError(message)
        own = self._budget if budget is None else min(budget, self._budget)
        with trying(min(own or math.inf, outer.allowance()), self._silence) as trial:
            try:
                return _retrying(trial, switch, min(own, outer.allowance()))(_counted(ask, trial))
            except TransientError as error:
                if switch.is_set():
                    raise InterruptedByUserError("stopped") from None
                waited = time.monotonic() - trial.started
                message = f"{error}; given up after {trial.attempt} attempts in {waited:.0f} s. Submitted jobs go on"
                raise BackendError(message) from error


def _counted(ask: Callable[[], T], trial: Trial) -> Callable[[], T]:
    def once() -> T:
        trial.attempt += 1
        return ask()

    return once


def _retrying(trial: Trial, switch: threading.Event, seconds: float) -> Retrying:
    def pause(length: float) -> None:
        trial.wait(switch, length)

    stop: stop_base = stop_before_delay(seconds) | stop_when_event_set(switch)
    return Retrying(
        retry=retry_if_exception_type(TransientError),
        stop=stop,
        wait=_Pause(),
        sleep=pause,
        before_sleep=_log,
        reraise=True,
    )


def _log(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    pause = state.next_action.sleep if state.next_action else 0.0
    logger.info("%s; asking again in %.1f s", error, pause)
