"""What a service may say that cannot be: a sentence, a value that is not known, never a traceback or a hang."""

from __future__ import annotations

import json

import pytest
from lines import Line, response

from oqtopus_experiments import BackendError, DeviceError
from oqtopus_experiments_oqtopus import OqtopusBackend
from oqtopus_experiments_oqtopus._answers import (
    DEEPEST,
    MOST_PARTS,
    Answer,
    RefusedError,
    TransientError,
    check,
    parse_json,
)
from oqtopus_experiments_oqtopus._device_calibration import MOST_QUBITS
from oqtopus_experiments_oqtopus._device_description import describe
from oqtopus_experiments_oqtopus._native import GATES, Native

DEVICE = {
    "device_id": "d",
    "device_type": "QPU",
    "status": "available",
    "n_qubits": 2,
    "basis_gates": ["sx", "x", "rz"],
}


def _retry_after(text):
    with pytest.raises(TransientError) as caught:
        check(Answer(429, {"retry-after": text}, b"{}"), "GET /jobs")
    return caught.value.retry_after


@pytest.mark.parametrize("text", ["²", "٣", "-5", "1e9", "9" * 400, "Mon, 99 Zed 99999 99:99:99 +9999", "\x00", "inf"])
def test_a_time_to_wait_that_is_none_is_left_alone(text):
    assert _retry_after(text) is None


@pytest.mark.parametrize("place", [5, None, "x", {}, [[[1]]], ["body", 0]])
def test_a_place_of_a_fault_may_be_anything(place):
    body = json.dumps({"detail": [{"loc": place, "msg": "because"}]}).encode()
    with pytest.raises(RefusedError, match="because"):
        check(Answer(422, {}, body), "POST /jobs")


def test_a_reason_of_megabytes_is_bounded():
    for body in ({"message": "x" * 10**6}, {"detail": "x" * 10**6}, {"detail": [{"msg": "x" * 10**6}] * 50}):
        with pytest.raises(RefusedError) as caught:
            check(Answer(400, {}, json.dumps(body).encode()), "GET /jobs")
        assert len(str(caught.value)) < 2000


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "9" * 5000, "-9223372036854775809"]
)
def test_a_number_that_nothing_can_hold_is_not_known(number):
    assert parse_json(f'{{"a": {number}, "b": 1}}'.encode()) == {"a": None, "b": 1}


def test_half_a_character_is_replaced_and_what_is_nested_or_divided_beyond_reading_is_refused():
    assert parse_json(b'{"\\ud800": "\\udfffx", "ok": "\\ud83d\\ude00"}') == {"\ufffd": "\ufffdx", "ok": "\U0001f600"}
    assert parse_json(b"[" * DEEPEST + b"]" * DEEPEST)
    for text in (
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b"[" * 100_000,
        b"[" + b"[]," * MOST_PARTS + b"1]",
        b"\xff",
        b"",
    ):
        with pytest.raises(ValueError):  # noqa: PT011  # whatever JSON says
            parse_json(text)


def test_values_of_a_calibration_that_cannot_be_are_not_known_and_told():
    file = {"qubits": [
        {"id": 0, "qubit_lifetime": {"t1": float("nan"), "t2": -3}, "meas_error": {"prob_meas1_prep0": 1.5},
         "fidelity": "high", "position": {"x": 1e300, "y": 0}, "gate_duration": [], "physical_id": [[[1]]]},
        {"id": 1, "qubit_lifetime": {"t1": 30.0, "t2": True}, "position": 3},
        {"id": 1, "qubit_lifetime": {"t1": 99.0}},
    ], "couplings": [{"control": 0, "target": 0}, {"control": 0, "target": 1, "fidelity": float("inf")}]}  # fmt: skip
    info = describe(DEVICE, file)
    first, second = info.qubits
    assert (first.t1, first.t2, first.readout_error_0, first.gate_error, first.position, first.chip_index) == (
        None,
    ) * 6
    assert (second.t1, second.t2) == (30_000.0, None)
    assert [(c.control, c.target, c.error) for c in info.couplings] == [(0, 1, None)]
    for said in (
        "t1 of qubit 0 cannot be nan",
        "t2 of qubit 0",
        "fidelity of qubit 0",
        "qubit 1 is listed again",
        "position",
    ):
        assert any(said in note for note in info.notes), said
    json.dumps(info.to_json(), allow_nan=False)


@pytest.mark.parametrize("file", [
    {"qubits": 5}, {"qubits": [1]}, {"qubits": [{}]}, {"qubits": [{"id": "0"}]}, {"qubits": [{"id": 10**18}]},
    {"qubits": [{"id": -1}]}, {"qubits": [{"id": True}]}, {"couplings": [{"control": 0}]},
    {"qubits": [{}] * (MOST_QUBITS + 1)},
])  # fmt: skip
def test_a_calibration_of_another_form_or_size_is_a_device_error(file):
    with pytest.raises(DeviceError, match="device info"):
        describe(DEVICE, file)


@pytest.mark.parametrize("number", [10**9, -1, True, "7", 1.5, None])
def test_a_number_of_qubits_that_is_not_believed_fills_no_memory(number):
    info = describe({**DEVICE, "n_qubits": number}, None)
    assert info.summary.num_qubits is None
    with pytest.raises(DeviceError, match="how many qubits"):
        Native.of(info, DEVICE["basis_gates"], [])


def test_what_a_device_says_of_its_size_is_bounded():
    assert describe({**DEVICE, "n_qubits": MOST_QUBITS}, None).summary.num_qubits == MOST_QUBITS
    assert describe({**DEVICE, "n_qubits": MOST_QUBITS + 1}, None).summary.num_qubits is None


def test_a_simulator_that_couples_too_many_pairs_is_refused_before_they_are_listed():
    simulator = {**DEVICE, "device_type": "simulator", "n_qubits": MOST_QUBITS}
    with pytest.raises(DeviceError, match="a simulator of 100000 qubits"):
        Native.of(describe(simulator, None), DEVICE["basis_gates"], [])


def test_every_known_gate_is_one_of_qiskit_on_one_or_two_qubits():
    from qiskit.circuit.library import get_standard_gate_name_mapping

    mapping = get_standard_gate_name_mapping()
    assert {mapping[name].num_qubits for name in GATES} == {1, 2}


def test_one_unknown_gate_does_not_refuse_the_device():
    odd = [1, None, ["x"], "measure", "ccx", "global_phase", "warp", "delay"]
    native = Native.of(describe(DEVICE, None), [*odd, "sx", "x", "rz", "x"], None)
    assert native.basis_gates == ("sx", "x", "rz")
    assert {"sx", "x", "rz", "measure", "delay"} == set(native.target().operation_names)
    with pytest.raises(DeviceError, match="none of its gates is known"):
        Native.of(describe(DEVICE, None), odd, None)
    with pytest.raises(DeviceError, match="none of its gates is known"):
        Native.of(describe(DEVICE, None), "xy", None)


def _serving(**answers):
    def answer(request, send):
        path = request.split()[1].decode().partition("?")[0]
        send(response(answers[path.strip("/").partition("/")[0]]))

    return Line(answer)


def test_what_was_left_out_of_a_device_is_noted_for_whoever_checks():
    body = json.dumps({**DEVICE, "basis_gates": ["x", "warp"], "device_info": {"qubits": [{"id": 0, "fidelity": 7}]}})
    with _serving(devices=body.encode()) as line:
        notes = OqtopusBackend("d", url=line.url, token="a.b").notes()  # noqa: S106  # made up
    assert len(notes) == 2
    assert "'warp'" in notes[0]
    assert "fidelity of qubit 0 cannot be 7" in notes[1]


@pytest.mark.parametrize("address", ["https://[::1/x", "http://storage.example/x", "https://a\\@b/", "https://u:p@h/"])
def test_a_calibration_at_no_address_is_an_error_of_ours(address):
    body = json.dumps({**DEVICE, "device_info": address}).encode()
    with _serving(devices=body) as line, pytest.raises(BackendError, match="storage address"):
        OqtopusBackend("d", url=line.url, token="a.b", retry_budget=0.0).device_info()  # noqa: S106  # made up


def test_devices_without_a_name_are_left_out_and_odd_members_are_not_known():
    devices = [{}, {"device_id": 5}, {"device_id": "d", "n_pending_jobs": True, "status": ["x"], "n_qubits": 10**300}]
    with _serving(devices=json.dumps(devices).encode()) as line:
        (found,) = OqtopusBackend(url=line.url, token="a.b").devices()  # noqa: S106  # made up
    assert (found.name, found.queue, found.status, found.num_qubits) == ("d", None, "", None)
