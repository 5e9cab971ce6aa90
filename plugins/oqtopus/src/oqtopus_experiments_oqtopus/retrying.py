"""When to ask again: only after a transient error, with growing random pauses, within a budget of time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_before_delay, wait_random_exponential
from tenacity.nap import sleep_using_event
from tenacity.stop import stop_base, stop_when_event_set
from tenacity.wait import wait_base

from oqtopus_experiments import BackendError
from oqtopus_experiments_oqtopus.errors import InterruptedByUserError, TransientError

logger = logging.getLogger(__name__)
T = TypeVar("T")

LONGEST_PAUSE = 20.0


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

    Args:
        budget: Seconds for one operation, all its retries and pauses included.
    """

    def __init__(self, budget: float) -> None:
        self._budget = budget
        self._stop = threading.Event()

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
        seconds = self._budget if budget is None else min(budget, self._budget)
        started = time.monotonic()
        stop: stop_base = stop_before_delay(seconds) | stop_when_event_set(switch)
        retrying = Retrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop,
            wait=_Pause(),
            sleep=sleep_using_event(switch),
            before_sleep=_log,
            reraise=True,
        )
        try:
            return retrying(ask)
        except TransientError as error:
            if switch.is_set():
                raise InterruptedByUserError("stopped") from None
            attempts, waited = retrying.statistics.get("attempt_number", 1), time.monotonic() - started
            message = f"{error}; given up after {attempts} attempts in {waited:.0f} s. Submitted jobs go on"
            raise BackendError(message) from error


def _log(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    pause = state.next_action.sleep if state.next_action else 0.0
    logger.info("%s; asking again in %.1f s", error, pause)
