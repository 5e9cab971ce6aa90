"""kill -9 at any moment: resume gives the result of an unbroken run; no job is lost, none is submitted twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oqtopus_experiments import DeviceInfo, StoreError
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.execution._submission import submit_or_resume
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments_rabi import Rabi

KILLABLE_CLIENT = Path(__file__).with_name("killable_client.py")
POINTS, SHOTS = 6, 100
MOMENTS = (
    "batch named", "registered, not noted", "noted, not uploaded", "uploaded, not submitted",
    "submitted, answer not read", "half submitted", "all submitted", "mid-poll", "mid-download", "some recorded",
    "in the middle of a line",
)  # fmt: skip


@pytest.fixture(scope="module")
def die():
    """Return a function that runs the client until its moment."""
    with subprocess.Popen(
        [sys.executable, str(KILLABLE_CLIENT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def until(moment, emulator, runs):
            task = {"moment": moment, "url": emulator.url, "token": emulator.token, "runs": str(runs)}
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield until


@pytest.fixture(scope="module")
def unbroken():
    from oqtopus_experiments_oqtopus import OqtopusBackend
    from oqtopus_experiments_oqtopus_emulator import Emulator

    with Emulator(seed=1) as emulator:
        backend = OqtopusBackend("anemone", url=emulator.url, token=emulator.token)
        return dict(Rabi(amplitude_points=POINTS).run(backend, shots=SHOTS, runs=False).counts)


def _resume(folder, emulator, monkeypatch):
    monkeypatch.setenv("OQTOPUS_URL", emulator.url)
    monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)
    config, opened = reopen(folder)
    (handle,) = submit_or_resume(config, opened)
    return handle.result(timeout=60)


def _settled_downloads(emulator):
    """Return the number of downloads once the server has noticed that the client is gone."""
    seen = -1
    while (now := emulator.stats()["requests"].get("download", 0)) != seen:
        seen = now
        time.sleep(0.2)
    return seen


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_goes_on_as_if_nothing_had_happened(start, die, unbroken, moment, tmp_path, monkeypatch):
    emulator = start()
    assert die(moment, emulator, tmp_path) == -signal.SIGKILL
    (folder,) = tmp_path.iterdir()
    known = len(RunFolder(folder).journal("rabi").outcomes())
    downloads_before = _settled_downloads(emulator)

    result = _resume(folder, emulator, monkeypatch)

    assert result.counts == unbroken
    stats = emulator.stats()
    submitted = [job for job in stats["jobs"].values() if job["submissions"]]
    assert len(submitted) == POINTS
    assert all(job["submissions"] == job["runs"] == 1 for job in submitted)
    assert stats["repeated"] == 0
    # What was written down is not fetched again; the rest is fetched once more.
    assert stats["requests"].get("download", 0) - downloads_before == POINTS - known
    assert set(result.job_metadata["job_ids"]) == {i for i, job in stats["jobs"].items() if job["submissions"]}


def test_a_finished_run_can_be_resumed_without_a_download(start, backend_for, tmp_path, monkeypatch):
    emulator = start()
    handle = Rabi(amplitude_points=POINTS).submit(backend_for(emulator), shots=SHOTS, runs=tmp_path)
    counts = handle.result().counts
    downloads = emulator.stats()["requests"]["download"]
    assert _resume(handle.folder, emulator, monkeypatch).counts == counts
    assert emulator.stats()["requests"]["download"] == downloads


def test_a_run_from_python_has_a_folder_unless_it_is_refused(start, backend_for):
    handle = Rabi(amplitude_points=5).submit(backend_for(start()), shots=10)
    assert handle.folder.parent == Path("runs")
    assert (handle.folder / "run.json").is_file()
    assert Rabi(amplitude_points=5).submit(backend_for(start()), shots=10, runs=False).folder is None


def test_the_calibration_of_the_device_is_kept_with_the_run(start, backend_for, tmp_path):
    backend = backend_for(start())
    handle = Rabi(amplitude_points=5).submit(backend, shots=10, runs=tmp_path)
    kept = DeviceInfo.from_json(handle.journal.records[0]["snapshot"])
    assert kept == backend.device_info()
    assert len(kept.qubits) == 16


def test_the_token_is_in_no_file_of_the_run(start, backend_for, tmp_path):
    emulator = start()
    Rabi(amplitude_points=5).run(backend_for(emulator), shots=10, runs=tmp_path)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) >= 2
    for file in files:
        assert emulator.token.encode() not in file.read_bytes()


def test_two_processes_never_submit_from_one_journal(start, backend_for, tmp_path):
    emulator = start()
    handle = Rabi(amplitude_points=5).submit(backend_for(emulator), shots=10, runs=tmp_path)
    config, folder = reopen(handle.folder)
    with folder.writing("rabi"), pytest.raises(StoreError, match="another process is working on"):
        submit_or_resume(config, folder)
    with folder.writing("rabi"), pytest.raises(StoreError, match="another process is working on"):
        handle.result()


def test_a_cancelled_run_submits_nothing_more_when_resumed(start, backend_for, tmp_path, monkeypatch):
    emulator = start(manual=True)
    handle = Rabi(amplitude_points=5).submit(backend_for(emulator), shots=10, runs=tmp_path)
    first = handle.job.metadata["job_ids"][0]
    while emulator.advance(first) != "succeeded":
        pass
    with handle.journal.writing() as section:
        assert backend_for(emulator).cancel(section) == 4
    states = [part.status for part in backend_for(emulator).jobs(handle.journal)]
    assert states == ["succeeded"] + 4 * ["cancelled"]
    result = _resume(handle.folder, emulator, monkeypatch)
    assert [index for index, counts in result.counts.items() if hasattr(counts, "shots")] == [
        handle.batch.order.circuit(0)
    ]
    assert emulator.stats()["requests"]["submit"] == 5


@pytest.mark.parametrize(
    ("spoil", "match"),
    [
        (lambda file: file.unlink(), "is not a run folder"),
        (lambda file: file.write_text("{"), "is damaged"),
        (lambda file: file.write_text('{"format": 99}'), "has format 99; this version reads"),
        (
            lambda file: file.write_text(file.read_text().replace('"amplitude_points"', '"amplitude_pints"')),
            "cannot be run",
        ),
    ],
)
def test_a_folder_that_is_no_run_is_refused(start, backend_for, tmp_path, spoil, match):
    handle = Rabi(amplitude_points=5).submit(backend_for(start()), shots=10, runs=tmp_path)
    spoil(handle.folder / "run.json")
    with pytest.raises(StoreError, match=match):
        reopen(handle.folder)
