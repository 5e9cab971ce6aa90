"""The hardware path as a person meets it: one line of a file, and a way back from everything."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from lines import Line, response, seconds_of
from small_run import SMALL

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "characterize.toml"


def _run_folder(output):
    return Path(output.split("run folder: ")[1].splitlines()[0])


def test_the_main_example_runs_on_hardware_by_changing_one_line(account, oqx, tmp_path):
    emulator = account()
    changed = tmp_path / "characterize.toml"
    text = EXAMPLE.read_text()
    assert text.count('\nbackend = "noisy"\n') == 1
    changed.write_text(text.replace('\nbackend = "noisy"\n', '\nbackend = "oqtopus"\n'))
    code, output, _ = oqx("run", changed)
    assert code == 0
    assert "rabi: 30 of 30 circuits" in output
    assert "t1: 36 of 36 circuits" in output
    assert output.count("good") >= 3
    assert (_run_folder(output) / "t1" / "figure.png").stat().st_size > 0
    assert emulator.stats()["requests"]["submit"] == 66


def test_plan_and_check_need_no_account(oqx, small):
    code, output, _ = oqx("plan", small)
    assert code == 0
    assert "6" in output
    assert oqx("check", small)[0] == 0


def test_a_plan_is_made_for_the_calibration_of_the_device_and_says_how_many_jobs_wait(account, oqx, small):
    emulator = account(manual=True)
    oqx("run", small, "--timeout", "1")  # six jobs that nobody runs
    code, output, errors = oqx("plan", small)
    assert code == 0
    assert "contrast = " in output
    assert "(as calibrated)" in output
    assert "device: anemone (" in output
    assert ", 6 jobs waiting" in output
    assert errors.startswith("oqtopus: rabi: the device makes rx of other gates")
    assert emulator.stats()["requests"]["submit"] == 6


def test_check_says_which_gates_of_the_device_were_left_out(account, oqx, small, gateway, monkeypatch):
    def meddle(method, path, ask):
        answer = ask()
        if path.startswith("/devices"):
            answer.body = answer.body.replace(b'"basis_gates":["sx"', b'"basis_gates":["warp","ccx","sx"')
        return answer

    front = gateway(account(), meddle)
    monkeypatch.setenv("OQTOPUS_URL", front.url)
    code, output, errors = oqx("check", small)
    assert code == 0
    assert "is fine" in output
    assert "gates left out" in errors
    assert "'warp', 'ccx'" in errors
    assert "left out" in oqx("device", "anemone")[2]
    assert oqx("run", small)[0] == 0


def test_timeout_leaves_the_jobs_and_prints_the_way_back(account, oqx, small):
    emulator = account(manual=True)
    code, output, errors = oqx("run", small, "--timeout", "2")
    folder = _run_folder(output)
    assert code == 1
    assert "time is up with 6 of 6 circuits outstanding" in errors
    assert f"oqx resume {folder}" in errors
    jobs = json.loads(oqx("jobs", folder, "--json")[1])
    assert [job["status"] for job in jobs] == 6 * ["submitted"]
    for job in jobs:
        while emulator.advance(job["job_id"]) != "succeeded":
            pass
    code, output, _ = oqx("resume", folder.name)
    assert code == 0
    assert "rabi: 6 of 6 circuits" in output
    assert emulator.stats()["requests"]["submit"] == 6


def test_timeout_ends_a_submission_to_a_service_that_answers_slowly_and_resume_submits_the_rest(
    account, oqx, small, gateway, monkeypatch
):
    small.write_text(small.read_text().replace("amplitude_points = 6", "amplitude_points = 160"))
    sent, ended = threading.Event(), threading.Event()

    def slowly(_method, path, ask):
        if sent.is_set():  # from the first submission on, however long a busy machine took until then
            ended.wait(0.2)
        if path.endswith("/submit"):
            sent.set()
        return ask()

    emulator = account()
    usual = seconds_of(lambda: oqx("plan", small))
    monkeypatch.setenv("OQTOPUS_URL", gateway(emulator, slowly).url)
    started = time.monotonic()
    code, output, errors = oqx("run", small, "--timeout", "4")
    took = time.monotonic() - started
    submitted = emulator.stats()["requests"]["submit"]
    assert code == 1
    assert "the time is up" in errors or "given up" in errors
    assert 0 < submitted < 160
    assert took < 4.0 + 1.0 + 2.0 + usual  # all of them take twice as long; two are for a busy machine
    ended.set()
    code, output, _ = oqx("resume", _run_folder(output))
    assert code == 0
    assert "rabi: 160 of 160 circuits" in output
    # A request that was given up may still arrive, and be made again: what counts is that no job ran twice.
    assert [job["runs"] for job in emulator.stats()["jobs"].values() if job["runs"]] == 160 * [1]


def test_cancel_stops_the_jobs_of_a_run_and_resume_collects_the_rest(account, oqx, small):
    emulator = account(manual=True)
    folder = _run_folder(oqx("run", small, "--timeout", "2")[1])
    first = json.loads(oqx("jobs", folder, "--json")[1])[0]["job_id"]
    while emulator.advance(first) != "succeeded":
        pass
    code, output, _ = oqx("cancel", folder)
    assert code == 0
    assert "5 jobs cancelled" in output
    assert "5 cancelled, 1 succeeded" in oqx("jobs", folder)[1]
    code, output, _ = oqx("resume", folder)
    assert "rabi: 1 of 6 circuits, 5 without counts (the job was cancelled)" in output


def test_devices_and_one_device_are_shown(account, oqx, tmp_path):
    account()
    code, output, _ = oqx("devices")
    assert code == 0
    assert "anemone" in output
    assert "available" in output
    snapshot = tmp_path / "anemone.json"
    code, output, _ = oqx("device", "anemone", "--save", snapshot)
    assert code == 0
    assert "(0)· · ·(1)" in output
    assert "33.87" in output  # T1 of qubit 0, us
    assert json.loads(snapshot.read_text())["qubits"][0]["t1"] == 33870.0
    code, _, errors = oqx("device", "qulacs")
    assert "not measured: qulacs is a simulator" in errors


def test_the_twin_is_shown_beside_what_was_measured(account, oqx, tmp_path):
    account()
    file = tmp_path / "t1.toml"
    file.write_text('backend = "oqtopus"\n[[experiments]]\nuse = "t1"\nphysical_qubits = [0, 3]\ndelay_points = 12\n')
    code, output, _ = oqx("run", file, "--compare-with-twin")
    assert code == 0
    lines = [line for line in output.splitlines() if "twin of anemone" in line]
    assert [line.split(":")[1].strip() for line in lines] == ["qubit 0", "qubit 3"]
    assert all(float(line.split(", ")[-1].split(" sigma")[0]) < 4.5 for line in lines)
    folder = _run_folder(output)
    assert (folder / "t1" / "twin.png").stat().st_size > 10_000
    head, *rows = (folder / "t1" / "twin.csv").read_text().splitlines()
    assert "exact_signal" in head
    assert len(rows) == 2 * 12
    code, _, errors = oqx("run", file, "--backend", "qulacs", "--compare-with-twin")
    assert code == 1
    assert "has no devices to describe" in errors


# What is wrong; how; what the error says; the exit code.
BAD = {
    "no credentials": (lambda env: [env.delenv("OQTOPUS_URL"), env.delenv("OQTOPUS_API_TOKEN")], "no OQTOPUS URL", 1),
    "no token": (lambda env: env.delenv("OQTOPUS_API_TOKEN"), "no OQTOPUS API token", 1),
    "malformed token": (lambda env: env.setenv("OQTOPUS_API_TOKEN", "no-dot"), "must be ID.SECRET", 1),
    "wrong token": (lambda env: env.setenv("OQTOPUS_API_TOKEN", "some.body"), "refused the API token", 1),
    "plain http": (lambda env: env.setenv("OQTOPUS_URL", "http://cloud.example"), "unencrypted", 2),
    "no address": (lambda env: env.setenv("OQTOPUS_URL", "cloud.example"), "must look like https://host/path", 2),
    "unknown profile": ("profile = 'lab'", "no profile 'lab'", 2),
    "unknown device": ("device = 'anemon'", "no device 'anemon' for this account", 1),
    "misspelt option": ("devise = 'anemone'", "did you mean 'device'", 2),
    "option out of range": ("parallel = 0", "parallel", 2),
    "impossible combination": ("mitigate_readout = true\ntranspiler = 'service'", "needs transpiler='local'", 2),
    "no such qubit": ("[[experiments]]\nuse = 't1'\nphysical_qubit = 99", "has no qubit 99", 1),
    "name too long": (f"[[experiments]]\nuse = 't1'\nname = '{'n' * 300}'", "of 256 characters", 2),
    "delay off the clock": ("[[experiments]]\nuse = 't1'\ndelay_step = 0", "not a multiple of the 2 ns step", 1),
    "service away": ("url = 'http://127.0.0.1:9'\ntoken = 'a.b'\nretry_budget = 0", "no complete answer", 1),
}


def _strange(tmp_path, url, extra=""):
    file = tmp_path / "strange.toml"
    file.write_text(SMALL.replace("[backends.oqtopus]", f"[backends.oqtopus]\nurl = '{url}'\n{extra}"))
    return file


def test_no_command_sends_the_token_where_a_strangers_file_or_folder_says(account, oqx, small, tmp_path):
    emulator = account(manual=True)
    folder = _run_folder(oqx("run", small, "--timeout", "2")[1])
    with Line(lambda _, send: send(response(b"[]"))) as stranger:
        file = folder / "run.json"
        text = file.read_text()
        assert '"url": null' in text
        file.write_text(text.replace('"url": null', f'"url": "{stranger.url}"'))
        commands = [(name, folder) for name in ("resume", "jobs", "cancel")]
        commands += [("run", _strange(tmp_path, stranger.url)), ("check", _strange(tmp_path, stranger.url))]
        commands += [("run", small, "--set", f"backends.oqtopus.url={stranger.url}")]
        commands += [("run", _strange(tmp_path, emulator.url, f"proxy = '{stranger.url}'"))]
        for command in commands:
            code, _, errors = oqx(*command)
            assert code == (0 if command[0] == "check" else 1), command
            assert "is not sent" in errors, command
            assert emulator.token not in errors
        assert stranger.requests == []


@pytest.mark.parametrize(("answer", "sent"), [(b"y\n", True), (b"n\n", False), (b"\n", False)])
def test_on_a_terminal_a_person_is_asked_before_the_token_goes_to_another_host(account, tmp_path, answer, sent):
    emulator = account()
    with Line(lambda _, send: send(response(b"[]"))) as stranger:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-c", _PROGRAM, "check", str(_strange(tmp_path, stranger.url))]
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
            os.write(ours, answer)
            try:
                process.wait(timeout=60)
            finally:
                process.kill()
        os.close(theirs)
        shown = _drain(ours).decode()
        assert any(emulator.token.encode() in request for request in stranger.requests) == sent
    assert f"Send it to {stranger.url} all the same? [y/N]" in shown
    assert emulator.url in shown
    assert emulator.token not in shown


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_told_before_anything_is_submitted(account, oqx, tmp_path, monkeypatch, case):
    emulator = account()
    spoil, said, expected = BAD[case]
    options, experiment = "", ""
    if callable(spoil):
        spoil(monkeypatch)
    elif spoil.startswith("[["):
        experiment = spoil
    else:
        options = spoil
    file = tmp_path / "bad.toml"
    file.write_text(SMALL.replace("[backends.oqtopus]", f"[backends.oqtopus]\n{options}") + experiment)
    code, output, errors = oqx("run", file)
    assert code == expected, errors
    assert said in errors
    assert "Traceback" not in output + errors
    assert emulator.token not in output + errors
    assert emulator.stats()["jobs"] == {}
    assert not Path("runs").exists()


# A shell that runs the tests in the background lets its children ignore Ctrl-C; a person's terminal does not.
_PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from oqtopus_experiments.cli import main
main()
"""


@contextlib.contextmanager
def _start(file, emulator, **options):
    environment = {**os.environ, "OQTOPUS_URL": emulator.url, "OQTOPUS_API_TOKEN": emulator.token}
    command = [sys.executable, "-c", _PROGRAM, "run", str(file)]
    with subprocess.Popen(command, env=environment, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()  # a test that fails must not wait for a run that nobody ends


def _wait_until_submitted(emulator, count):
    until = time.monotonic() + 30
    while emulator.stats()["requests"].get("submit", 0) < count or not emulator.stats()["requests"].get("list"):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_ctrl_c_without_a_terminal_leaves_the_jobs_running(start, small):
    emulator = start(manual=True)
    with _start(small, emulator, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _wait_until_submitted(emulator, 6)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"the jobs go on" in errors
    assert b"oqx resume runs/" in errors
    assert b"Traceback" not in errors
    assert {job["status"] for job in emulator.stats()["jobs"].values()} == {"submitted"}


@pytest.mark.parametrize(("answer", "status"), [(b"y\n", "cancelled"), (b"n\n", "submitted")])
def test_ctrl_c_on_a_terminal_asks_once_what_becomes_of_the_jobs(start, small, answer, status):
    emulator = start(manual=True)
    ours, theirs = pty.openpty()
    with _start(small, emulator, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        _wait_until_submitted(emulator, 6)
        process.send_signal(signal.SIGINT)
        os.write(ours, answer)
        assert process.wait(timeout=60) == 130
    os.close(theirs)
    shown = _drain(ours)
    assert shown.count(b"Cancel the jobs at the service?") == 1
    assert b"oqx resume" in shown
    assert {job["status"] for job in emulator.stats()["jobs"].values()} == {status}


def _drain(terminal):
    shown = b""
    try:
        while chunk := os.read(terminal, 65536):
            shown += chunk
    except OSError:  # the other end is closed: how a terminal says end of file
        pass
    finally:
        os.close(terminal)
    return shown
