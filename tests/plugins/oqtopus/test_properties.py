"""Whatever the service says, in any field: an error of ours or a missing point, and a run folder that can be read."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings, strategies as st
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from oqtopus_experiments import Counts
from oqtopus_experiments.errors import OqtopusExperimentsError
from oqtopus_experiments.execution._submission import submit
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments_oqtopus import OqtopusBackend, _waiting as retrying
from oqtopus_experiments_oqtopus._credentials import Credentials
from oqtopus_experiments_oqtopus._service import Service
from oqtopus_experiments_oqtopus._transport import Transport
from oqtopus_experiments_oqtopus._waiting import Patience
from oqtopus_experiments_rabi import Rabi

POINTS, SHOTS = 5, 10
STORAGE = "https://storage.example"
DEVICE = {
    "device_id": "d", "device_type": "QPU", "status": "available", "n_pending_jobs": 0, "n_qubits": 1,
    "basis_gates": ["sx", "x", "rz"], "supported_instructions": ["measure", "barrier", "delay"],
    "calibrated_at": "2026-11-20T00:00:00Z", "description": "a device", "device_info": f"{STORAGE}/calibration",
}  # fmt: skip
CALIBRATION = {
    "qubits": [{
        "id": 0, "physical_id": 7, "position": {"x": 0, "y": 1}, "fidelity": 0.99, "gate_duration": {"x": 24},
        "meas_error": {"prob_meas1_prep0": 0.02, "prob_meas0_prep1": 0.03}, "qubit_lifetime": {"t1": 26.4, "t2": 35.8},
    }],
    "couplings": [{"control": 0, "target": 1, "fidelity": 0.9, "gate_duration": {"rzx90": 272}}],
}  # fmt: skip
REGISTRATION = {"job_id": "ID", "presigned_url": {"url": f"{STORAGE}/up", "fields": {"key": "k", "policy": "p"}}}
ENTRY = {
    "job_id": "ID", "status": "succeeded", "description": "x", "shots": SHOTS, "execution_time": 0.1,
    "job_info": {"result": f"{STORAGE}/result", "message": None}, "submitted_at": "t", "running_at": "t",
    "ended_at": "t",
}  # fmt: skip
RESULT = {"sampling": {"counts": {"0": 4, "1": 6}, "divided_counts": None}, "estimation": None}

TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "\ud800",
        "\x1b]52;c;x\x07",
        "https://[::1/x",
        "http://127.0.0.1:1/",
        "[" * 2000,
        "NaN",
        "\x00",
        "succeeded",
        "../x",
    ]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**63, 10**400, -1, 10**18, True, float("nan"), 5e-324])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def _paths(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _paths(item, (*path, key))


def _spoilt(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _spoilt(value[path[0]], path[1:], new)
    return copy


ANSWERS = {"devices": [DEVICE], "device": DEVICE, "calibration": CALIBRATION, "registration": REGISTRATION,
           "list": [ENTRY], "job": ENTRY, "status": {"job_id": "ID", "status": "registered"},
           "result": RESULT}  # fmt: skip
FIELDS = [(name, path) for name, answer in ANSWERS.items() for path in _paths(answer)]


class _Hostile(BaseAdapter):
    """A service in memory that answers well but for one field of one kind of answer."""

    def __init__(self, name, path, new):
        super().__init__()
        self.name, self.path, self.new, self.registered = name, path, new, 0

    def send(self, request, **_):
        response = requests.Response()
        response.status_code, response.headers = 200, CaseInsensitiveDict()
        response.request, response.url = request, request.url
        response.raw = io.BytesIO(self._body(request.method, request.url.partition("example")[2].partition("?")[0]))
        return response

    def close(self):
        pass

    def _body(self, method, path):
        if path in ("/calibration", "/result"):
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr("x", self._text(path.strip("/")))
            return buffer.getvalue()
        if path == "/up":
            return b""
        if path == "/devices":
            return self._text("devices")
        if path.startswith("/devices/"):
            return self._text("device")
        if method == "POST" and path == "/jobs":
            self.registered += 1
            return self._text("registration", f"job-{self.registered}")
        if path == "/jobs":
            whole = [{**ENTRY, "job_id": f"job-{number + 1}"} for number in range(1, self.registered)]
            return self._text("list", "job-1", whole)
        if path.endswith("/status"):
            return self._text("status", path.split("/")[2])
        return self._text("job", path.split("/")[-1]) if method == "GET" else b"{}"

    def _text(self, name, job_id="ID", more=()):
        answer = ANSWERS[name]
        if name == self.name:
            answer = _spoilt(answer, self.path, self.new)
        if isinstance(answer, list):
            answer = [*answer, *more]
        return json.dumps(answer).replace('"ID"', json.dumps(job_id)).encode()


def _backend(adapter):
    backend = OqtopusBackend("d", url="https://api.example", token="a.b", parallel=2, poll_interval=0.01)  # noqa: S106
    transport = Transport(Credentials("https://api.example", "a.b"), 5, 2, adapter=adapter)
    backend.connection._service = Service(transport, Patience(0.1))
    return backend


@pytest.fixture(scope="module")
def hurried():
    """Retries without long pauses: the service is in memory."""
    patch = pytest.MonkeyPatch()
    patch.setattr(retrying, "LONGEST_PAUSE", 0.01)
    patch.setattr(retrying._Pause, "__call__", lambda *_: 0.03)
    yield
    patch.undo()


SEEDED = settings(
    max_examples=120, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@SEEDED
@given(field=st.sampled_from([f for f in FIELDS if f[0] in ("devices", "device", "calibration")]), new=VALUES)
def test_questions_about_devices_end_in_an_answer_that_can_be_written_or_an_error_of_ours(hurried, field, new):
    backend = _backend(_Hostile(*field, new))
    for ask in (backend.devices, backend.device_info, backend.notes):
        try:
            found = ask()
        except OqtopusExperimentsError:
            continue
        if ask == backend.device_info:
            text = json.dumps(found.to_json(), allow_nan=False, ensure_ascii=False)
            assert type(found).from_json(json.loads(text.encode())).to_json() == found.to_json()


def test_with_no_field_spoilt_the_same_service_gives_all_counts(hurried, tmp_path):
    backend = _backend(_Hostile("result", (), RESULT))
    result = Rabi(amplitude_points=POINTS).submit(backend, shots=SHOTS, runs=tmp_path).result(timeout=60)
    assert [dict(counts) for counts in result.counts.values()] == [{"0": 4, "1": 6}] * POINTS
    assert backend.notes() == ()


@SEEDED
@given(field=st.sampled_from([f for f in FIELDS if f[0] != "devices"]), new=VALUES)
def test_a_run_ends_in_counts_missing_points_or_an_error_of_ours_and_leaves_a_folder_that_can_be_read(
    hurried, tmp_path_factory, field, new
):
    runs = tmp_path_factory.mktemp("runs")
    backend = _backend(_Hostile(*field, new))
    try:
        # Without the figures at the end of a run, which take ten times as long as all of it.
        handle = submit(Rabi(amplitude_points=POINTS), backend, SHOTS, runs=runs)
        result = handle.result(timeout=0.3)
    except OqtopusExperimentsError:
        pass
    else:
        assert all(counts.shots == SHOTS for counts in result.counts.values() if isinstance(counts, Counts))
    for path in Path(runs).iterdir():
        folder = RunFolder.open(path)
        assert folder.manifest().experiments
        if (path / "rabi").is_dir():
            section = folder.journal("rabi")
            assert set(section.results()) <= set(range(POINTS))
            assert all(json.dumps(record, allow_nan=False) for record in section.records)
