"""
An executor of processes, each served by a thread of its own.

Not `ProcessPoolExecutor`: there a process that is lost breaks the pool of all others and nobody knows whose call ended
it, the end of the program waits for every call that is under way, and its processes outlive a client that was killed.
Here a call belongs to one process: it is that one's loss, and is begun again.
"""

from __future__ import annotations

import pickle
import queue
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from typing import Any, ParamSpec, TypeAlias, TypeVar

from oqtopus_experiments.spreading import threads_each
from oqtopus_experiments_processes._process import LostError, WorkerProcess

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 3
"""How often a call is begun before it is given up: a mishap does not come three times, what ends processes does."""
_Item: TypeAlias = tuple[Future[Any], Callable[[], Any]]


class ProcessExecutor(Executor):
    """
    Calls functions in processes of this computer.

    Args:
        workers: How many processes, >= 1. Each begins when there is a call that no other waits for.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._calls: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._outstanding = 0
        self._shut = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """
        Call a function in one of the processes; it and its arguments are pickled there and back.

        The future raises what the function raised, or `BrokenExecutor` when its process ended each time.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._shut:
                message = "cannot schedule new futures after shutdown"
                raise RuntimeError(message)
            self._calls.put((future, partial(fn, *args, **kwargs)))
            self._outstanding += 1
            if len(self._threads) < min(self._workers, self._outstanding):
                # The end of the program does not wait for such a thread, nor for what that waits for.
                thread = threading.Thread(target=self._serve, name="process", daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes when all calls have returned; without those that have not begun where that is asked."""
        with self._lock:
            self._shut = True
            while cancel_futures:
                try:
                    item = self._calls.get_nowait()
                except queue.Empty:
                    break
                if item is not None:
                    item[0].cancel()
            for _ in self._threads:  # each time: those of another call may have been taken out
                self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        """Do one call after the other in a process of its own."""
        process = WorkerProcess(threads_each(self._workers))
        try:
            while (item := self._calls.get()) is not None:
                future, call = item
                if future.set_running_or_notify_cancel():
                    self._answer(future, process, call)
                else:
                    self._returned()
        finally:
            process.end()

    def _answer(self, future: Future[Any], process: WorkerProcess, call: Callable[[], Any]) -> None:
        try:
            result = _called(process, call)
        except BaseException as error:  # noqa: BLE001  # whatever it is, whoever waits for it is told
            self._returned()
            future.set_exception(error)
        else:
            self._returned()
            future.set_result(result)

    def _returned(self) -> None:
        with self._lock:
            self._outstanding -= 1


def _called(process: WorkerProcess, call: Callable[[], Any]) -> Any:
    packed = pickle.dumps(call, pickle.HIGHEST_PROTOCOL)
    losses = 0
    while True:
        try:
            return process.call(packed)
        except LostError as lost:
            losses += 1
            if losses == TRIES:
                message = f"the process that had them ended {TRIES} times ({lost})"
                raise BrokenExecutor(message) from lost
