"""The executor of processes is one of the standard library's kind; its processes end with whoever began them."""

from __future__ import annotations

import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest
from clients import are_gone, workers_of

from oqtopus_experiments_processes import Processes, _executor, _process, cores

SLEEPER = """
import time
from oqtopus_experiments_processes import Processes
if __name__ == "__main__":
    with Processes(workers=1).open() as executor:
        executor.submit(time.time).result()
        print("begun", flush=True)
        executor.submit(time.sleep, 600).result()
"""


@pytest.fixture(scope="module")
def executor():
    with Processes(workers=2).open() as opened:
        yield opened


def test_calls_are_done_elsewhere_and_errors_come_back_with_the_line_that_raised_them(executor):
    assert list(executor.map(math.factorial, range(6))) == [1, 1, 2, 6, 24, 120]
    assert executor.submit(os.getpid).result() != os.getpid()
    with pytest.raises(ValueError, match="factorial") as raised:
        executor.submit(math.factorial, -1).result()
    assert any("Traceback" in note for note in raised.value.__notes__)
    with pytest.raises(SystemExit):
        executor.submit(sys.exit, 3).result()
    assert executor.submit(math.sqrt, 4.0).result() == 2.0


def test_a_call_that_was_cancelled_before_its_turn_is_not_done(executor):
    under_way = [executor.submit(time.sleep, 0.5) for _ in range(2)]
    waiting = executor.submit(time.sleep, 600)

    assert waiting.cancel()
    for future in under_way:
        future.result(30)
    assert executor.submit(math.sqrt, 9.0).result(30) == 3.0


def test_nothing_is_taken_after_the_end():
    with Processes(workers=1).open() as opened:
        done = opened.submit(math.sqrt, 16.0)
    assert done.result(0) == 4.0
    with pytest.raises(RuntimeError, match="after shutdown"):
        opened.submit(math.sqrt, 1.0)


def test_what_has_not_begun_may_be_cancelled_after_the_end_was_asked_for():
    opened = _executor.ProcessExecutor(1)
    under_way, waiting = opened.submit(time.sleep, 0.5), opened.submit(time.sleep, 600)
    opened.shutdown(wait=False)
    ending = threading.Thread(target=opened.shutdown, kwargs={"cancel_futures": True}, daemon=True)
    ending.start()
    ending.join(15)
    assert not ending.is_alive()
    assert under_way.done()
    assert waiting.cancelled()


def lines_open():
    return sorted(Path("/proc/self/fd").iterdir())


def test_a_process_that_cannot_begin_leaves_nothing_and_the_next_call_begins_another(monkeypatch):
    monkeypatch.setattr(_executor, "TRIES", 1)
    refused, real = [], SpawnProcess.start

    def start(process):
        if not refused:
            refused.append(process)
            raise BlockingIOError(11, "Resource temporarily unavailable")
        real(process)

    monkeypatch.setattr(SpawnProcess, "start", start)
    with Processes(workers=1).open() as opened:
        before = lines_open()
        with pytest.raises(BrokenExecutor, match=r"no process begins: .*Resource temporarily unavailable"):
            opened.submit(math.sqrt, 4.0).result(30)
        assert lines_open() == before
        assert opened.submit(math.sqrt, 4.0).result(30) == 2.0


def test_a_process_that_says_nothing_more_is_ended_and_not_said_to_have_ended_by_itself():
    process = _process.WorkerProcess()
    call = pickle.dumps(partial(math.sqrt, 4.0))
    assert process.call(call) == 2.0
    pid = process._process.pid
    os.kill(pid, signal.SIGSTOP)  # it cannot even see that its line is closed
    process._line.close()
    with pytest.raises(_process.LostError, match="without an answer, and was ended"):
        process.call(call)
    assert are_gone([pid], 20)
    assert process.call(call) == 2.0
    process.end()


def test_a_process_in_the_middle_of_a_long_call_ends_with_a_client_that_is_killed(tmp_path):
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    with subprocess.Popen([sys.executable, "sleeper.py"], cwd=tmp_path, stdout=subprocess.PIPE) as client:
        assert client.stdout.readline() == b"begun\n"
        workers = workers_of(client.pid)
        assert len(workers) == 1
        client.kill()

    assert are_gone(workers, 20)


def test_a_script_without_its_guard_is_told_what_to_write(tmp_path):
    (tmp_path / "bare.py").write_text(SLEEPER.replace('if __name__ == "__main__":', "if True:"))
    done = subprocess.run([sys.executable, "bare.py"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert 'below `if __name__ == "__main__":`' in done.stderr.splitlines()[-1]


def test_there_are_as_many_as_this_process_may_use():
    with ThreadPoolExecutor(1) as executor:
        assert Processes().pieces_at_once(executor) == cores() == len(os.sched_getaffinity(0))
        assert Processes(workers=3).pieces_at_once(executor) == 3


@pytest.mark.parametrize(
    ("allowed", "workers", "each"),
    [(None, 1, 8), (None, 2, 4), (None, 3, 2), (None, 8, 1), (None, 20, 1), ("1", 2, 1), ("3", 2, 3), ("16,2", 4, 2)],
)
def test_workers_share_the_cores_of_their_computer_within_what_the_user_allows(allowed, workers, each, monkeypatch):
    monkeypatch.setattr("oqtopus_experiments.spreading._cores.cores", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", allowed) if allowed else monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "5")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    before = dict(os.environ)

    with Processes(workers=workers).open() as executor:
        found = list(executor.map(os.getenv, ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")))

    assert found == [str(each), str(each), "5"]
    assert dict(os.environ) == before
