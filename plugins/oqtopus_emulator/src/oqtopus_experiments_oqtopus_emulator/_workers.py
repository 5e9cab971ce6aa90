"""
The processes that run jobs, seen from the server: started, asked, ended when they take too long.

A job runs where it can be ended, since a program of a few bytes can ask for any time and memory. Starting such a
process takes a second or two, most of it for importing Qiskit, so it is kept for the next job; and one that has
nothing to do serves every server of this process, since tests start hundreds of those.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
import time
from typing import IO, cast

from oqtopus_experiments_oqtopus_emulator._limits import Limits
from oqtopus_experiments_oqtopus_emulator._wire import OUT_OF_MEMORY, PING, READY, Answer, Order

_COMMAND = (sys.executable, "-P", "-m", "oqtopus_experiments_oqtopus_emulator._worker")
_KEPT = 1
"""Workers kept while they have nothing to do; an engine has one job at a time."""


class Interrupted(Exception):  # noqa: N818  # nothing is wrong: the server was told to end
    """The server ends. The job has not failed, and runs again after a restart."""


class WorkerLost(Exception):  # noqa: N818  # the job's fault, not the server's
    """A worker ended before it answered; the text says why, to whoever submitted the job."""


class Worker:
    """
    One process.

    Args:
        limits: Of each job there.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._ready = False
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            [*_COMMAND, str(limits.memory), str(limits.seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._questions = cast("IO[str]", self._process.stdin)
        self._answers = cast("IO[str]", self._process.stdout)

    @property
    def alive(self) -> bool:
        """
        Whether it answers.

        Asked rather than looked at: a process that was killed counts as running until its last thread has ended.
        """
        if not self._ready:
            return self._process.poll() is None
        try:
            return self._say(PING) == READY
        except (WorkerLost, OSError):
            return False

    def ask(self, line: str) -> str:
        """
        Return the answer to a line.

        Raises:
            WorkerLost: When it took too long or too much, and ended itself, or died.
        """
        if not self._ready:
            self._say("")
            self._ready = True
        return self._say(line)

    def _say(self, line: str) -> str:
        started = time.monotonic()
        try:
            self._questions.write(line)
            self._questions.flush()
            answer = self._answers.readline()
        except BrokenPipeError:
            answer = ""
        if answer.endswith("\n"):
            return answer
        code = self._process.wait()
        # Whatever its exit code: the watch that ends it writes down where it was, and may stumble while it runs.
        if code != OUT_OF_MEMORY and time.monotonic() - started >= self.limits.seconds:
            message = f"it took more than {self.limits.seconds:g} s"
        elif code == OUT_OF_MEMORY:
            message = f"it needed more than {self.limits.memory} MiB"
        else:
            message = f"its process died with code {code}, perhaps for want of more than {self.limits.memory} MiB"
        raise WorkerLost(message)

    def close(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._questions, self._answers):
            with contextlib.suppress(BrokenPipeError):  # it died with a question on its way
                pipe.close()

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer is told."""
        self._process.kill()


class _Idle:
    """The workers that have nothing to do."""

    def __init__(self) -> None:
        self._workers: list[Worker] = []
        self._lock = threading.Lock()

    def take(self, limits: Limits) -> Worker:
        """Return one of those limits, or start one."""
        with self._lock:
            fit = next((one for one in self._workers if one.limits == limits), None)
            if fit is not None:
                self._workers.remove(fit)
        if fit is not None and fit.alive:
            return fit
        if fit is not None:
            fit.close()
        return Worker(limits)

    def give(self, one: Worker) -> None:
        """Keep one for whoever needs it next; the one kept longest goes."""
        with self._lock:
            self._workers.append(one)
            surplus = self._workers[:-_KEPT]
            del self._workers[:-_KEPT]
        for old in surplus:
            old.close()

    def close(self) -> None:
        """End all."""
        with self._lock:
            workers, self._workers = self._workers, []
        for one in workers:
            one.close()

    def forget(self) -> None:
        """Leave all to the process this one was forked from."""
        self._lock = threading.Lock()  # the other one may have been held
        self._workers = []


_idle = _Idle()
atexit.register(_idle.close)
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_idle.forget)


class Workers:
    """
    What one server runs its jobs with.

    Args:
        limits: Of each job.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._busy: set[Worker] = set()
        self._lock = threading.Lock()
        self._ending = False

    def warm(self) -> None:
        """Start a worker, if none is idle, without waiting for it."""
        _idle.give(_idle.take(self._limits))

    def interrupt(self) -> None:
        """End what runs, for good."""
        with self._lock:
            self._ending = True
            for one in self._busy:
                one.kill()

    def work(self, order: Order) -> Answer:
        """
        Return what becomes of an order; a job that takes too long or too much fails.

        Raises:
            Interrupted: When the server ends meanwhile.
        """
        line = order.to_line()
        one = _idle.take(self._limits)
        with self._lock:
            self._busy.add(one)
            if self._ending:
                one.kill()
        try:
            answer = Answer.from_line(one.ask(line))
        except WorkerLost as lost:
            one.close()
            if self._ending:
                raise Interrupted from lost
            return Answer(failure=f"the emulator ended this job: {lost}", cause=str(lost))
        except BaseException:
            one.close()
            raise
        else:
            _idle.give(one)
            return answer
        finally:
            with self._lock:
                self._busy.discard(one)
