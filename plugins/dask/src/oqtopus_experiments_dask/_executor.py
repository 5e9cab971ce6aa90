"""
An executor of the standard library's kind over a Dask client.

Not `Client.get_executor`: that tells answers in the thread in which the client talks to its cluster, which must not
wait for anybody, and knows no workers that must not be used.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, wait as until_done
from functools import partial
from typing import Any, ParamSpec, TypeVar

from distributed import Client, Future as DaskFuture

from oqtopus_experiments_dask._worker import Refusal, attempted

P = ParamSpec("P")
T = TypeVar("T")
logger = logging.getLogger(__name__)
FRESH = 1.0
"""Seconds for which the number of workers is taken to be what it was."""


class DaskExecutor(Executor):
    """
    Calls functions on the workers of a cluster; what a lost worker had is called again by its scheduler.

    A worker that joined later and must not be used is named in the log, and what it had is called on others.

    Args:
        client: A client of the cluster, which stays open.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.RLock()
        self._under_way: dict[Future[Any], DaskFuture] = {}
        self._refused: set[str] = set()
        self._shut = False
        self._threads, self._counted = 1, -math.inf

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """
        Call a function on one of the workers.

        The future raises what the function raised, `WorkerRefusedError` when no worker may be used, or `BrokenExecutor`
        when workers ended each time, or are gone.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._shut:
                message = "cannot schedule new futures after shutdown"
                raise RuntimeError(message)
            self._send(future, partial(fn, *args, **kwargs))
        return future

    def threads(self) -> int:
        """Return how many threads the workers have now, at least 1: calls wait for the first worker."""
        if time.monotonic() - self._counted > FRESH:
            self._threads = max(1, sum(self._client.nthreads().values()))
            self._counted = time.monotonic()
        return self._threads

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; wait for those that are under way, or give them up."""
        with self._lock:
            self._shut = True
            under_way = dict(self._under_way)
        if cancel_futures:
            for future, theirs in under_way.items():
                if future.cancel():
                    theirs.cancel()
        if wait:
            until_done(under_way)

    def _send(self, future: Future[Any], call: Callable[[], Any]) -> None:
        """Give a call to a worker, to none that was refused as long as there is another."""
        with self._lock:
            usable = self._usable()
            chosen = {"workers": usable, "allow_other_workers": True} if usable else {}
            # The same call again is another one: its answer is not looked up.
            theirs = self._client.submit(partial(attempted, call), pure=False, **chosen)
            self._under_way[future] = theirs
        theirs.add_done_callback(partial(self._answered, future, call))

    def _usable(self) -> list[str]:
        """Return the workers that were not refused; not asked for as long as none was."""
        return [worker for worker in self._client.nthreads() if worker not in self._refused] if self._refused else []

    def _answered(self, future: Future[Any], call: Callable[[], Any], theirs: DaskFuture) -> None:
        """Hand an answer on, or call again where it is a refusal; called in a thread that Dask keeps for it."""
        answer, error = _result(theirs)
        if isinstance(answer, Refusal):
            error = answer.error
            self._refuse(answer)
            if self._usable() and not future.cancelled():
                self._send(future, call)
                return
        self._end(future, answer, error)

    def _refuse(self, refusal: Refusal) -> None:
        with self._lock:
            is_new = refusal.worker not in self._refused
            self._refused.add(refusal.worker)
        if is_new:
            logger.warning("%s; until then others do its work", refusal.error)

    def _end(self, future: Future[Any], answer: Any = None, error: BaseException | None = None) -> None:
        with self._lock:
            self._under_way.pop(future, None)
        if not future.set_running_or_notify_cancel():
            return
        if error is None:
            future.set_result(answer)
        else:
            future.set_exception(error)


def _result(theirs: DaskFuture) -> tuple[Any, BaseException | None]:
    """Return what came of a call: an answer, or an error."""
    from distributed.scheduler import KilledWorker

    if theirs.status not in ("finished", "error"):
        return None, BrokenExecutor(f"its cluster has let go of them ({theirs.status})")
    try:
        return theirs.result(), None
    except KilledWorker as error:
        return None, BrokenExecutor(f"the workers that had them ended: {error}")
    except BaseException as error:  # noqa: BLE001  # whatever it is, whoever waits for it is told
        return None, error
