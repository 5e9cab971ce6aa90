"""Simulations in line for the workers of an executor: each gets a piece at a time, and none needs to be asked."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import cache, partial
from typing import Any

from oqtopus_experiments.contracts.work import Work


class _RefusedError(Exception):
    """An executor takes no more: it was shut, or broke."""


class _Pool:
    """An executor that is open, how many pieces it may have at once, and how many it has."""

    def __init__(self, make: Callable[[], AbstractContextManager[Executor]], width: Callable[[Executor], int]) -> None:
        self._opened = ExitStack()
        self._executor = self._opened.enter_context(make())
        self._ask = width
        self.width = 1
        self.under_way = 0

    def count(self) -> None:
        """Ask how many workers there are now, as they come and go."""
        self.width = max(1, self._ask(self._executor))

    def submit(self, task: Callable[[], Any]) -> Future[Any]:
        """Have something done; a `_RefusedError` where nothing is taken any more."""
        try:
            return self._executor.submit(task)
        except Exception as error:  # executors of others say in their own ways that they take no more
            raise _RefusedError from error

    def close(self) -> None:
        """Close it when all that is under way has returned."""
        self._opened.close()


class Workers:
    """
    The workers of an executor, and the line before them: what is waited for has its turn first, else the oldest.

    A piece follows the one before as soon as that returns, whoever asks for it or not. At the end of the process the
    piece under way is finished, and no other is begun. An executor that broke is followed by another when somebody
    enters.

    Args:
        make: Opens the executor when something is to be done.
        width: How many pieces an executor may have under way at once; asked again and again, as workers come and go.
        linger: Seconds without anything to do after which the executor is closed; None keeps it open.
    """

    def __init__(
        self,
        make: Callable[[], AbstractContextManager[Executor]],
        width: Callable[[Executor], int] = lambda _: 1,
        linger: float | None = None,
    ) -> None:
        self.changed = threading.Condition()
        """Held while anything of the line or of its works changes, and notified afterwards; nobody waits with it."""
        self._make = make
        self._width = width
        self._linger = linger
        self._opening = threading.Lock()
        self._pool: _Pool | None = None
        self._works: list[Work] = []
        self._turns = 0

    def enter(self, work: Work, *, first: bool = False) -> None:
        """
        Let a work have its turn; again, to have it before all others.

        Raises:
            BackendError: When there are no workers; the work has left the line, and may enter again.
        """
        with self.changed:
            if not work.left:
                return
            if first and work in self._works:
                self._works.remove(work)
            if work not in self._works:
                self._works.insert(0 if first else len(self._works), work)
        try:
            self._serve()
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

    def _serve(self) -> None:
        """Give out pieces until every worker has one; open the executor where there is none."""
        while self._first() is not None:
            pool, fresh = self._open()
            try:
                if self._fill(pool):
                    self._rest(pool)
                    return
            except _RefusedError as refused:
                self._drop(pool)
                if fresh:
                    raise refused.__cause__ or refused from None

    def _open(self) -> tuple[_Pool, bool]:
        """Return the executor, and whether it was opened now. Whoever does not need it does not wait meanwhile."""
        with self._opening:
            pool = self._pool
            if pool is not None:
                try:
                    pool.count()
                except Exception:  # noqa: BLE001  # whatever it says, it is of no use; another may be
                    self._drop(pool)
                else:
                    return pool, False
            with ExitStack() as unless_all_is_well:
                pool = _Pool(self._make, self._width)
                unless_all_is_well.callback(pool.close)
                pool.count()
                unless_all_is_well.pop_all()
            with self.changed:
                self._pool = pool
            return pool, True

    def _first(self) -> Work | None:
        """Return whose turn it is."""
        with self.changed:
            self._works = [work for work in self._works if work.left]
            return self._works[0] if self._works else None

    def _fill(self, pool: _Pool) -> bool:
        """Give out pieces until every worker has one, and say so; False where the executor was closed meanwhile."""
        while True:
            with self.changed:
                if self._pool is not pool:
                    return False
                work = self._first()
                if work is None or pool.under_way >= pool.width:
                    return True
                piece = work.next_piece(pool.width)
                pool.under_way += 1
                self._turns += 1
            self._send(pool, work, piece)

    def _send(self, pool: _Pool, work: Work, piece: Sequence[int]) -> None:
        try:
            future = pool.submit(work.task(piece))
        except BaseException as error:
            with self.changed:
                pool.under_way -= 1
                work.give_back(piece)
                if isinstance(error, _RefusedError) or not isinstance(error, Exception):
                    raise
                work.failed(error)  # its own code could not: others have their turn
                self.changed.notify_all()
        else:
            future.add_done_callback(partial(self._returned, pool, work, piece))

    def _returned(self, pool: _Pool, work: Work, piece: Sequence[int], future: Future[Any]) -> None:
        """Take what came, and give out the next; called by the executor, which drops what is raised."""
        with self.changed:
            pool.under_way -= 1
            try:
                work.returned(piece, future)
            finally:
                if work.is_news():
                    self.changed.notify_all()
        if self._pool is pool and self._first() is not None:
            try:
                pool.count()
                self._fill(pool)
            except Exception as error:  # noqa: BLE001  # nobody hears it here, and the line would wait for ever
                self._give_up(pool, error.__cause__ or error if isinstance(error, _RefusedError) else error)
        self._rest(pool)

    def _give_up(self, pool: _Pool, error: BaseException) -> None:
        """End all that stands in line for an executor that is of no use any more."""
        with self.changed:
            if self._drop(pool):
                for waiting in self._works:
                    waiting.failed(error)
                self.changed.notify_all()

    def _drop(self, pool: _Pool) -> bool:
        """Use an executor no more, if it was used. It is closed aside: by one of its own threads it could not be."""
        with self.changed:
            if self._pool is not pool:
                return False
            self._pool = None
        with suppress(RuntimeError):  # at the end of the interpreter no thread begins
            threading.Thread(target=pool.close, name="closing", daemon=True).start()
        return True

    def _rest(self, pool: _Pool) -> None:
        """Close an executor later that has nothing to do now."""
        with self.changed:
            if self._linger is None or pool.under_way or self._first() is not None:
                return
            resting = threading.Timer(self._linger, self._close, (pool, self._turns))
        resting.daemon = True
        with suppress(RuntimeError):  # as above
            resting.start()

    def _close(self, pool: _Pool, turns: int) -> None:
        """Close an executor if nothing was done since so many turns."""
        with self.changed:
            if self._pool is not pool or self._turns != turns or pool.under_way:
                return
            self._pool = None
        pool.close()


@cache
def own_workers() -> Workers:
    """Return the one thread of this process that simulates: more would only wait for each other."""
    return Workers(partial(ThreadPoolExecutor, 1, "simulation"))


if sys.platform != "win32":
    # A thread does not live on in a child of its process.
    os.register_at_fork(after_in_child=own_workers.cache_clear)
