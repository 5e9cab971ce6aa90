"""
Waiting for the service: asking again after a transient error, within a budget of time and telling of long silence; and
threads that work beside the one that waits, and never keep a process from ending.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from attrs import frozen
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_before_delay, wait_random_exponential
from tenacity.stop import stop_base, stop_when_event_set
from tenacity.wait import wait_base

from oqtopus_experiments import BackendError, deadline
from oqtopus_experiments_oqtopus._answers import InterruptedByUserError, TransientError

logger = logging.getLogger(__name__)
P = ParamSpec("P")
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


@frozen(eq=False)
class _Task:
    future: Future[Any]
    work: Callable[[], Any]

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.work()
        except BaseException as error:  # noqa: BLE001  # raised again where the result is asked for
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Workers:
    """
    A few daemon threads.

    `concurrent.futures.ThreadPoolExecutor` joins its threads before Python may end, so that one request that hangs
    holds the whole process; these are left where they are. Work sees the context variables of whoever submits it.

    Args:
        count: Threads at most; they are started as they are needed.
        name: What they are called.
    """

    def __init__(self, count: int, name: str) -> None:
        self._count = count
        self._name = name
        self._todo: deque[_Task] = deque()
        self._changed = threading.Condition()
        self._started = 0
        self._idle = 0
        self._closed = False

    def submit(self, work: Callable[P, T], /, *arguments: P.args, **options: P.kwargs) -> Future[T]:
        """
        Begin some work as soon as a thread is free.

        Raises:
            RuntimeError: After `shutdown`.
        """
        context = contextvars.copy_context()
        future: Future[T] = Future()
        task = _Task(future, lambda: context.run(work, *arguments, **options))
        with self._changed:
            if self._closed:
                message = f"{self._name}: no work is taken after shutdown"
                raise RuntimeError(message)
            self._todo.append(task)
            if self._idle < len(self._todo) and self._started < self._count:
                self._started += 1
                threading.Thread(target=self._work, name=f"{self._name}-{self._started}", daemon=True).start()
            self._changed.notify()
        return future

    def shutdown(self) -> None:
        """Take no more work and cancel what has not begun; what has begun goes on, and nobody waits for it."""
        with self._changed:
            self._closed = True
            dropped = list(self._todo)
            self._todo.clear()
            self._changed.notify_all()
        for task in dropped:
            task.future.cancel()
            task.run()  # tells whoever waits for the future that it was cancelled

    def _work(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                self._changed.wait_for(lambda: self._todo or self._closed)
                self._idle -= 1
                if not self._todo:
                    return
                task = self._todo.popleft()
            task.run()
            del task  # its result is not kept alive by a thread that waits
