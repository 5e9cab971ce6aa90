"""Ctrl-C, twice within ten milliseconds, at any moment of a run: a sentence, exit code 130, and a way on."""

from __future__ import annotations

import contextlib
import os
import pty
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, str(Path(__file__).with_name("slow_queue.py"))]
POINTS = 8
RUN = f"""\
shots = 100
backend = "slow"
[[experiments]]
use = "ramp"
points = {POINTS}
analyzer = "thinking"
"""
LATER = [random.Random(number).uniform(0, 0.8) for number in range(2)]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "run.toml").write_text(RUN)
    return tmp_path


def wait_for(file: Path):
    until = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < until
        time.sleep(0.002)


def press_twice(process):
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)


def assert_goes_on_to_its_end(folder: Path):
    done = subprocess.run([*PROGRAM, "resume", "latest"], cwd=folder, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert f"ramp: {POINTS} of {POINTS} circuits" in done.stdout
    submitted = (folder / "service").read_text().split()
    assert len(submitted) == len(set(submitted)) <= POINTS


@pytest.mark.parametrize(("moment", "later"), [
    ("ready", 0.0), ("submitting", 0.0), ("submitting", 0.07), ("waiting", 0.0), ("waiting", 0.07), ("writing", 0.05),
    *(("ready", later) for later in LATER),
])  # fmt: skip
def test_two_presses_in_a_row_are_one_at_any_moment(folder, moment, later):
    with subprocess.Popen([*PROGRAM, "run", "run.toml"], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # fmt: skip
        wait_for(folder / moment)
        time.sleep(later)
        press_twice(process)
        _, errors = process.communicate(timeout=60)

    assert "Traceback" not in errors
    assert "Exception ignored" not in errors
    if process.returncode == 0:  # it had ended
        assert (folder / "writing").exists()
        return
    assert process.returncode == 130
    assert errors.count("interrupted") == 1
    if list(folder.glob("runs/*/run.json")):
        assert_goes_on_to_its_end(folder)


@contextlib.contextmanager
def on_a_terminal(folder):
    """Start a run on a terminal of its own; yields the process and our end."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([*PROGRAM, "run", "run.toml"], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs,
                          start_new_session=True) as process:  # fmt: skip
        os.close(theirs)
        try:
            yield process, ours
        finally:
            process.kill()
            os.close(ours)


@pytest.mark.parametrize(("answer", "told"), [(b"", b"the jobs go on"), (b"y\n", b"interrupted again")])
def test_another_press_at_the_question_or_while_cancelling_leaves_the_jobs_alone(folder, answer, told):
    with on_a_terminal(folder) as (process, terminal):
        wait_for(folder / "waiting")
        press_twice(process)
        shown = read_until(terminal, b"Otherwise they go on [")
        os.write(terminal, answer)
        time.sleep(0.7)  # another press, not the same
        press_twice(process)
        shown += read_until(terminal, b"go on with: oqx resume")
        assert process.wait(timeout=60) == 130
    assert b"Traceback" not in shown
    assert told in shown


@pytest.mark.parametrize(("answer", "told"), [(b"\n", b"the jobs go on"), (b"y\n", b"jobs cancelled")])
def test_enter_at_the_question_cancels_nothing(folder, answer, told):
    with on_a_terminal(folder) as (process, terminal):
        wait_for(folder / "waiting")
        process.send_signal(signal.SIGINT)
        shown = read_until(terminal, b"Otherwise they go on [")
        os.write(terminal, answer)
        shown += read_until(terminal, b"go on with: oqx resume")
        assert process.wait(timeout=60) == 130
    assert told in shown
    assert (b"jobs cancelled" in shown) == (answer == b"y\n")


def read_until(terminal, wanted):
    shown = b""
    while wanted not in shown:
        if not select.select([terminal], [], [], 60)[0]:  # a program that asks nothing must not be waited for
            break
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        shown += chunk
    assert wanted in shown, shown
    return shown


def test_a_press_while_threads_are_waited_for_ends_the_process_at_once(tmp_path):
    code = (
        "import signal, sys, threading, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from oqtopus_experiments.cli import program\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "sys.argv = ['oqx', '--version']\n"
        "program()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        time.sleep(0.3)
        press_twice(process)
        _, errors = process.communicate(timeout=30)

    assert process.returncode == 0  # what it had come to
    assert errors == b""


def test_a_press_that_strikes_in_a_destructor_is_not_lost(tmp_path):
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from oqtopus_experiments.cli import _commands as commands, program\n"
        "class Dying:\n"
        "    def __del__(self):\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "        time.sleep(0.01)\n"
        "def command(*_, **__):\n"
        "    Dying()\n"
        "    time.sleep(20)\n"
        "commands.runs.callback = command\n"
        "sys.argv = ['oqx', 'runs']\n"
        "program()\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=15, check=False)

    assert done.returncode == 130
    assert done.stderr.strip() == "interrupted"
