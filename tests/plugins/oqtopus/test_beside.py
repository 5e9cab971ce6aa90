"""
A queued run on a disk that fills, and with other commands beside it: nothing is lost, nothing is submitted twice.

The sizes the promise names take minutes: `nox -s faults` sets FAULTS for them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from oqtopus_experiments import BackendError, Counts, StoreError, load_run
from oqtopus_experiments.cli import main
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.execution._submission import submit_or_resume
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments_rabi import Rabi

FULL = bool(os.environ.get("FAULTS"))
CIRCUITS, FILLS = (60, 20) if FULL else (16, 5)
QUEUE = 150 if FULL else 24


@pytest.fixture
def account(start, monkeypatch):
    emulator = start()
    monkeypatch.setenv("OQTOPUS_URL", emulator.url)
    monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)
    return emulator


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 400 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "oqx-small-disk", place],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(disk, pages):
    """Fill a disk but for so many pages."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    free = os.statvfs(disk).f_bavail - pages
    if free > 0:
        ballast.write_bytes(bytes(free * os.statvfs(disk).f_frsize))


def go_on(folder):
    config, opened = reopen(folder)
    (handle,) = submit_or_resume(config, opened)
    return handle.result(timeout=120)


def submissions(emulator):
    return Counter(job["submissions"] for job in emulator.stats()["jobs"].values() if job["submissions"])


def test_a_queued_run_survives_a_disk_that_fills_and_is_freed_again_and_again(account, backend_for, small_disk):
    """Every round the disk is full after one more page, wherever in a line that is."""
    experiment = Rabi(amplitude_points=CIRCUITS, physical_qubits=range(12))
    folder, refused = None, 0
    for _ in range(FILLS):
        fill(small_disk, 1 if folder else 6)
        try:
            if folder is None:
                experiment.submit(backend_for(account, poll_interval=0.2), shots=300, runs=small_disk).result(60)
            else:
                go_on(folder)
        except (StoreError, BackendError) as error:
            assert "No space left on device" in str(error)  # noqa: PT017  # a round may also end well
            refused += 1
        (folder,) = (path for path in small_disk.iterdir() if path.is_dir() and not path.name.startswith("."))
        load_run(folder)
        assert not RunFolder(folder).journal("rabi").damage
    (small_disk / "ballast").unlink()

    result = go_on(folder)

    assert refused > FILLS // 2
    assert sorted(result.counts) == list(range(CIRCUITS))
    assert all(isinstance(counts, Counts) and counts.shots == 300 for counts in result.counts.values())
    assert submissions(account) == {1: CIRCUITS}
    ids = [job_id for job_id, job in account.stats()["jobs"].items() if job["submissions"]]
    assert set(ids) == set(result.job_metadata["job_ids"])


@pytest.fixture
def oqx(monkeypatch, capsys):
    def ran(*arguments):
        monkeypatch.setattr(sys, "argv", ["oqx", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        output, errors = capsys.readouterr()
        assert "Traceback" not in errors
        return caught.value.code or 0, output, errors

    return ran


def test_commands_in_a_loop_beside_a_running_queue_cost_it_nothing(account, oqx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "queue.toml"
    file.write_text(
        f'shots = 50\nbackend = "oqtopus"\n[backends.oqtopus]\npoll_interval = "0.2 s"\nparallel = 8\n'
        f'[[experiments]]\nuse = "rabi"\namplitude_points = {QUEUE}\n'
    )
    command = [sys.executable, "-c", "from oqtopus_experiments.cli import main; main()", "run", str(file)]
    rounds = beside = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            folder = _appeared(tmp_path / "runs", running)
            while running.poll() is None:
                for arguments in (
                    ["analyze", folder], ["jobs", folder, "--json"], ["runs", "runs"], ["compare", folder, folder],
                    ["history", "pi_amplitude", "--qubit", "0", "--plot", tmp_path / "history.png"],
                    ["export", folder, "--output", tmp_path / "points.csv"],
                ):  # fmt: skip
                    _, _, errors = oqx(*arguments)
                    beside += "another process is working on" in errors
                rounds += 1
            _, errors = running.communicate()
        finally:
            running.kill()

    assert running.returncode == 0, errors
    assert rounds >= 1
    assert beside >= 1
    section = RunFolder(folder).journal("rabi")
    assert not section.damage
    noted = [record["job_id"] for record in section.records if "job_id" in record]
    assert len(noted) == len(set(noted)) == QUEUE
    assert sorted(section.results()) == list(range(QUEUE))
    assert submissions(account) == {1: QUEUE}
    before = account.stats()["requests"]["submit"]
    assert oqx("resume", folder)[0] == 0
    assert account.stats()["requests"]["submit"] == before
    assert len(json.loads((folder / "rabi" / "analysis.json").read_text())["analyses"]) == 1
    assert load_run(folder).results["rabi"].dataset.shots.tolist() == [[50] * QUEUE]


def _appeared(runs: Path, running: subprocess.Popen[str]) -> Path:
    until = time.monotonic() + 60
    while not (found := list(runs.glob("*/run.json"))):
        assert time.monotonic() < until
        assert running.poll() is None, running.communicate()
        time.sleep(0.02)
    return found[0].parent
