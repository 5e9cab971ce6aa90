"""One process that does what it is sent: begun when there is something, replaced when it was lost."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from oqtopus_experiments.spreading import begun_with
from oqtopus_experiments_processes import _worker

_SHARE = "OMP_NUM_THREADS"
_THEIR_OWN = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What some libraries read instead, as they are loaded. What the user has set stays."""
_beginning = threading.Lock()
_client_ends = threading.Event()
atexit.register(_client_ends.set)  # its processes are ended then, and none is to take their place


class LostError(Exception):
    """A process ended in the middle of a call."""


class WorkerProcess:
    """
    A process and the line to it, for one thread.

    Args:
        threads: How many threads the libraries in it may compute with: its share of the cores.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None

    def call(self, packed: bytes) -> Any:
        """
        Return what a pickled call returns, or raise what it raises.

        Raises:
            LostError: When the process ended before it had answered.
        """
        line = self._line or self._begin()
        try:
            line.send_bytes(packed)
            done, answer = pickle.loads(line.recv_bytes())  # noqa: S301  # written by our own process
        except (EOFError, OSError) as error:
            raise LostError(self._ending()) from error
        if done:
            return answer
        raise answer

    def end(self) -> None:
        """End the process, if there is one, whatever it is doing."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._line = None

    def _begin(self) -> Connection:
        """
        Begin a process.

        Raises:
            LostError: When it ended before it could do anything.
        """
        if _client_ends.is_set():
            message = "the program ends"
            raise LostError(message)
        try:
            self._process, self._line = _started(self._threads)
        except OSError as error:
            message = f"no process begins: {error}"
            raise LostError(message) from error
        try:
            self._line.recv_bytes()
        except (EOFError, OSError) as error:
            message = (
                f"it could not begin: {self._ending()}; a script that uses processes does its work below "
                '`if __name__ == "__main__":`'
            )
            raise LostError(message) from error
        return self._line

    def _ending(self) -> str:
        """Return how the process ended, which is over then."""
        process = self._process
        if process is None:
            return "it had ended"
        process.join(1.0)
        code = process.exitcode  # as it ended by itself
        self.end()
        if code is None:
            return "without an answer, and was ended"
        if code < 0:
            name = signal.Signals(-code).name
            return f"by {name}" + (", as when memory is short" if name == "SIGKILL" else "")
        return f"with exit code {code}"


def _started(threads: int) -> tuple[SpawnProcess, Connection]:
    """Return a process that begins, and the line to it; nothing is left of one that does not."""
    context = multiprocessing.get_context("spawn")  # threads are running, which no fork takes along
    line, theirs = context.Pipe()
    with theirs, ExitStack() as unless_it_begins:
        unless_it_begins.enter_context(line)
        process = context.Process(target=_worker.serve, args=(theirs,), name="oqtopus-worker", daemon=True)
        with _beginning, begun_with(_threads(threads)), _out_of_reach_of_ctrl_c():
            process.start()
        unless_it_begins.pop_all()
    return process, line


def _threads(number: int) -> dict[str, str]:
    own = [name for name in _THEIR_OWN if name not in os.environ]
    return dict.fromkeys((_SHARE, *own), str(number))


@contextmanager
def _out_of_reach_of_ctrl_c() -> Iterator[None]:
    """Begin processes that Ctrl-C, which a terminal sends to all of them, does not reach: the client decides."""
    if sys.platform == "win32":  # where it has no such mask
        yield
        return
    resource_tracker.ensure_running()  # beginning it would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
