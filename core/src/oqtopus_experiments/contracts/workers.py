"""Simulations in line for the workers of an executor: each gets a piece at a time, and none needs to be asked."""

from __future__ import annotations

import os
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from functools import cache, partial
from typing import Any


class Work(ABC):
    """What stands in line. Its methods are called while the line is held (`Workers.changed`)."""

    @abstractmethod
    def task(self, piece: Sequence[int]) -> Callable[[], Any]:
        """Return what simulates a piece; it is called without the line, perhaps in another process."""

    @property
    @abstractmethod
    def left(self) -> int:
        """How many circuits have not been given out; none after an error."""

    @abstractmethod
    def next_piece(self, workers: int) -> Sequence[int]:
        """
        Return the circuits that are to be simulated next; there are some left.

        Args:
            workers: How many there are to share what is left.
        """

    @abstractmethod
    def failed(self, error: BaseException) -> None:
        """Nothing more can be simulated."""

    @abstractmethod
    def returned(self, piece: Sequence[int], simulated: Future[Any]) -> None:
        """A piece was simulated, or failed: its future holds what its task returned, or the error."""


class Workers:
    """
    The workers of an executor, and the line before them: what is waited for has its turn first, else the oldest.

    A piece follows the one before as soon as that returns, whoever asks for it or not. At the end of the process the
    piece under way is finished, and no other is begun.

    Args:
        make: Opens the executor when something is to be done.
        width: How many pieces may be under way at once; asked once the executor is open, as workers come and go.
        linger: Seconds without anything to do after which the executor is closed; None keeps it open.
    """

    def __init__(
        self,
        make: Callable[[], AbstractContextManager[Executor]],
        width: Callable[[], int] = lambda: 1,
        linger: float | None = None,
    ) -> None:
        self.changed = threading.Condition()
        """Held while anything of the line or of its works changes, and notified afterwards."""
        self._make = make
        self._width = width
        self._linger = linger
        self._opened = ExitStack()
        self._executor: Executor | None = None
        self._works: list[Work] = []
        self._under_way = 0
        self._turns = 0

    def enter(self, work: Work, *, first: bool = False) -> None:
        """
        Let a work have its turn; again, to have it before all others.

        Raises:
            BackendError: When there are no workers; the work has left the line.
        """
        with self.changed:
            if first and work in self._works:
                self._works.remove(work)
            if work not in self._works:
                self._works.insert(0 if first else len(self._works), work)
            try:
                self._feed()
            except BaseException:
                self.leave(work)
                raise

    def leave(self, work: Work) -> None:
        """Begin no further piece of a work; what is under way returns."""
        with self.changed:
            if work in self._works:
                self._works.remove(work)

    def before(self, work: Work) -> int:
        """Return how many others have their turn before a work that is not under way."""
        with self.changed:
            return self._works.index(work) if work in self._works else 0

    def _feed(self) -> None:
        while self._works:
            work = self._works[0]
            if not work.left:
                self._works.remove(work)
                continue
            if self._executor is None:
                self._executor = self._opened.enter_context(self._make())
            width = self._width()
            if self._under_way >= width:
                break
            piece = work.next_piece(width)
            self._turns += 1
            try:
                future = self._executor.submit(work.task(piece))
            except RuntimeError as error:  # the interpreter ends, and takes no more
                self._works.remove(work)
                work.failed(error)
                continue
            self._under_way += 1
            future.add_done_callback(partial(self._returned, work, piece))

    def _returned(self, work: Work, piece: Sequence[int], future: Future[Any]) -> None:
        with self.changed:
            self._under_way -= 1
            work.returned(piece, future)
            self._feed()
            self.changed.notify_all()
            if self._linger is not None and not self._under_way and not self._works:
                resting = threading.Timer(self._linger, self._close, (self._turns,))
                resting.daemon = True
                resting.start()

    def _close(self, turns: int) -> None:
        """Close the executor if nothing was done since so many turns."""
        with self.changed:
            if self._turns == turns and not self._under_way:
                self._executor = None
                self._opened.close()


@cache
def own_workers() -> Workers:
    """Return the one thread of this process that simulates: more would only wait for each other."""
    return Workers(partial(ThreadPoolExecutor, 1, "simulation"))


if sys.platform != "win32":
    # A thread does not live on in a child of its process.
    os.register_at_fork(after_in_child=own_workers.cache_clear)
