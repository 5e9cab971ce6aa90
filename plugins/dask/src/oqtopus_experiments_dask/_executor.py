"""
An executor of the standard library's kind over a Dask client.

Not `Client.get_executor`: that tells answers in the thread in which the client talks to its cluster, which must not
wait for anybody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, wait as until_done
from functools import partial
from typing import Any, ParamSpec, TypeVar

from distributed import Client, Future as DaskFuture

P = ParamSpec("P")
T = TypeVar("T")


class DaskExecutor(Executor):
    """
    Calls functions on the workers of a cluster; what a lost worker had is called again by its scheduler.

    Args:
        client: A client of the cluster, which stays open.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._under_way: dict[Future[Any], DaskFuture] = {}
        self._shut = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """
        Call a function on one of the workers.

        The future raises what the function raised, or `BrokenExecutor` when workers ended each time, or are gone.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._shut:
                message = "cannot schedule new futures after shutdown"
                raise RuntimeError(message)
            # The same call again is another one: its answer is not looked up.
            theirs = self._client.submit(partial(fn, *args, **kwargs), pure=False)
            self._under_way[future] = theirs
        theirs.add_done_callback(partial(self._answered, future))
        return future

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

    def _answered(self, future: Future[Any], theirs: DaskFuture) -> None:
        """Hand an answer on; called in a thread that Dask keeps for it."""
        with self._lock:
            self._under_way.pop(future, None)
        if not future.set_running_or_notify_cancel():
            return
        if theirs.status == "finished":
            try:
                future.set_result(theirs.result())
            except Exception as error:  # noqa: BLE001  # whatever it is, whoever waits for it is told
                future.set_exception(error)
        elif theirs.status == "error":
            future.set_exception(_told(theirs.exception()))
        else:
            future.set_exception(BrokenExecutor(f"its cluster has let go of them ({theirs.status})"))


def _told(error: BaseException) -> BaseException:
    from distributed.scheduler import KilledWorker

    return BrokenExecutor(f"the workers that had them ended: {error}") if isinstance(error, KilledWorker) else error
