"""
Long runs against the emulator: a storm, a server killed in the middle, and what speed is left of the ideal.

Not collected by an ordinary run; start it with ``pytest tests/benchmarks/bench_oqtopus.py -s``.
"""

# a benchmark prints what it measured
from __future__ import annotations

import math
import threading
import time

import pytest

from oqtopus_experiments import AuthenticationError, Counts, JobError
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.execution._submission import submit_or_resume
from oqtopus_experiments_oqtopus import OqtopusBackend
from oqtopus_experiments_oqtopus_emulator import Emulator
from oqtopus_experiments_rabi import Rabi

JOBS, SHOTS = 200, 100
STORM = ["run:shuffle", "any:mix:0.3,seconds=0.2"]


def _rabi(points=JOBS):
    return Rabi(amplitude_points=points, max_amplitude=3.0)


def _backend(emulator, **options):
    return OqtopusBackend("anemone", url=emulator.url, token=emulator.token, poll_interval=1.0, **options)


@pytest.fixture(scope="module")
def calm():
    with Emulator(seed=7) as emulator:
        return dict(_rabi().run(_backend(emulator), SHOTS, runs=False).counts)


def _check(result, stats, calm, label, seconds):
    submitted = [job for job in stats["jobs"].values() if job["submissions"]]
    assert result.counts == calm
    assert all(isinstance(counts, Counts) for counts in result.counts.values())
    assert len(submitted) == JOBS
    assert all(job["submissions"] == 1 for job in submitted)
    # A server that is killed runs the job anew that was running then.
    assert sum(job["runs"] for job in submitted) < JOBS + stats["starts"]
    assert stats["repeated"] == 0
    assert stats["tokens_sent_to_storage"] == 0
    requests, faults = sum(stats["requests"].values()), sum(stats["faults"].values())
    print(
        f"\n{label}: {JOBS} jobs, none lost, none twice, counts as without faults; {faults} of {requests} answers "
        f"faulty ({100 * faults / requests:.0f} %), {requests / JOBS:.2f} requests per job, {seconds:.0f} s"
    )


def test_a_storm_changes_nothing(calm):
    with Emulator(seed=7, faults=STORM) as emulator:
        started = time.monotonic()
        result = _rabi().run(_backend(emulator, request_timeout=5.0), SHOTS, runs=False)
        _check(result, emulator.stats(), calm, "storm", time.monotonic() - started)


def test_a_storm_with_refused_credentials_is_survived_by_resuming(calm, tmp_path, monkeypatch):
    faults = [*STORM, *(f"api:{kind}:0.001" for kind in ("401", "401-message", "403", "403-message", "403-gateway"))]
    with Emulator(seed=7, faults=faults) as emulator:
        monkeypatch.setenv("OQTOPUS_URL", emulator.url)
        monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)
        started = time.monotonic()
        times, folder, result = 0, None, None
        while result is None:
            times += 1
            try:
                if folder is None:
                    backend = OqtopusBackend("anemone", poll_interval=1.0, request_timeout=5.0)
                    result = _rabi().submit(backend, SHOTS, runs=tmp_path).result()
                else:
                    config, opened = reopen(folder)
                    (handle,) = submit_or_resume(config, opened)
                    if isinstance(handle, AuthenticationError):
                        continue
                    result = handle.result()
            except (AuthenticationError, JobError):  # before anything was asked, or when only some results were refused
                folder = next(tmp_path.iterdir(), None)
        _check(result, emulator.stats(), calm, f"storm with refused credentials, {times - 1} times resumed",
               time.monotonic() - started)  # fmt: skip


def test_a_server_killed_three_times_in_a_storm_changes_nothing(calm):
    with Emulator(seed=7, faults=STORM, process=True) as emulator:
        over = threading.Event()

        def trouble():
            for _ in range(3):
                if over.wait(4.0):
                    return
                emulator.kill()
                emulator.start()

        killer = threading.Thread(target=trouble)
        started = time.monotonic()
        killer.start()
        try:
            result = _rabi().run(_backend(emulator, request_timeout=5.0), SHOTS, runs=False)
        finally:
            over.set()
            killer.join()
        stats = emulator.stats()
        assert stats["starts"] >= 3
        _check(result, stats, calm, f"storm, server killed {stats['starts'] - 1} times", time.monotonic() - started)


def _timed(jobs, parallel, latency):
    """Seconds and requests of one warm run."""
    with Emulator(seed=7, latency=latency, process=True) as emulator:
        _rabi(5).run(_backend(emulator, parallel=parallel), SHOTS, runs=False)  # imports and first connections
        before = sum(emulator.stats()["requests"].values())
        backend = _backend(emulator, parallel=parallel)
        started = time.monotonic()
        _rabi(jobs).run(backend, SHOTS, runs=False)
        return time.monotonic() - started, sum(emulator.stats()["requests"].values()) - before


def test_what_speed_is_left_of_the_ideal_at_50_ms():
    jobs, parallel, latency = 64, 8, 0.05
    floor, _ = _timed(jobs, parallel, 0.0)
    # The best of three: server and client share two cores with whatever else the machine does.
    wall, requests = min(_timed(jobs, parallel, latency) for _ in range(3))
    # Two questions about the device, four requests for each job, and one look at the queue, at full parallelism.
    ideal = latency * (2 + 4 * math.ceil(jobs / parallel) + 1)
    print(
        f"\nlatency {1000 * latency:.0f} ms, {jobs} jobs, {parallel} at once: {wall:.2f} s, ideal {ideal:.2f} s, "
        f"ratio {wall / ideal:.2f}; {requests / jobs:.2f} requests per job; "
        f"without latency this machine needs {floor:.2f} s"
    )
    # Where the machine itself takes longer than all waiting does, no more can be asked than that it waits beside.
    assert wall <= 1.5 * max(ideal, floor)
