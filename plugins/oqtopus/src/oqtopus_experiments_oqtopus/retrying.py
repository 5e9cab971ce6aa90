"""When to ask again: only after a transient error, with growing random pauses, within a budget of time."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_before_delay, wait_random_exponential
from tenacity.stop import stop_base, stop_when_event_set
from tenacity.wait import wait_base

from oqtopus_experiments import BackendError, deadline
from oqtopus_experiments_oqtopus.errors import InterruptedByUserError, TransientError
from oqtopus_experiments_oqtopus.waiting import Silence, Trial, trying

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
                outer.overrun()
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
