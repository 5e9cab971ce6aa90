"""Simulations in line for the workers of an executor: each gets a piece at a time, and none needs to be asked."""

from __future__ import annotations

import os
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cache, partial
from typing import Any


class Work(ABC):
    """What stands in line. Its methods are called while the line is held (`Workers.changed`)."""

    @property
    @abstractmethod
    def function(self) -> Callable[[Sequence[int]], Any]:
        """What simulates a piece; it is called without the line."""

    @abstractmethod
    def next_piece(self) -> Sequence[int]:
        """Return the circuits that are to be simulated next; none when nothing is left."""

    @abstractmethod
    def failed(self, error: BaseException) -> None:
        """Nothing more can be simulated."""

    @abstractmethod
    def returned(self, piece: Sequence[int], simulated: Future[tuple[float, Any]]) -> None:
        """A piece was simulated, or failed: its future holds the seconds it took and what came, or the error."""


class Workers:
    """
    The workers of an executor, and the line before them: what is waited for has its turn first, else the oldest.

    A piece follows the one before as soon as that returns, whoever asks for it or not. At the end of the process the
    piece under way is finished, and no other is begun.

    Args:
        make: Makes the executor when something is to be done.
        width: How many pieces may be under way at once.
    """

    def __init__(self, make: Callable[[], Executor], width: int = 1) -> None:
        self.changed = threading.Condition()
        """Held while anything of the line or of its works changes, and notified afterwards."""
        self._make = make
        self._width = width
        self._executor: Executor | None = None
        self._works: list[Work] = []
        self._under_way = 0

    def enter(self, work: Work, *, first: bool = False) -> None:
        """Let a work have its turn; again, to have it before all others."""
        with self.changed:
            if first and work in self._works:
                self._works.remove(work)
            if work not in self._works:
                self._works.insert(0 if first else len(self._works), work)
            self._feed()

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
        while self._under_way < self._width and self._works:
            work = self._works[0]
            piece = work.next_piece()
            if not piece:
                self._works.remove(work)
                continue
            self._executor = self._executor or self._make()
            try:
                future = self._executor.submit(_timed, work.function, piece)
            except RuntimeError as error:  # the interpreter ends, and takes no more
                self._works.remove(work)
                work.failed(error)
                continue
            self._under_way += 1
            future.add_done_callback(partial(self._returned, work, piece))

    def _returned(self, work: Work, piece: Sequence[int], future: Future[tuple[float, Any]]) -> None:
        with self.changed:
            self._under_way -= 1
            work.returned(piece, future)
            self._feed()
            self.changed.notify_all()


def _timed(function: Callable[[Sequence[int]], Any], piece: Sequence[int]) -> tuple[float, Any]:
    begin = time.perf_counter()
    made = function(piece)
    return time.perf_counter() - begin, made


@cache
def own_workers() -> Workers:
    """Return the one thread of this process that simulates: more would only wait for each other."""
    return Workers(partial(ThreadPoolExecutor, 1, "simulation"))


if sys.platform != "win32":
    # A thread does not live on in a child of its process.
    os.register_at_fork(after_in_child=own_workers.cache_clear)
