"""Threads that work beside the one that waits, and that never keep a process from ending."""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

from attrs import frozen

P = ParamSpec("P")
T = TypeVar("T")


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
