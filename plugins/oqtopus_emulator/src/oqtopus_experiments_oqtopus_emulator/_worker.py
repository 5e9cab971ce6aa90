"""
The process that runs jobs: ``python -m oqtopus_experiments_oqtopus_emulator._worker MIB SECONDS``.

It reads an order on standard input, writes the answer on standard output, and ends when its input ends, or when
an order takes more than so many seconds. Memory beyond the MiB it is given, on top of what its libraries take, is
refused by the system, where that can.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, get_args

from oqtopus_experiments_oqtopus_emulator._bench import Bench
from oqtopus_experiments_oqtopus_emulator._devices import default_devices
from oqtopus_experiments_oqtopus_emulator._jobs import Job
from oqtopus_experiments_oqtopus_emulator._limits import MEBIBYTE
from oqtopus_experiments_oqtopus_emulator._transpiling import DEFAULT
from oqtopus_experiments_oqtopus_emulator._wire import OUT_OF_MEMORY, PING, READY, Order, Stage
from oqtopus_experiments_oqtopus_emulator._zips import pack

_STARTING = 120.0
"""Seconds until a worker is ready, or ends."""

logger = logging.getLogger(__name__)


def main() -> None:
    """Work until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this process
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is not an answer
    memory, seconds = int(sys.argv[1]) * MEBIBYTE, float(sys.argv[2])
    bench = Bench()
    with _at_most(_STARTING):
        _warm_up(bench)
    _limit_memory(memory)
    _say(answers, READY)
    for line in iter(sys.stdin.readline, ""):
        if line == PING:
            _say(answers, READY)
            continue
        with _dying_with(sys.stdin.fileno()), _at_most(seconds):
            try:
                answer = bench.work(Order.from_line(line))
            except MemoryError:
                os._exit(OUT_OF_MEMORY)  # what is left of this process is not to be trusted with another job
        _say(answers, answer.to_line())


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """End this process after so many seconds, whatever library holds the interpreter; no thread of Python waits."""
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _say(answers: IO[str], text: str) -> None:
    try:
        answers.write(text)
        answers.flush()
    except BrokenPipeError:  # the server is gone
        os._exit(0)


def _warm_up(bench: Bench) -> None:
    """Import now what jobs need, by running one on each kind of device: no job waits for it, or pays its memory."""
    program = 'OPENQASM 3; include "stdgates.inc"; qubit[1] q; bit[1] c; x q[0]; c = measure q;'
    content = pack({"input.json": json.dumps({"program": [program]})})
    for device in default_devices():
        job = Job(job_id="", owner="", created=0.0, job_type="sampling", shots=1, transpiler_info=DEFAULT)
        for stage in get_args(Stage):
            answer = bench.work(Order(stage=stage, job=job, content=content, device=device, seed=0))
            if answer.failure is not None:
                raise RuntimeError(answer.cause)


def _limit_memory(extra: int) -> None:
    try:
        import resource
    except ImportError:  # no limits on Windows; the time is limited all the same
        return
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        taken = _address_space()
        if taken:
            resource.setrlimit(resource.RLIMIT_AS, (taken + extra, taken + extra))
    except (ValueError, OSError) as error:
        logger.warning("the memory of jobs is not limited: %s", error)


def _address_space() -> int:
    """Return the bytes this process has mapped; 0 where the system does not say, and then limits it badly too."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


@contextmanager
def _dying_with(pipe: int) -> Iterator[None]:
    """
    While a job runs, end this process as soon as the other end of a pipe is closed: when the server has ended.

    Linux kills it by a signal, whatever library holds the interpreter. Elsewhere a thread notices, or on Windows the
    next read.
    """
    if sys.platform == "win32":
        yield
        return
    done = threading.Event()
    if sys.platform == "linux":
        import fcntl

        flags = fcntl.fcntl(pipe, fcntl.F_GETFL)
        fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(pipe, fcntl.F_SETFL, flags | os.O_ASYNC)  # SIGIO, which nobody catches, when it is closed
    else:
        threading.Thread(target=_watch, args=[pipe, done], daemon=True).start()
    try:
        if _closed(pipe):  # just before
            os._exit(0)
        yield
    finally:
        done.set()
        if sys.platform == "linux":
            fcntl.fcntl(pipe, fcntl.F_SETFL, flags)


def _watch(pipe: int, done: threading.Event) -> None:
    while not done.wait(0.2):
        if _closed(pipe):
            os._exit(0)


def _closed(pipe: int) -> bool:
    """Whether the server has ended: it says nothing while a job runs, so that nothing but the end can be read."""
    return bool(select.select([pipe], [], [], 0)[0])


if __name__ == "__main__":
    main()
