"""A server that dies goes on where it was."""

from __future__ import annotations

import time

import pytest

from oqtopus_experiments_oqtopus_emulator import Emulator, User

OFF = {"transpiler_lib": None}
JOBS = 30


def program(client, i):
    return client.program(f"x q[0]; delay[{200 * (i + 1)}ns] q[0]; c = measure q;")


def submit(client, i):
    return client.submit(program(client, i), device="anemone", shots=500, transpiler_info=OFF)


def ended(client):
    jobs = client.call("GET", "/jobs", query={"fields": "job_id,status,ended_at,execution_time"}).json
    return {job["job_id"]: job for job in jobs if job["status"] == "succeeded"}


def test_killed_in_the_middle_it_finishes_every_job_once_with_the_same_counts(connect):
    with Emulator(seed=4) as unbroken:
        client = connect(unbroken)
        expected = [client.counts(program(client, i), device="anemone", shots=500) for i in range(JOBS)]

    with Emulator(seed=4, process=True, run_time=0.02) as emulator:
        client = connect(emulator)
        ids = [submit(client, i) for i in range(JOBS)]
        waiting = client.register(program(client, JOBS))
        url = client.wait(ids[0])["job_info"]["result"]
        while len(ended(client)) < 4:
            time.sleep(0.005)
        before = ended(client)
        assert len(before) < JOBS
        emulator.kill()
        emulator.start()
        after = ended(client)
        assert {job_id: after[job_id] for job_id in before} == before  # nothing finished twice
        body = {"device_id": "anemone", "job_type": "sampling", "shots": 500, "transpiler_info": OFF}
        assert client.call("POST", f"/jobs/{waiting}/submit", body).status == 200  # its upload is still there

        results = [client.result(client.wait(job_id))["counts"] for job_id in ids]
        stats = emulator.stats()

        assert results == expected
        assert client.wait(waiting)["status"] == "succeeded"
        assert client.send(url).status == 200  # signed before the kill
        assert stats["starts"] == 2
        assert sum(job["runs"] for job in stats["jobs"].values()) <= JOBS + 2  # at most one run lost
        assert {job["submissions"] for job in stats["jobs"].values()} == {1}
        assert stats["repeated"] == 0


def test_what_a_cancelled_job_returns_late_is_lost(connect):
    with Emulator(run_time=0.3) as emulator:
        client = connect(emulator)
        job_id = client.submit(client.program("x q[0]; c = measure q;"), transpiler_info=OFF)
        while client.call("GET", f"/jobs/{job_id}/status").json["status"] != "running":
            time.sleep(0.005)
        client.call("POST", f"/jobs/{job_id}/cancel")
        while emulator.stats()["jobs"][job_id]["runs"] == 0:
            time.sleep(0.01)
        client.wait(client.submit(client.program("x q[0]; c = measure q;"), transpiler_info=OFF))

        job = client.call("GET", f"/jobs/{job_id}").json
        assert job["status"] == "cancelled"
        assert set(job["job_info"]) == {"input"}
        assert "ended_at" not in job


def test_a_device_that_goes_out_of_service_fails_what_is_in_its_queue(connect):
    with Emulator(queue_delay=0.2) as emulator:
        client = connect(emulator)
        job_id = client.submit(client.program("x q[0]; c = measure q;"), transpiler_info=OFF)
        emulator.set_device("qulacs", status="unavailable")
        assert client.wait(job_id)["job_info"]["message"] == "device status is not available"


def test_the_queue_takes_as_long_as_it_is_told(connect):
    with Emulator(queue_delay=0.4) as emulator:
        client = connect(emulator)
        started = time.monotonic()
        job_id = client.submit(client.program("x q[0]; c = measure q;"), transpiler_info=OFF)
        seen = []
        while not seen or seen[-1] != "succeeded":
            status = client.call("GET", f"/jobs/{job_id}/status").json["status"]
            seen += [status] if not seen or seen[-1] != status else []
        assert time.monotonic() - started >= 0.4
        assert seen[:2] == ["submitted", "ready"]


def test_a_process_of_its_own_knows_one_user():
    with pytest.raises(ValueError, match="one user"):
        Emulator(process=True, users=[User("a.b"), User("c.d")])
    with Emulator() as emulator, pytest.raises(ValueError, match="process=True"):
        emulator.kill()
