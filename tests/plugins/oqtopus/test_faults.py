"""Transient faults: every job arrives, none twice, none invented."""

from __future__ import annotations

import threading
import time

import pytest

from oqtopus_experiments import AuthenticationError, Counts, Failure
from oqtopus_experiments_rabi import Rabi

POINTS = 10


@pytest.fixture(scope="module")
def calm():
    """Counts of the run when nothing goes wrong."""
    from oqtopus_experiments_oqtopus import OqtopusBackend
    from oqtopus_experiments_oqtopus_emulator import Emulator

    with Emulator(seed=1) as emulator:
        backend = OqtopusBackend("anemone", url=emulator.url, token=emulator.token)
        return dict(Rabi(amplitude_points=POINTS).run(backend, shots=200, runs=False).counts)


def _run(emulator, backend_for, **options):
    result = Rabi(amplitude_points=POINTS).run(backend_for(emulator, **options), shots=200, runs=False)
    stats = emulator.stats()
    submitted = [job for job in stats["jobs"].values() if job["submissions"]]
    assert len(submitted) == POINTS
    assert all(job["submissions"] == job["runs"] == 1 for job in submitted)
    assert stats["repeated"] == 0
    assert stats["tokens_sent_to_storage"] == 0
    return result, stats


@pytest.mark.parametrize("faults", [
    ["register:lost:0.2", "register:garbage:0.2", "register:drop:0.2"],
    ["upload:lost:0.2", "upload:expired:0.2", "upload:503:0.2", "upload:cut:0.2"],
    ["submit:lost:0.2", "submit:garbage:0.2"],
    ["submit:502-after:0.2", "submit:drop:0.2", "status:503:0.2"],
    ["submit:429-retry:0.2,seconds=0.05", "submit:429:0.2"],
    ["list:503,times=1", "list:cut,times=1", "list:garbage,times=1", "list:short,times=2", "list:empty,times=1"],
    ["list:empty"],
    ["download:expired:0.2", "download:truncated:0.2", "download:two-entries:0.2", "download:cut:0.2"],
    ["download:no-json:0.2", "download:wrong-counts:0.2", "download:wrong-width:0.2", "download:oversized,times=1"],
    ["any:mix:0.3"],
], ids=lambda faults: faults[0])  # fmt: skip
def test_faults_change_nothing_about_the_result(start, backend_for, calm, faults):
    result, stats = _run(start(faults=faults), backend_for)
    assert result.counts == calm
    assert sum(stats["faults"].values()) > 0


def test_an_expired_address_of_the_calibration_is_asked_for_again(start, backend_for):
    emulator = start(faults=["calibration:expired,times=3"])
    assert len(backend_for(emulator).device_info().qubits) == 16
    assert emulator.stats()["requests"]["device"] == 4


def test_slow_answers_are_waited_for_and_later_ones_given_up(start, backend_for, calm):
    faults = ["submit:late,seconds=1,times=2", "download:slow,seconds=1,times=2", "list:slow,seconds=1,times=1"]
    result, _ = _run(start(faults=faults), backend_for, request_timeout=0.4)
    assert result.counts == calm


def test_jobs_that_fail_are_cancelled_or_shuffled_are_told_apart(start, backend_for):
    result, _ = _run_with_losses(start(faults=["run:fail,times=1", "run:cancel,times=1", "run:shuffle"]), backend_for)
    reasons = sorted(r.reason.split(":")[0] for r in result.counts.values() if isinstance(r, Failure))
    assert reasons == ["the job failed", "the job was cancelled"]
    assert sum(isinstance(r, Counts) for r in result.counts.values()) == POINTS - 2


def _run_with_losses(emulator, backend_for):
    result = Rabi(amplitude_points=POINTS).run(backend_for(emulator), shots=200, runs=False)
    stats = emulator.stats()
    assert all(job["submissions"] == 1 for job in stats["jobs"].values())
    return result, stats


@pytest.mark.parametrize("kind", ["401", "401-message", "403", "403-message", "403-gateway"])
def test_a_token_that_expires_on_the_way_stops_at_once_and_a_new_one_goes_on(start, backend_for, calm, kind, tmp_path):
    from oqtopus_experiments.execution._resume import reopen
    from oqtopus_experiments.execution._submission import submit_or_resume

    emulator = start(faults=[f"list:{kind}"])
    backend = backend_for(emulator)
    handle = Rabi(amplitude_points=POINTS).submit(backend, shots=200, runs=tmp_path)
    with pytest.raises(AuthenticationError, match="resumed with a new one"):
        handle.result()
    assert emulator.stats()["requests"]["list"] == 1
    emulator.set_faults()
    config, folder = reopen(handle.folder)
    assert config.backend.token is None
    object.__setattr__(config.backend, "token", emulator.token)
    (again,) = submit_or_resume(config, folder)
    assert again.result().counts == calm


def test_a_server_that_goes_away_and_comes_back_is_waited_for(start, backend_for, calm):
    emulator = start(queue_delay=1.5)  # longer than both absences, so that the run lives through them

    def trouble():
        for pause in (0.15, 0.4):
            time.sleep(pause)
            emulator.stop()
            time.sleep(0.2)
            emulator.start()

    thread = threading.Thread(target=trouble)
    thread.start()
    try:
        result, stats = _run(emulator, backend_for, request_timeout=2.0)
    finally:
        thread.join()
    assert result.counts == calm
    assert stats["starts"] == 3
