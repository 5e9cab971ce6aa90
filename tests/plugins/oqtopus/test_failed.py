"""After a failure there is a way on, and what is said on the way is true."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import pytest

from oqtopus_experiments import BackendError, Counts, Failure, MemoryJournal
from oqtopus_experiments.execution._submission import prepare
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments_rabi import Rabi


def _results(folder):
    return RunFolder.open(folder).journal("rabi").outcomes()


def _only_folder():
    (folder,) = Path("runs").iterdir()
    return folder


def test_points_that_failed_are_submitted_again_and_nothing_that_has_counts(account, oqx, small):
    emulator = account(faults=["run:fail,times=2"])
    code, output, _ = oqx("run", small)
    folder = _only_folder()
    assert code == 0
    assert f"2 points failed or were cancelled; submit them again with: oqx resume {folder} --failed" in output
    before = _results(folder)
    kept = {index: result for index, result in before.items() if isinstance(result, Counts)}
    assert len(kept) == 4
    code, output, _ = oqx("resume", folder)
    assert code == 0
    assert "everything is here already, nothing was done: 4 circuits have counts, 2 failed" in output
    assert f"oqx resume {folder} --failed" in output
    assert emulator.stats()["requests"]["submit"] == 6
    code, output, errors = oqx("resume", folder, "--failed")
    assert code == 0, errors
    assert "2 points that failed or were cancelled are submitted again" in output
    assert "rabi: 6 of 6 circuits" in output
    assert emulator.stats()["requests"]["submit"] == 8
    after = _results(folder)
    assert {index: after[index] for index in kept} == kept
    assert all(isinstance(result, Counts) for result in after.values())
    assert (folder / "rabi" / "journal.jsonl").read_text().count('"failure":"the job failed') == 2
    code, output, _ = oqx("resume", folder)
    assert "everything is here already, nothing was done: 6 circuits have counts\n" in output


def test_a_wholly_failed_run_says_how_to_submit_it_again(account, oqx, small):
    emulator = account(faults=["run:fail,times=6"])
    code, _, errors = oqx("run", small)
    assert code == 1
    assert f"Submit what failed or was cancelled again with: oqx resume {_only_folder()} --failed" in errors
    assert "Go on with" not in errors
    code, output, errors = oqx("resume", _only_folder(), "--failed")
    assert code == 0, errors
    assert "rabi: 6 of 6 circuits" in output
    assert emulator.stats()["requests"]["submit"] == 12


def test_a_cancelled_run_is_submitted_again_only_when_asked_for(account, oqx, small):
    emulator = account(manual=True)
    oqx("run", small, "--timeout", "2")
    folder = _only_folder()
    first = json.loads(oqx("jobs", folder, "--json")[1])[0]["job_id"]
    while emulator.advance(first) != "succeeded":
        pass
    code, output, _ = oqx("cancel", folder)
    assert code == 0
    assert "5 jobs cancelled; not cancelled now: 1 succeeded" in output
    assert f"submit what was cancelled again with: oqx resume {folder} --failed" in output
    code, output, _ = oqx("cancel", folder)
    assert "0 jobs cancelled; not cancelled now: 1 succeeded, 5 cancelled before" in output
    code, _, errors = oqx("resume", folder, "--failed", "--timeout", "2")
    assert code == 1
    assert "time is up with 5 of 6 circuits outstanding" in errors
    stats = emulator.stats()
    assert stats["requests"]["submit"] == 11
    again = [job["job_id"] for job in json.loads(oqx("jobs", folder, "--json")[1]) if job["status"] == "submitted"]
    assert len(again) == 5
    for job_id in again:
        while emulator.advance(job_id) != "succeeded":
            pass
    code, output, _ = oqx("resume", folder)
    assert code == 0
    assert "rabi: 6 of 6 circuits" in output
    assert emulator.stats()["requests"]["submit"] == 11


def test_a_run_killed_while_it_submits_again_goes_on_where_it_was(account, oqx, small):
    """What is to be tried again is on disk before anything is submitted."""
    emulator = account(faults=["run:fail,times=3"])
    oqx("run", small)
    folder = _only_folder()
    failed = sorted(index for index, result in _results(folder).items() if isinstance(result, Failure))
    with ExperimentJournal(folder / "rabi").writing() as section:
        section.send_again(failed)
    assert sorted(set(range(6)) - _results(folder).keys()) == failed
    code, output, _ = oqx("resume", folder)
    assert code == 0
    assert "rabi: 6 of 6 circuits" in output
    assert emulator.stats()["requests"]["submit"] == 9


def test_reasons_are_told_with_their_numbers_and_not_all_as_the_first(account, oqx, small):
    account(faults=["run:fail,times=1", "run:cancel,times=2"])
    code, output, _ = oqx("run", small)
    assert code == 0
    assert "rabi: 3 of 6 circuits, 3 without counts (2: the job was cancelled; 1: the job failed: failed" in output


def test_how_many_were_submitted_and_how_many_only_registered_is_told(start, backend_for, caplog):
    emulator = start(faults=["submit:500,after=2"], manual=True)
    batch = prepare(Rabi(amplitude_points=6), 10, "rabi")
    with pytest.raises(BackendError):
        backend_for(emulator, parallel=1, retry_budget=2.0).open(batch, MemoryJournal())
    states = [job["status"] for job in emulator.stats()["jobs"].values()]
    submitted, registered = states.count("submitted"), states.count("registered")
    assert submitted == 2
    assert registered >= 1
    assert f"2 circuits were submitted, and their jobs are kept; {registered} are registered only" in caplog.text


def test_a_job_deleted_after_its_counts_arrived_is_not_submitted_again(account, oqx, small):
    emulator = account()
    oqx("run", small)
    folder = _only_folder()
    before = _results(folder)
    job_id = json.loads(oqx("jobs", folder, "--json")[1])[2]["job_id"]
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=30)
    connection.request("DELETE", f"/jobs/{job_id}", headers={"q-api-token": emulator.token})
    assert connection.getresponse().status == 200
    connection.close()
    code, output, _ = oqx("resume", folder, "--failed")
    assert code == 0
    assert "0 points that failed or were cancelled are submitted again" in output
    assert emulator.stats()["requests"]["submit"] == 6
    assert _results(folder) == before
