"""`oqx cancel` in a loop beside a process that submits: what was submitted is known, and nothing comes after it."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from oqtopus_experiments.storage._run_folder import RunFolder

QUEUE = 150 if os.environ.get("FAULTS") else 40
RUN = (
    'shots = 20\nbackend = "oqtopus"\n[backends.oqtopus]\npoll_interval = "0.2 s"\nparallel = 4\n'
    '[[experiments]]\nuse = "rabi"\namplitude_points = {queue}\n'
)


def program(*arguments):
    return [sys.executable, "-c", "from oqtopus_experiments.cli import main; main()", *map(str, arguments)]


def test_cancel_in_a_loop_beside_a_run_that_submits_loses_no_job(start, tmp_path, monkeypatch):
    emulator = start(queue_delay=5.0)
    monkeypatch.setenv("OQTOPUS_URL", emulator.url)
    monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)
    (tmp_path / "run.toml").write_text(RUN.format(queue=QUEUE))
    run = program("run", "run.toml")
    with subprocess.Popen(run, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            until = time.monotonic() + 60
            while not any(job["submissions"] for job in emulator.stats()["jobs"].values()):
                assert time.monotonic() < until
                assert running.poll() is None, running.communicate()
                time.sleep(0.02)
            (folder,) = (path.parent for path in (tmp_path / "runs").glob("*/run.json"))
            cancelled, rounds = None, 0
            while running.poll() is None or rounds < 2:
                done = subprocess.run(
                    program("cancel", folder), cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
                )
                assert "Traceback" not in done.stderr, done.stderr
                submitted = {name for name, job in emulator.stats()["jobs"].items() if job["submissions"]}
                cancelled = submitted if cancelled is None else cancelled
                assert submitted == cancelled  # nothing was submitted after the first cancel had returned
                rounds += 1
            running.communicate()
        finally:
            running.kill()

    journal = RunFolder(folder).journal("rabi")
    noted = [record["job_id"] for record in journal.records if "job_id" in record]
    assert not journal.damage
    assert len(noted) == len(set(noted))
    assert 0 < len(cancelled) <= QUEUE
    assert cancelled <= set(noted)
    assert all(job["submissions"] <= 1 for job in emulator.stats()["jobs"].values())
