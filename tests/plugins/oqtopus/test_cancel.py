"""After `cancel` has returned nothing more is submitted: by no process, no retry, no second attempt."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import Batch, Counts, Failure, JobError, MemoryJournal
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments_oqtopus import _polling_interval as polling
from oqtopus_experiments_oqtopus._job_registry import JobRegistry

RUN = """
shots = 20
backend = "oqtopus"
[backends.oqtopus]
parallel = 2
[[experiments]]
use = "rabi"
amplitude_points = 40
[[experiments]]
use = "t1"
delay_points = 20
"""
_PROGRAM = "from oqtopus_experiments.cli import main; main()"


def _batch(number):
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    return Batch((circuit,) * number, 10, (0,), "idle")


def _oqx(emulator, *arguments):
    environment = {**os.environ, "OQTOPUS_URL": emulator.url, "OQTOPUS_API_TOKEN": emulator.token}
    command = [sys.executable, "-c", _PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _submissions(emulator):
    return [job["submissions"] for job in emulator.stats()["jobs"].values() if job["submissions"]]


def _wait_for(condition):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_cancel_stops_a_run_that_is_still_submitting_and_the_run_says_so(start, tmp_path):
    emulator = start(manual=True, latency=0.05)
    file = tmp_path / "run.toml"
    file.write_text(RUN)
    with _oqx(emulator, "run", file) as running:
        _wait_for(lambda: len(_submissions(emulator)) >= 3)
        (folder,) = Path("runs").iterdir()
        with _oqx(emulator, "cancel", folder) as cancelling:
            output, errors = cancelling.communicate(timeout=60)
        assert cancelling.returncode == 0, errors
        submitted = len(_submissions(emulator))
        requests = emulator.stats()["requests"]
        assert 3 <= submitted < 40
        told, errors = running.communicate(timeout=60)
    assert running.returncode == 1
    assert f"oqx resume {folder} --failed" in errors
    assert "cancelled" in told + errors
    after = emulator.stats()["requests"]
    assert {name: after[name] for name in ("submit", "register", "upload")} == {
        name: requests[name] for name in ("submit", "register", "upload")
    }
    assert {job["status"] for job in emulator.stats()["jobs"].values()} == {"cancelled"}
    # Whoever submits looks once more after each submission, and may be the first to cancel it.
    numbers = re.findall(r"(\d+) (?:jobs cancelled|cancelled before)", output)
    assert sum(map(int, numbers)) == submitted
    with _oqx(emulator, "resume", folder) as resumed:
        resumed.communicate(timeout=60)
    assert len(_submissions(emulator)) == submitted


def test_a_submission_under_way_is_waited_for_and_its_lost_answer_not_followed_by_another(
    start, backend_for, gateway, tmp_path
):
    """The service takes the job, the answer is lost, and the retry comes after the run was cancelled."""
    emulator = start(manual=True)
    reached, answered = threading.Event(), []

    def slow(method, path, ask):
        if method == "POST" and path.endswith("/submit"):
            answer = ask()
            reached.set()
            time.sleep(0.4)
            answered.append(time.monotonic())
            answer.status = 502
            return answer
        return ask()

    backend = backend_for(gateway(emulator, slow), "qulacs", parallel=1)
    opened = []

    def run():
        with ExperimentJournal(tmp_path / "idle").writing() as section:
            opened.append(backend.open(_batch(4), section))

    known_before = ExperimentJournal(tmp_path / "idle")  # as whoever cancels read it, a moment too early
    thread = threading.Thread(target=run)
    thread.start()
    reached.wait(30)
    assert backend_for(emulator, "qulacs").cancel(known_before) == 1
    returned = time.monotonic()
    assert len(answered) == 1
    assert answered[0] <= returned
    thread.join()
    assert _submissions(emulator) == [1]
    results = {o.index: o.result for o in opened[0].outcomes(timeout=20)}
    assert all(isinstance(result, Failure) for result in results.values())


def test_a_failed_job_is_not_sent_again_after_cancel(start, backend_for):
    emulator = start(manual=True, faults=["run:fail"])
    journal = MemoryJournal()
    backend = backend_for(emulator, "qulacs", resubmit_failed=3, poll_interval=0.05)
    job = backend.open(_batch(2), journal)
    assert backend.cancel(journal) == 2
    results = {o.index: o.result for o in job.outcomes(timeout=20)}
    assert {result.reason for result in results.values()} == {"the job was cancelled"}
    assert len(_submissions(emulator)) == 2
    assert backend.open(_batch(2), journal).status() == "cancelled"
    assert len(_submissions(emulator)) == 2


def test_cancel_before_anything_was_submitted_keeps_all_of_it_from_being_submitted(start, backend_for):
    emulator = start()
    journal = MemoryJournal()
    journal.gate.close()
    results = [o.result for o in backend_for(emulator, "qulacs").open(_batch(3), journal).outcomes(timeout=20)]
    assert all("never submitted" in result.reason for result in results)
    assert emulator.stats()["jobs"] == {}


def test_without_locks_what_was_submitted_meanwhile_is_cancelled_by_whoever_submitted_it(
    start, backend_for, gateway, tmp_path, monkeypatch
):
    import fcntl

    def refuse(*_):
        raise OSError(errno.ENOLCK, "no locks here")

    emulator = start(manual=True)
    section = ExperimentJournal(tmp_path / "idle")

    def closing(method, path, ask):
        answer = ask()
        if method == "POST" and path.endswith("/submit"):
            section.gate.close(0.0)  # by a process that cannot wait for this request
        return answer

    monkeypatch.setattr(fcntl, "flock", refuse)
    backend = backend_for(gateway(emulator, closing), "qulacs", parallel=1)
    with section.writing():
        backend.open(_batch(3), section)
    assert [job["status"] for job in emulator.stats()["jobs"].values()] == ["cancelled"]


def test_a_running_collection_notices_that_the_run_was_cancelled(start, backend_for, tmp_path, monkeypatch):
    monkeypatch.setattr(polling, "FIRST", 1000.0)
    emulator = start(manual=True)
    section = ExperimentJournal(tmp_path / "idle")
    backend = backend_for(emulator, "qulacs", poll_interval=1000.0)
    with section.writing():
        job = backend.open(_batch(3), section)
        first = JobRegistry(section).jobs[0].job_id
        while emulator.advance(first) != "succeeded":
            pass
        arrived = []

        def stop():
            _wait_for(lambda: arrived)
            time.sleep(1.0)  # the collection waits for its next look, which is long hence
            assert backend_for(emulator, "qulacs").cancel(ExperimentJournal(tmp_path / "idle")) == 2

        other = threading.Thread(target=stop)
        other.start()
        for outcome in job.outcomes(timeout=30):
            arrived += [outcome]  # the other thread looks on
        other.join()
    results = {outcome.index: outcome.result for outcome in arrived}
    assert isinstance(results[0], Counts)
    assert results[1].reason == results[2].reason == "the job was cancelled"


def _register(emulator):
    import http.client

    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=30)
    connection.request("POST", "/jobs", headers={"q-api-token": emulator.token})
    job_id = json.loads(connection.getresponse().read())["job_id"]
    connection.close()
    return job_id


def _list(emulator):
    import http.client

    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=30)
    connection.request("GET", "/jobs", headers={"q-api-token": emulator.token})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def test_a_registered_job_without_input_is_reported_and_cleared(start, backend_for):
    emulator = start(manual=True)
    backend = backend_for(emulator, "qulacs")
    journal = MemoryJournal()
    backend.open(_batch(2), journal)
    current, behind = _register(emulator), _register(emulator)
    journal.append({"index": 1, "job_id": behind, "attempt": 0})
    journal.append({"index": 1, "job_id": current, "attempt": 0})
    states = backend.jobs(journal)
    assert [(s.index, s.status) for s in states] == [(0, "submitted"), (1, "registered"), (1, "registered")]
    assert all("its input never arrived" in s.detail for s in states[1:])
    assert backend.cancel(journal) == 2  # the first, and the second circuit's first job
    status, listed = _list(emulator)
    assert status == 200
    assert {job["job_id"] for job in listed}.isdisjoint({current, behind})
    assert "registered" not in {state.status for state in backend.jobs(journal)}


def test_a_job_that_cannot_be_cancelled_does_not_keep_the_others_from_it(start, backend_for, gateway):
    emulator = start(manual=True)
    stubborn = []

    def refusing(method, path, ask):
        answer = ask() if not (stubborn and path == f"/jobs/{stubborn[0]}/cancel") else None
        if answer is None:
            answer = ask()
            answer.status = 500
        return answer

    journal = MemoryJournal()
    backend = backend_for(gateway(emulator, refusing), "qulacs", retry_budget=1.0)
    backend.open(_batch(4), journal)
    stubborn.append(JobRegistry(journal).jobs[1].job_id)
    with pytest.raises(JobError, match="3 jobs are cancelled, 1 could not be"):
        backend.cancel(journal)
    assert {job["status"] for job in emulator.stats()["jobs"].values()} == {"cancelled"}
