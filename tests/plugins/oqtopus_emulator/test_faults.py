"""Everything that can be made to go wrong goes wrong as said, before or after the effect as said."""

from __future__ import annotations

import contextlib
import http.client
import logging
import time
import zipfile

import pytest

from oqtopus_experiments_oqtopus_emulator import Emulator, Fault
from oqtopus_experiments_oqtopus_emulator._faults import API, AUTHENTICATION, STORAGE, Chance, kinds_for

CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, http.client.IncompleteRead)


@pytest.fixture(scope="module")
def client(connect):
    with Emulator(seed=5) as emulator:
        yield connect(emulator)


@pytest.fixture(autouse=True)
def no_faults_afterwards(client):
    yield
    client.emulator.set_faults()


def jobs(client):
    return len(client.emulator.stats()["jobs"])


REFUSALS = {
    "429": (429, b'{"message":"Too Many Requests"}'),
    "429-retry": (429, b'{"message":"Too Many Requests"}'),
    "500": (500, b'"message_code":"INTERNAL_SERVER_ERROR"'),
    "502": (502, b"<html>"),
    "503": (503, b'{"message":"Service Unavailable"}'),
    "504": (504, b'{"message":"Endpoint request timed out"}'),
    "garbage": (200, b"<html>"),
    "401": (401, b'{"detail": "Unauthorized"}'),
    "401-message": (401, b'{"message": "Unauthorized"}'),
    "403": (403, b'{"detail": "Forbidden"}'),
    "403-message": (403, b'{"message": "Forbidden"}'),
    "403-gateway": (403, b'{"Message": "User is not authorized'),
    "500-auth": (500, b'{"detail": "No AWS event found in request scope"}'),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refused_request_has_no_effect(client, kind):
    before = jobs(client)
    client.emulator.set_faults(Fault("register", kind, seconds=3))

    answer = client.call("POST", "/jobs")

    status, text = REFUSALS[kind]
    assert answer.status == status
    assert text in answer.content
    assert answer.headers.get("retry-after") == ("3" if kind == "429-retry" else None)
    assert jobs(client) == before


@pytest.mark.parametrize("kind", ["500-after", "502-after", "503-after"])
def test_an_error_after_the_effect_hides_that_it_took_place(client, kind):
    before = jobs(client)
    client.emulator.set_faults(f"register:{kind}")

    assert client.call("POST", "/jobs").status == int(kind[:3])
    assert jobs(client) == before + 1


@pytest.mark.parametrize(("kind", "effect"), [("drop", 0), ("lost", 1), ("cut", 1)])
def test_a_connection_closes_before_or_after_the_effect(client, kind, effect):
    before = jobs(client)
    client.emulator.set_faults(f"register:{kind}")

    with pytest.raises(CLOSED):
        client.call("POST", "/jobs")
    assert jobs(client) == before + effect


def test_a_lost_answer_to_a_submission_leaves_the_job_submitted(client):
    client.emulator.set_faults("submit:lost,times=1")
    job_id = client.register(client.program("x q[0]; c = measure q;"))
    body = {"device_id": "qulacs", "job_type": "sampling", "shots": 10}

    with pytest.raises(CLOSED):
        client.call("POST", f"/jobs/{job_id}/submit", body)

    again = client.call("POST", f"/jobs/{job_id}/submit", body)
    assert again.status == 400
    assert "not in valid status for submission" in again.json["message"]
    assert client.wait(job_id)["status"] == "succeeded"
    assert client.emulator.stats()["jobs"][job_id]["submissions"] == 1


@pytest.mark.parametrize("kind", ["slow", "late"])
def test_a_slow_answer_comes_after_the_time_said(client, kind):
    client.emulator.set_faults(f"devices:{kind},seconds=0.1")
    started = time.monotonic()

    assert client.call("GET", "/devices").status == 200
    assert time.monotonic() - started >= 0.1


def test_expired_urls_are_refused_in_xml(client):
    job = client.wait(client.submit(client.program("x q[0]; c = measure q;")))
    client.emulator.set_faults("storage:expired")

    for answer in (
        client.send(job["job_info"]["result"]),
        client.upload(client.call("POST", "/jobs").json["presigned_url"], b"zip"),
    ):
        assert answer.status == 403
        assert b"<Code>AccessDenied</Code><Message>Request has expired</Message>" in answer.content
        assert answer.headers["content-type"] == "application/xml"


def test_downloads_can_be_spoilt_in_every_way(client):
    job = client.wait(client.submit(client.program("x q[0]; c = measure q;"), shots=7))
    url = job["job_info"]["result"]

    def spoilt(kind):
        client.emulator.set_faults(f"download:{kind}")
        return client.send(url)

    with pytest.raises(zipfile.BadZipFile):
        _ = spoilt("truncated").entries
    (big,) = spoilt("oversized").entries.values()
    assert len(big) == 64 * 2**20
    assert len(spoilt("oversized").content) < 2**20
    assert len(spoilt("two-entries").entries) == 2
    assert "<html>" in spoilt("no-json").entries["result.json"]
    assert '"counts": {"1": 8}' in spoilt("wrong-counts").entries["result.json"]
    assert '"counts": {"01": 7}' in spoilt("wrong-width").entries["result.json"]
    client.emulator.set_faults()
    assert '"counts": {"1": 7}' in client.send(url).entries["result.json"]


def test_lists_can_be_short_or_empty(client):
    for _ in range(4):
        client.call("POST", "/jobs")

    def listed():
        # The addresses in a list are signed for the second in which they are asked for.
        return [job["job_id"] for job in client.call("GET", "/jobs").json]

    whole = listed()
    client.emulator.set_faults("list:short")
    assert listed() == whole[: len(whole) // 2]
    client.emulator.set_faults("list:empty")
    assert listed() == []


def test_jobs_can_fail_be_cancelled_or_hang(client):
    program = client.program("x q[0]; c = measure q;")
    for kind, status in (("fail", "failed"), ("cancel", "cancelled")):
        client.emulator.set_faults(f"run:{kind}")
        job = client.wait(client.submit(program))
        assert job["status"] == status
        assert job["job_info"].get("message") == ("failed to execute job on device" if kind == "fail" else None)
        assert "result" not in job["job_info"]
    client.emulator.set_faults("run:hang")
    hanging = client.submit(program)
    client.emulator.set_faults()
    after = client.submit(program)

    assert client.wait(after)["status"] == "succeeded"  # the others go on
    assert client.call("GET", f"/jobs/{hanging}/status").json["status"] == "running"
    client.call("POST", f"/jobs/{hanging}/cancel")
    assert client.call("GET", f"/jobs/{hanging}/status").json["status"] == "cancelled"


def test_jobs_can_finish_out_of_order(connect):
    with Emulator(seed=1, faults=["run:shuffle"], queue_delay=2.0) as emulator:  # all wait before the first runs
        client = connect(emulator)
        ids = [client.submit(client.program("x q[0]; c = measure q;"), shots=i + 1) for i in range(8)]
        for job_id in ids:
            client.wait(job_id)
        state = emulator._server._service.state  # the API shows whole seconds only
        assert sorted(ids, key=lambda job_id: state.job(job_id).ended) != ids


def test_the_token_on_its_way_to_storage_is_noticed(client):
    assert client.emulator.stats()["tokens_sent_to_storage"] == 0
    presigned = client.call("POST", "/jobs").json["presigned_url"]

    client.upload(presigned, b"zip", extra_headers={"q-api-token": client.token})

    assert client.emulator.stats()["tokens_sent_to_storage"] == 1


def test_the_server_itself_survives_any_fault(client, caplog):
    """300 requests of which 60 % go wrong leave no error in its own log."""
    job = client.wait(client.submit(client.program("x q[0]; c = measure q;")))
    client.emulator.set_faults("any:mix:0.6")
    for i in range(300):
        with contextlib.suppress(*CLOSED):
            if i % 3:
                client.call("POST", "/jobs") if i % 2 else client.call("GET", "/jobs")
            else:
                client.send(job["job_info"]["result"])
    client.emulator.set_faults()

    assert client.call("GET", "/devices").status == 200
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_seed_decides_what_goes_wrong():
    def faults(seed):
        chance = Chance([Fault("any", "mix", 0.3)], seed)
        return [chance.draw("download") for _ in range(1000)]

    assert faults("1") == faults("1") != faults("2")
    hits = sum(fault is not None for fault in faults("1"))
    assert abs(hits - 300) < 5 * (1000 * 0.3 * 0.7) ** 0.5


def test_rules_fire_as_often_and_as_late_as_said():
    chance = Chance([Fault.parse("register:lost,after=2,times=3")], None)
    fired = [chance.draw("register") is not None for _ in range(8)]
    assert fired == [False, False, True, True, True, False, False, False]
    assert chance.draw("submit") is None


def test_mixed_faults_have_every_kind_but_refused_credentials():
    chance = Chance([Fault("any", "mix")], "3")
    for endpoint in (*API, *STORAGE):
        seen = {chance.draw(endpoint).kind for _ in range(2000)}
        assert seen == set(kinds_for(endpoint)) - {"mix", *AUTHENTICATION}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("submit", "TARGET:KIND"),
        ("sumbit:lost", "unknown fault target 'sumbit'"),
        ("submit:lots", "no fault 'lots' for 'submit'"),
        ("upload:401", "no fault '401' for 'upload'"),
        ("submit:lost:30", "from 0 to 1"),
        ("submit:lost,time=1", "unknown option 'time'"),
    ],
)
def test_a_rule_that_is_none_is_refused_with_what_there_is(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        Fault.parse(text)


def test_a_rule_reads_as_it_is_written():
    for text in ("submit:lost:0.3", "any:429-retry:0.1,seconds=2", "run:hang:1,seconds=0.5,times=1,after=2"):
        assert str(Fault.parse(text)) == text
