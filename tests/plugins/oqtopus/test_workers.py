"""Threads that never keep a process from ending."""

from __future__ import annotations

import contextvars
import subprocess
import sys
import threading
import time
from concurrent.futures import wait

import pytest

from oqtopus_experiments_oqtopus._waiting import Workers


def test_work_is_done_by_no_more_threads_than_allowed_and_results_and_errors_come_back():
    seen, both = set(), threading.Barrier(2, timeout=30)

    def work(number):
        if number < 2:
            both.wait()  # two do work at once
        seen.add(threading.get_ident())
        return 10 // (number - 3)

    pool = Workers(2, "w")
    futures = [pool.submit(work, number) for number in range(6)]
    wait(futures)
    assert [f.result() for f in futures if not f.exception()] == [-4, -5, -10, 10, 5]
    assert isinstance(futures[3].exception(), ZeroDivisionError)
    assert len(seen) == 2
    pool.shutdown()


def test_shutdown_cancels_what_has_not_begun_and_takes_no_more():
    pool, go, begun = Workers(1, "w"), threading.Event(), threading.Event()

    def hold():
        begun.set()
        return go.wait(30)

    first = pool.submit(hold)
    second = pool.submit(lambda: 1)
    begun.wait(30)
    pool.shutdown()
    assert second.cancelled()
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(lambda: 1)
    go.set()
    assert first.result(30) is True


def test_work_sees_the_context_of_whoever_submitted_it():
    mood = contextvars.ContextVar("mood", default="calm")
    pool = Workers(1, "w")
    mood.set("hurried")
    assert pool.submit(mood.get).result(30) == "hurried"
    pool.shutdown()


def test_a_process_ends_while_its_workers_hang():
    program = (
        "import time; from oqtopus_experiments_oqtopus._waiting import Workers\n"
        "Workers(1, 'w').submit(time.sleep, 60); time.sleep(0.1)"
    )
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", program], check=True, timeout=50)
    assert time.monotonic() - started < 45


def test_whoever_waits_for_work_that_was_dropped_is_told():
    release = threading.Event()
    pool = Workers(1, "test")
    begun, dropped = pool.submit(release.wait), pool.submit(release.wait)

    pool.shutdown()
    release.set()

    assert wait([begun, dropped], timeout=10).not_done == set()
    assert dropped.cancelled()
