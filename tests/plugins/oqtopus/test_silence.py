"""A service that does not answer: somebody is told, sparsely, and everything ends in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from lines import Line, dripping, response, seconds_of

from oqtopus_experiments import BackendError
from oqtopus_experiments.contracts.deadline import GRACE, within
from oqtopus_experiments_oqtopus import OqtopusBackend, _waiting as retrying
from oqtopus_experiments_oqtopus._answers import TransientError
from oqtopus_experiments_oqtopus._waiting import Patience

TOKEN = "alice.s3cr3t"  # noqa: S105  # made up


def _backend(line, **options):
    return OqtopusBackend("d", url=line.url, token=TOKEN, **options)


def test_after_some_silence_it_is_told_what_is_tried_how_often_until_when_and_that_ctrl_c_is_safe(monkeypatch, caplog):
    assert retrying.FIRST_REMARK == 3.0
    monkeypatch.setattr(retrying, "FIRST_REMARK", 0.2)
    with dripping("nothing") as line, pytest.raises(BackendError, match="given up"):
        _backend(line, request_timeout=0.4, retry_budget=1.5).devices()
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(told) == 1  # not again for half a minute
    assert f"GET /devices at {line.url}, attempt 1, tried until " in told[0]
    assert "Ctrl-C is safe" in told[0]
    assert TOKEN not in caplog.text


def test_it_is_told_again_and_pauses_between_attempts_are_told_too(monkeypatch, caplog):
    monkeypatch.setattr(retrying, "FIRST_REMARK", 0.1)
    monkeypatch.setattr(retrying, "NEXT_REMARK", 0.3)
    busy = response(b"{}", "503 Away", "Retry-After: 1\r\n")
    with Line(lambda _, send: send(busy)) as line, pytest.raises(BackendError):
        _backend(line, retry_budget=1.6).devices()
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert 2 <= len(told) <= 6
    assert "attempt 1" in told[0]


def test_many_workers_that_wait_make_one_remark(monkeypatch, caplog):
    monkeypatch.setattr(retrying, "FIRST_REMARK", 0.1)
    patience, never = Patience(0.6), threading.Event()

    def ask():
        retrying.trial().wait(never, 1.0)
        raise TransientError("away")

    def call():
        with pytest.raises(BackendError):
            patience.call(ask)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([record for record in caplog.records if "no answer" in record.getMessage()]) == 1


def test_a_service_that_answers_is_told_nothing_about(monkeypatch, caplog):
    monkeypatch.setattr(retrying, "FIRST_REMARK", 5.0)
    with Line(lambda _, send: send(response(b"[]"))) as line:
        assert _backend(line).devices() == []
    assert caplog.records == []


@pytest.mark.parametrize("question", ["devices", "device_info", "notes"])
def test_a_question_about_devices_is_given_up_after_its_own_time(monkeypatch, question):
    import oqtopus_experiments_oqtopus as plugin

    assert plugin._ASKING == 30.0
    monkeypatch.setattr(plugin, "_ASKING", 1.0)

    def ask(line):
        with pytest.raises(BackendError, match=r"given up|the time is up"):
            getattr(_backend(line), question)()

    with dripping("headers") as line:
        assert seconds_of(lambda: ask(line)) < 5


def test_past_a_deadline_a_second_is_left_for_all_questions_together_also_for_those_that_are_answered():
    patience, asked = Patience(300), []
    started = time.monotonic()

    def ask_again_and_again():
        while time.monotonic() < started + 30:
            patience.call(lambda: asked.append(time.sleep(0.2)))

    with within(0), pytest.raises(BackendError, match="the time is up"):
        ask_again_and_again()
    assert 1 <= len(asked) <= 6
    assert time.monotonic() - started < GRACE + 1.0
    assert patience.call(lambda: 1) == 1


def test_past_a_deadline_what_is_not_answered_is_given_up_within_that_second():
    def unanswered():
        raise TransientError("away")

    started = time.monotonic()
    with within(0), pytest.raises(BackendError, match="given up"):
        Patience(300).call(unanswered)
    assert time.monotonic() - started < GRACE + 1.0


def test_a_deadline_within_another_ends_no_later():
    with within(5) as outer, within(100) as inner:
        assert inner is outer
    with within(100), within(5) as inner:
        assert inner.left() <= 5
        assert 5 < inner.allowance() <= 5 + GRACE
    with within(0) as over:
        assert over.left() == 0
        assert 0 < over.allowance() <= GRACE


RUN_FILE = """
shots = 50
backend = "oqtopus"
[backends.oqtopus]
device = "anemone"
[[experiments]]
use = "rabi"
amplitude_points = 6
[[experiments]]
use = "t1"
delay_points = 6
"""
_PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "import oqtopus_experiments_oqtopus as plugin; plugin._ASKING = float({asking!r})\n"
    "from oqtopus_experiments.cli import program; program()"
)


def _command(arguments, line, asking=30.0):
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM.format(asking=asking), *map(str, arguments)],
        env={**os.environ, "OQTOPUS_URL": line.url, "OQTOPUS_API_TOKEN": TOKEN},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def _ended(process, seconds=120):
    try:
        _, errors = process.communicate(timeout=seconds)
    finally:
        process.kill()
    return process.returncode, errors


@pytest.fixture
def files(tmp_path, start, backend_for):
    """A run file, and the folder of a run whose jobs are under way at a service that is gone by now."""
    from oqtopus_experiments_rabi import Rabi

    file = tmp_path / "run.toml"
    file.write_text(RUN_FILE)
    emulator = start(manual=True)
    handle = Rabi(amplitude_points=6).submit(backend_for(emulator), shots=10, runs=tmp_path)
    emulator.stop()
    record = handle.folder / "run.json"
    record.write_text(record.read_text().replace(f'"{emulator.url}"', "null").replace("30.0", "300.0"))
    return {"file": file, "folder": handle.folder}


@pytest.fixture
def refusing():
    with Line(lambda _, send: send(response(b'{"message": "no"}', "400 Bad Request"))) as line:
        yield line


@pytest.mark.parametrize("way", ["body", "continue"])
@pytest.mark.parametrize("command", ["run", "resume"])
def test_timeout_ends_a_command_at_a_server_that_drips(files, refusing, command, way):
    target = files["file"] if command == "run" else files["folder"]
    usual = seconds_of(lambda: _ended(_command([command, target], refusing)))
    with dripping(way) as line:
        started = time.monotonic()
        code, errors = _ended(_command([command, target, "--timeout", "5"], line))
        took = time.monotonic() - started
    assert code == 1, errors
    assert "Traceback" not in errors
    assert took < 7 + usual


@pytest.mark.parametrize("command", ["devices", "device", "jobs", "cancel", "check", "plan"])
def test_a_command_without_a_timeout_ends_by_its_own_deadline(files, refusing, command):
    target = {"devices": [], "device": ["anemone"], "check": [files["file"]], "plan": [files["file"]]}.get(
        command, [files["folder"]]
    )
    usual = seconds_of(lambda: _ended(_command([command, *target], refusing)))
    with dripping("chunks") as line:
        started = time.monotonic()
        code, errors = _ended(_command([command, *target], line, asking=2.0))
        took = time.monotonic() - started
    assert code == (0 if command in ("check", "plan") else 1), errors
    assert "Traceback" not in errors
    assert took < 2.0 + GRACE + 2.0 + usual


@pytest.mark.parametrize("command", ["run", "devices", "jobs"])
def test_one_ctrl_c_ends_a_command_that_waits_for_a_server_that_drips(files, command):
    target = {"run": [files["file"]], "jobs": [files["folder"]]}.get(command, [])
    with dripping("headers") as line:
        process = _command([command, *target], line)
        until = time.monotonic() + 60
        while not line.requests and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        code, errors = _ended(process)
        took = time.monotonic() - started
    assert code == 130, errors
    assert "Traceback" not in errors
    bare = seconds_of(lambda: subprocess.run([sys.executable, "-c", "import numpy"], check=True))
    assert took < 1.0 + 2 * bare  # what a busy machine costs: one process takes about 0.1 s on an idle one
