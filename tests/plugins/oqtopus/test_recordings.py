"""What the service really answered, read by this client."""

from __future__ import annotations

import pytest

from oqtopus_experiments import AuthenticationError, DeviceError, Failure
from oqtopus_experiments_oqtopus import _device_description as device_description, _download as download
from oqtopus_experiments_oqtopus._answers import RefusedError
from oqtopus_experiments_oqtopus._download import Reading
from oqtopus_experiments_oqtopus._submission_requests import pack

ONE_BIT = Reading((0,), 1)


def _job_id(recorded):
    return recorded.exchanges[0]["response"]["json"]["job_id"]


def test_the_recorded_submission_gives_the_recorded_counts(replay):
    service, recorded = replay("happy_sampling_native_delay")
    registration = service.register()
    service.upload(registration, pack({"program": ["..."]}))
    service.submit(registration.job_id, {"device_id": "qulacs", "job_type": "sampling", "shots": 200})

    counts = download.fetch(service, registration.job_id, {}, ONE_BIT, 200, mitigated=False)

    assert counts == {"1": 200}
    assert registration.job_id == _job_id(recorded)


def test_the_token_goes_to_the_api_and_never_to_storage(replay):
    service, recorded = replay("happy_sampling_native_delay")
    registration = service.register()
    service.upload(registration, pack({"program": ["..."]}))
    download.fetch(service, registration.job_id, {}, ONE_BIT, 200, mitigated=False)

    to_storage = [request for request in recorded.sent if "storage.example" in request.url]
    assert len(to_storage) == 2
    for request in to_storage:
        assert "alice.secret" not in str(request.headers)
        assert b"alice.secret" not in (request.body or b"")
        assert "authorization" not in {name.lower() for name in request.headers}
    assert all(r.headers["q-api-token"] == "alice.secret" for r in recorded.sent if r not in to_storage)


def test_the_form_has_the_recorded_parts_in_order_and_nothing_for_null(replay):
    service, recorded = replay("happy_sampling_native_delay")
    registration = service.register()
    service.upload(registration, pack({"program": ["..."]}))

    body = recorded.sent[-1].body
    names = [part.split(b'"')[0].decode() for part in body.split(b' name="')[1:]]
    recorded_names = [part["name"] for part in recorded.exchanges[1]["request"]["multipart"]]
    assert names == recorded_names
    assert b"x-amz-security-token" not in body


def test_mitigated_counts_may_miss_shots_and_plain_ones_may_not(replay):
    service, recorded = replay("readout_mitigation")
    downloads = [e["response"] for e in recorded.exchanges if e["step"].startswith("download")]
    jobs = [e["response"]["json"] for e in recorded.exchanges if e["step"].startswith("get job")]
    assert len(downloads) == len(jobs) == 2
    both = Reading((0, 1), 2)

    plain = download.fetch(service, jobs[0]["job_id"], jobs[0], both, 1000, mitigated=False)
    mitigated = download.fetch(service, jobs[1]["job_id"], jobs[1], both, 1000, mitigated=True)
    strict = download.fetch(service, jobs[1]["job_id"], jobs[1], both, 1000, mitigated=False)

    assert (plain.shots, mitigated.shots) == (1000, 999)
    assert isinstance(strict, Failure)
    assert "sum to 999, not to the 1000" in strict.reason


@pytest.mark.parametrize("name", ["unauthorized_malformed_token", "unauthorized_no_token", "forbidden_unapproved"])
def test_refused_credentials_are_an_authentication_error_and_asked_once(replay, name):
    service, recorded = replay(name)
    with pytest.raises(AuthenticationError, match="API token"):
        service.devices()
    assert len(recorded.sent) == 1


def test_a_forbidden_device_is_no_matter_of_the_token(replay):
    service, recorded = replay("forbidden_device")
    refused = next(e for e in recorded.exchanges if e["response"]["status"] == 403 and "submit" in e["request"]["path"])
    job_id = refused["request"]["path"].split("/")[2]
    with pytest.raises(DeviceError, match="cannot create job for device"):
        service.submit(job_id, refused["request"]["json"])


def test_a_second_submit_that_is_refused_as_done_counts_as_done(replay):
    service, recorded = replay("submit_twice_400")
    job_id = _job_id(recorded)
    service.submit(job_id, {})
    service.submit(job_id, {})
    assert [r.url.rsplit("/", 1)[1] for r in recorded.sent] == ["submit", "submit", "status"]


def test_faults_of_the_request_are_told_in_the_words_of_the_service(replay):
    service, recorded = replay("submit_invalid_body_422")
    job_id = _job_id(recorded)
    with pytest.raises(RefusedError, match=r"422: body\.\w+: "):
        service.submit(job_id, {})
    assert len(recorded.sent) == 1


def test_a_job_nobody_knows_is_none(replay):
    service, _ = replay("job_not_found_404")
    assert service.job("06b00a7a-0000-7000-8000-000000000000") is None
    assert service.status("06b00a7a-0000-7000-8000-000000000000") is None


def test_device_info_is_read_as_null_and_as_a_zip(replay):
    service, _ = replay("device_get")
    without = service.device("qulacs")
    assert device_description.describe(without, device_description.calibration(service, without)).qubits == ()
    content = service.device("qulacs")
    info = device_description.describe(content, device_description.calibration(service, content))
    assert len(info.qubits) == 7
    assert info.placeholders == ("qulacs is a simulator: the values in its file are defaults, not measurements",)
    assert all(qubit.t1 is None for qubit in info.qubits)
    with pytest.raises(DeviceError, match="device_id=nope is not found"):
        service.device("nope")


def test_devices_are_listed_with_status_and_queue(replay):
    service, _ = replay("device_list")
    lines = [device_description.summary(content) for content in service.devices()]
    assert [(d.name, d.kind, d.status, d.queue) for d in lines] == [
        ("anemone", "QPU", "available", 0),
        ("closed", "QPU", "unavailable", 0),
        ("qulacs", "simulator", "available", 0),
    ]
