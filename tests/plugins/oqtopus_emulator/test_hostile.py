"""What strangers send costs them their own job, and nobody else anything."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
import tracemalloc
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from oqtopus_experiments_oqtopus_emulator import Device, Emulator, Limits, User
from oqtopus_experiments_oqtopus_emulator._limits import MAX_UPLOAD, MEBIBYTE
from oqtopus_experiments_oqtopus_emulator._state import State
from oqtopus_experiments_oqtopus_emulator._zips import unpack

OFF = {"transpiler_lib": None}
GOOD = "x q[0]; c = measure q;"
DOUBLING = "gate g0 q { x q; x q; }" + "".join(f" gate g{i} q {{ g{i - 1} q; g{i - 1} q; }}" for i in range(1, 30))
LONG = "x q[0];\n" * 45_000  # as many statements as are read, which takes seconds
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc")


@pytest.fixture(scope="module")
def client(connect):
    with Emulator(seed=1) as emulator:
        yield connect(emulator)


def zip_bomb(client, size=256 * MEBIBYTE):
    return client.zipped({"input.json": " " * size})


def submitted(client, content):
    """Submit a job with whatever as its input."""
    registered = client.call("POST", "/jobs").json
    assert client.upload(registered["presigned_url"], content).status == 204
    body = {"device_id": "qulacs", "job_type": "sampling", "shots": 1}
    assert client.call("POST", f"/jobs/{registered['job_id']}/submit", body).status == 200
    return registered["job_id"]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("qubit[1000000000] q;", "1000000000 qubits"),
        ("qubit[1] q; bit[100000000] c; c[0] = measure q[0];", "100000000 classical bits"),
        ("qubit[1] q; bit[1] c;" + GOOD.replace("c =", "x q[0];" * 200_000 + "c ="), "statements"),
        (DOUBLING + " qubit[1] q; bit[1] c; g29 q[0]; c = measure q;", "statements"),
    ],
)
@pytest.mark.parametrize("info", [OFF, {}])
def test_a_program_of_a_few_bytes_fails_with_a_reason_and_the_next_job_runs(client, program, reason, info):
    job = client.failure('OPENQASM 3; include "stdgates.inc"; ' + program, transpiler_info=info)
    assert reason in job["job_info"]["message"]
    assert client.counts(client.program(GOOD)) == {"1": 100}


def test_a_job_that_takes_too_long_is_ended_while_the_server_answers(connect):
    with Emulator(limits=Limits(seconds=1.5)) as emulator:
        client = connect(emulator)
        job_id = client.submit(client.program(LONG + "c = measure q;"), transpiler_info=OFF)
        behind = client.submit(client.program(GOOD), transpiler_info=OFF)
        answered = 0
        while client.call("GET", f"/jobs/{job_id}/status").json["status"] not in ("failed", "succeeded"):
            answered += 1
        job = client.call("GET", f"/jobs/{job_id}").json
        assert job["status"] == "failed"
        assert job["job_info"]["message"] == "the emulator ended this job: it took more than 1.5 s"
        assert answered > 20  # not deaf: each takes milliseconds
        assert client.wait(behind)["status"] == "succeeded"


def test_a_job_that_takes_too_much_memory_is_ended(connect):
    wide = Device(device_id="wide", device_type="simulator", n_qubits=25)
    chain = "".join(f"sx q[{i}]; cx q[{i}], q[{i + 1}]; " for i in range(24)) + "c = measure q;"
    with Emulator(devices=[wide], limits=Limits(memory=128)) as emulator:
        client = connect(emulator)
        job = client.failure(client.program(chain, 25), device="wide")
        assert "the emulator ended this job: " in job["job_info"]["message"]
        assert "128 MiB" in job["job_info"]["message"]
        assert client.counts(client.program(GOOD), device="wide") == {"1": 100}


def test_a_server_that_is_to_end_ends_its_job_which_is_not_lost(connect, tmp_path):
    path = tmp_path / "state.sqlite"
    with Emulator(state=path) as emulator:
        client = connect(emulator)
        job_id = client.submit(client.program(LONG + "c = measure q;"), transpiler_info=OFF)
        while client.call("GET", f"/jobs/{job_id}/status").json["status"] == "submitted":
            time.sleep(0.01)
        emulator.stop()
        with contextlib.closing(State(path)) as state:
            assert state.job(job_id).status == "ready"  # as it was: neither failed nor waited for


def descendants(pid):
    """Processes that this one started, by /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@linux
@pytest.mark.parametrize("busy", [True, False])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_is_left_however_the_server_ends(connect, busy, number):
    with Emulator(process=True) as emulator:
        client = connect(emulator)
        assert client.counts(client.program(GOOD)) == {"1": 100}
        workers = descendants(emulator._process.pid)
        assert workers
        if busy:
            client.submit(client.program(LONG + "c = measure q;"), transpiler_info=OFF)
            time.sleep(0.5)
        os.kill(emulator._process.pid, number)
        emulator._process.wait(30)
        deadline = time.monotonic() + 3
        while any(map(running, workers)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not any(map(running, workers))


def flood(url, path, head, chunk, limit):
    """Send a body for as long as it is taken; return the bytes taken and what was answered."""
    parts = urlsplit(url)
    sent = 0
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        answer = b""
        connection.settimeout(0.01)
        while sent < limit and not answer:
            try:
                connection.settimeout(30)
                connection.sendall(chunk)
                sent += len(chunk)
                connection.settimeout(0.001)
                answer = connection.recv(65536)
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                break
    return sent, answer


@pytest.mark.parametrize("path", ["/jobs/x/submit", "/oqtopus-emulator"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_a_gigabyte_is_refused_before_it_is_read(client, path, announced):
    head = f"q-api-token: {client.token}\r\nContent-Type: application/json\r\n"
    part = b"x" * 65536
    head += "Content-Length: 1000000000" if announced else "Transfer-Encoding: chunked"
    sent, answer = flood(client.emulator.url, path, head, part if announced else b"10000\r\n" + part + b"\r\n", 10**9)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert sent < (8 if announced else 48) * MEBIBYTE
    assert client.call("GET", "/devices").status == 200


def test_a_body_as_large_as_it_may_be_is_taken(client):
    presigned = client.call("POST", "/jobs").json["presigned_url"]
    assert client.upload(presigned, b"x" * (MAX_UPLOAD - 4096)).status == 204
    refused = client.upload(presigned, b"x" * MAX_UPLOAD)
    assert refused.status == 413
    assert b"EntityTooLarge" in refused.content


def test_headers_and_queries_are_bounded(client):
    assert client.call("GET", "/jobs", query={"q": "x" * 10_000}).status == 414
    many = {f"x-{i}": "y" * 1000 for i in range(50)}
    assert client.send(client.emulator.url + "/devices", headers={"q-api-token": client.token, **many}).status in (
        400,
        431,
    )
    assert client.call("GET", "/devices").status == 200


def test_a_zip_bomb_fails_its_job(client):
    job = client.wait(submitted(client, zip_bomb(client)))
    assert job["status"] == "failed"
    assert "has more than 16777216 bytes" in job["job_info"]["message"]


def test_no_more_of_a_zip_is_unpacked_than_was_asked_for(client):
    with pytest.raises(ValueError, match="more than 1000 bytes"):
        unpack(client.zipped({"a": " " * 1001}), 1000)
    assert unpack(client.zipped({"a": " " * 1000}), 1000) == b" " * 1000


def test_what_is_not_asked_for_of_a_zip_is_never_in_memory(client):
    bomb = zip_bomb(client, 64 * MEBIBYTE)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="more than"):
            unpack(bomb, MEBIBYTE)
        assert tracemalloc.get_traced_memory()[1] < 16 * MEBIBYTE
    finally:
        tracemalloc.stop()


@linux
def test_a_process_that_died_while_idle_costs_nobody_a_job(connect):
    with Emulator(limits=Limits(memory=1000)) as emulator:
        client = connect(emulator)
        client.counts(client.program(GOOD))
        workers = descendants(os.getpid())
        assert workers
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        while any(map(running, workers)):
            time.sleep(0.01)
        assert client.counts(client.program(GOOD)) == {"1": 100}


def test_a_spoilt_zip_is_no_reason_to_stumble(client):
    whole = bytearray(client.zipped({"input.json": json.dumps({"program": ["x" * 500]})}))
    whole[50] ^= 0xFF  # in the deflated stream
    job = client.wait(submitted(client, bytes(whole)))
    assert job["job_info"]["message"].startswith("Job input validation failed: ")


def test_an_input_nested_without_end_fails_its_job(client):
    job = client.wait(submitted(client, client.zipped({"input.json": "[" * 10**6})))
    assert job["job_info"]["message"].startswith("Job input validation failed: ")
    assert job["transpiler_info"] == {}  # it did not come to that


def test_there_are_so_many_jobs_and_so_many_bytes(connect):
    with Emulator(limits=Limits(jobs=3, stored=2), manual=True) as emulator:
        client = connect(emulator)
        ids = [client.register(client.program(GOOD)) for _ in range(3)]
        refused = client.call("POST", "/jobs")
        assert (refused.status, refused.json["message"]) == (
            400,
            "the emulator keeps 3 jobs; delete some to make room",
        )
        client.call("POST", f"/jobs/{ids[0]}/cancel")
        client.call("DELETE", f"/jobs/{ids[0]}")
        registered = client.call("POST", "/jobs").json
        full = client.upload(registered["presigned_url"], b"x" * 2 * MEBIBYTE)
        assert full.status == 400
        assert b"2 MiB are stored; delete jobs" in full.content
        assert client.upload(registered["presigned_url"], b"x" * MEBIBYTE).status == 204


def test_results_that_find_no_room_fail_their_job(connect):
    with Emulator(limits=Limits(stored=1), manual=True) as emulator:
        client = connect(emulator)
        job_id = client.submit(client.program(GOOD), transpiler_info=OFF)
        filler = client.call("POST", "/jobs").json["presigned_url"]
        assert client.upload(filler, b"x" * (MEBIBYTE - 100_000)).status == 204
        emulator._server._service.engine._stored = emulator._server._service.state.stored()
        for _ in range(3):
            emulator.advance(job_id)
        job = client.call("GET", f"/jobs/{job_id}").json
        assert (job["status"], set(job["job_info"])) == ("failed", {"input", "message"})
        assert "delete jobs to make room" in job["job_info"]["message"]


ROUTES = [
    ("GET", "/_emulator/stats", None),
    ("PUT", "/_emulator/faults", ["any:500"]),
    ("PATCH", "/_emulator/devices/qulacs", {"status": "unavailable"}),
    ("POST", "/_emulator/jobs/x/advance", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_the_controls_need_the_token(connect, client, method, path, body):
    for token in ("", "wrong.token"):
        stranger = connect(client.emulator, token or None)
        stranger.token = token
        refused = stranger.call(method, path, body)
        assert (refused.status, refused.json) == (401, {"detail": "Unauthorized"})
    assert client.call("GET", "/devices").status == 200  # no faults were set
    assert client.call("GET", "/devices/qulacs").json["status"] == "available"
    assert client.call("GET", "/_emulator/stats").status == 200


def test_a_server_without_an_approved_account_controls_nothing():
    with Emulator(users=[User("a.b", approved=False)]) as emulator, pytest.raises(ValueError, match="Unauthorized"):
        emulator.stats()


@pytest.mark.parametrize("query", [{"page": "²"}, {"page": "1" * 4000}, {"page": "9" * 12, "size": "100"}])
def test_odd_numbers_in_a_query_are_an_answer(client, query):
    assert client.call("GET", "/jobs", query=query).status in (200, 500)


def test_odd_signatures_are_refused(client):
    presigned = client.call("POST", "/jobs").json["presigned_url"]
    odd = {**presigned, "fields": {**presigned["fields"], "signature": "é"}}
    assert client.upload(odd, b"zip").status == 403
    assert (
        client.send(f"{client.emulator.url}/oqtopus-emulator/a?AWSAccessKeyId=emulatorkey&Expires=%C2%B2").status == 403
    )


def test_a_job_that_fails_on_the_device_lists_what_the_transpiler_made_of_it(client):
    """As the service does: its files are listed with the final status, whatever that is."""
    native = {"transpiler_lib": "qiskit", "transpiler_options": {"basis_gates": ["h"]}}
    job = client.failure(client.program("h q[0]; c = measure q;"), device="qulacs", transpiler_info=native)
    assert job["job_info"]["message"] == "failed to execute job on device"
    assert set(job["job_info"]) == {"input", "message", "transpile_result"}
    (text,) = client.send(job["job_info"]["transpile_result"]).entries.values()
    assert "h $0;" in json.loads(text)["transpiled_program"]
