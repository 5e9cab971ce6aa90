"""What the reference says and no recording shows."""

from __future__ import annotations

import base64
import json
import time

import pytest

from oqtopus_experiments_oqtopus_emulator import Emulator, User, default_devices
from oqtopus_experiments_oqtopus_emulator._jobs import new_job_id
from oqtopus_experiments_oqtopus_emulator._signing import BUCKET, download_url, upload_fields

BROKEN = {"message": "Internal Server Error", "message_code": "INTERNAL_SERVER_ERROR", "message_params": {}}
BODY = {"device_id": "qulacs", "job_type": "sampling", "shots": 10}


@pytest.fixture(scope="module")
def emulator():
    with Emulator(users=[User("all.secret"), User("few.secret", devices=["qulacs", "closed"])], manual=True) as running:
        yield running


@pytest.fixture
def client(connect, emulator):
    return connect(emulator)


@pytest.fixture
def job_id(client):
    return client.register(client.program("x q[0]; c = measure q;"))


def test_paths_that_are_none(connect, client, emulator):
    assert client.call("GET", "/nothing").json == {"detail": "Not Found"}
    assert client.call("GET", "/jobs/abc/sselog").status == 404
    refused = client.call("PUT", "/jobs")
    assert (refused.status, refused.json) == (405, {"detail": "Method Not Allowed"})
    assert refused.headers["allow"]
    moved = client.call("GET", "/devices/")
    assert (moved.status, moved.headers["location"]) == (307, f"{emulator.url}/devices")
    assert connect(emulator, "no.body").call("GET", "/nothing").status == 401


@pytest.mark.parametrize(
    "query",
    [{"page": "0"}, {"page": "-1"}, {"page": "x"}, {"size": "0"}, {"size": "101"}, {"size": "x"}, {"start_time": "x"}],
)
def test_queries_the_service_stumbles_over(client, query):
    answer = client.call("GET", "/jobs", query=query)
    assert (answer.status, answer.json) == (500, BROKEN)


def test_queries_the_service_refuses(client):
    assert client.call("GET", "/jobs", query={"fields": "foo"}).json == {"message": "fields ['foo'] is invalid"}
    assert client.call("GET", "/jobs", query={"fields": ""}).status == 400
    unknown = client.call("GET", "/jobs", query={"status": "done"})
    assert unknown.status == 422
    assert unknown.json["detail"][0]["loc"] == ["query", "status"]


def test_search_texts_have_wildcards(client, job_id):
    body = {**BODY, "name": "abc 100 xyz"}
    assert client.call("POST", f"/jobs/{job_id}/submit", body).status == 200
    for text, found in (("abc%xyz", True), ("ABC", True), ("abc_100", True), ("abd", False)):
        listed = client.call("GET", "/jobs", query={"q": text, "fields": "job_id"}).json
        assert ({"job_id": job_id} in listed) == found


def test_a_cancelled_registered_job_breaks_what_shows_it_until_it_is_deleted(client, job_id):
    assert client.call("POST", f"/jobs/{job_id}/cancel").status == 200

    assert client.call("GET", f"/jobs/{job_id}").json == BROKEN
    assert client.call("GET", "/jobs").status == 500
    assert client.call("GET", f"/jobs/{job_id}/status").json["status"] == "cancelled"
    listed = client.call("GET", "/jobs", query={"fields": "job_id,status"}).json
    assert {"job_id": job_id, "status": "cancelled"} in listed

    assert client.call("DELETE", f"/jobs/{job_id}").json == {"message": "job deleted"}
    assert client.call("GET", "/jobs").status == 200


def test_wrong_moments_are_told_apart(client, job_id):
    early = client.call("DELETE", f"/jobs/{job_id}")
    assert early.status == 400
    assert early.json["message"] == (
        f"{job_id} job is not in valid status for deletion (valid statuses for deletion: "
        "'succeeded', 'failed' and 'cancelled')"
    )
    client.call("POST", f"/jobs/{job_id}/submit", BODY)
    for _ in range(3):
        client.emulator.advance(job_id)
    late = client.call("POST", f"/jobs/{job_id}/cancel")
    assert late.status == 400
    assert late.json["message"] == (
        f"{job_id} job is not in valid status for cancellation (valid statuses for cancellation: "
        "'registered', 'ready', 'submitted' and 'running')"
    )


def test_device_names_are_compared_as_the_database_does(client, job_id):
    assert client.call("POST", f"/jobs/{job_id}/submit", {**BODY, "device_id": "QULACS "}).status == 200
    for _ in range(3):
        client.emulator.advance(job_id)
    shown = client.call("GET", f"/jobs/{job_id}").json
    assert (shown["status"], shown["device_id"]) == ("succeeded", "QULACS ")


@pytest.mark.parametrize(("shots", "accepted"), [(True, 1), ("10", 10), (10_000_000, 10_000_000)])
def test_shots_are_read_liberally(client, job_id, shots, accepted):
    assert client.call("POST", f"/jobs/{job_id}/submit", {**BODY, "shots": shots, "unknown": 1}).status == 200
    assert client.call("GET", f"/jobs/{job_id}").json["shots"] == accepted


def test_infos_too_long_for_their_column_are_an_internal_error(client, job_id):
    long = {"simulator_info": {"text": "x" * 65_536}}
    assert client.call("POST", f"/jobs/{job_id}/submit", {**BODY, **long}).json == BROKEN
    assert client.call("GET", f"/jobs/{job_id}/status").json["status"] == "registered"


def test_a_user_with_a_list_of_devices_is_refused_others_known_or_not(connect, emulator):
    client = connect(emulator, "few.secret")
    for name in ("anemone", "nope"):
        refused = client.call("GET", f"/devices/{name}")
        assert (refused.status, refused.json) == (403, {"message": f"Cannot access device_id={name}."})


def test_an_unavailable_device_is_refused_before_a_forbidden_one(connect, emulator):
    client = connect(emulator, "few.secret")
    job_id = client.register(client.program("x q[0];"))
    emulator.set_device("anemone", status="unavailable")
    refused = client.call("POST", f"/jobs/{job_id}/submit", {**BODY, "device_id": "anemone"})
    emulator.set_device("anemone", status="available")
    assert (refused.status, refused.json) == (400, {"message": "device anemone is not available"})


def test_only_what_was_signed_can_be_fetched(client, emulator, job_id):
    secret = emulator._server._service.state.secret
    url = download_url(secret, emulator.url, f"{job_id}/input.zip")
    assert client.send(url).status == 200
    for wrong, code in (
        (url.replace("Signature=", "Signature=x"), b"SignatureDoesNotMatch"),
        (url.replace(job_id, "0" * 36), b"SignatureDoesNotMatch"),
        (download_url(secret, emulator.url, f"{job_id}/input.zip", lifetime=-2), b"Request has expired"),
        (f"{emulator.url}/{BUCKET}/{job_id}/input.zip", b"AccessDenied"),
    ):
        refused = client.send(wrong)
        assert refused.status == 403
        assert code in refused.content
    missing = client.send(download_url(secret, emulator.url, "nothing.zip"))
    assert (missing.status, b"NoSuchKey" in missing.content) == (404, True)


def test_only_what_was_signed_can_be_uploaded(client, emulator, job_id):
    secret = emulator._server._service.state.secret
    presigned = client.call("POST", "/jobs").json["presigned_url"]
    url, fields = presigned["url"], presigned["fields"]
    for wrong in (
        {**fields, "key": f"{job_id}/input.zip"},
        {**fields, "signature": "x"},
        {**fields, "AWSAccessKeyId": "x"},
        upload_fields(secret, fields["key"], lifetime=-2),
    ):
        assert client.upload({"url": url, "fields": wrong}, b"zip").status == 403
    assert client.upload(presigned, b"zip").status == 204
    assert client.upload(presigned, b"zip").status == 204  # again: idempotent


def test_an_upload_policy_expires_after_an_hour_and_names_one_object(client):
    fields = client.call("POST", "/jobs").json["presigned_url"]["fields"]
    policy = json.loads(base64.b64decode(fields["policy"]))
    assert policy["conditions"] == [{"bucket": BUCKET}, {"key": fields["key"]}]
    expiration = time.strptime(policy["expiration"], "%Y-%m-%dT%H:%M:%SZ")
    assert 3500 < time.mktime(expiration) - time.mktime(time.gmtime()) < 3700


def test_job_ids_are_ordered_by_time():
    ids = [new_job_id() for _ in range(50)]
    assert [job_id[:19] for job_id in ids] == sorted(job_id[:19] for job_id in ids)
    assert {len(job_id) for job_id in ids} == {36}
    assert abs(int(ids[0].replace("-", "")[:9], 16) - time.time()) < 60


def test_the_default_calibration_keeps_to_its_bounds():
    anemone, qulacs = default_devices()
    assert (anemone.noisy, qulacs.noisy) == (True, False)
    qubits = anemone.info["qubits"]
    assert [qubit["id"] for qubit in qubits] == list(range(16))
    for qubit in qubits:
        assert 0 < qubit["qubit_lifetime"]["t2"] <= 2 * qubit["qubit_lifetime"]["t1"]
        assert qubit["qubit_lifetime"]["t1"] != 100.0  # a placeholder of the service
        error = qubit["meas_error"]
        mean = (error["prob_meas1_prep0"] + error["prob_meas0_prep1"]) / 2
        assert abs(error["readout_assignment_error"] - mean) < 1e-4
    assert len(anemone.couplings) == 24
    assert not {(target, control) for control, target in anemone.couplings} & anemone.couplings  # one direction each
