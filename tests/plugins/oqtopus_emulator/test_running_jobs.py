"""What becomes of programs."""

from __future__ import annotations

import json
import math

import pytest

from oqtopus_experiments_oqtopus_emulator import Device, Emulator, default_devices

TRANSPILER = "Expecting value: line 1 column 1 (char 0)"
GATEWAY = "failed to execute job on device"
OFF = {"transpiler_lib": None}


@pytest.fixture(scope="module")
def client(connect):
    with Emulator(seed=1) as emulator:
        yield connect(emulator)


@pytest.fixture(scope="module")
def calibration(client):
    url = client.call("GET", "/devices/anemone").json["device_info"]
    return json.loads(client.send(url).entries["device_info.json"])


def test_a_noiseless_job_has_exact_counts_in_qiskit_order(client):
    assert client.counts(client.program("x q[0]; c = measure q;", 3)) == {"001": 100}
    assert client.counts(client.program("x q[2]; c = measure q;", 3)) == {"100": 100}


def test_the_first_register_stands_at_the_right(client):
    program = client.program("bit[1] d; x q[1]; c[0] = measure q[0]; d[0] = measure q[1];", 2, 1)
    assert client.counts(program) == {"10": 100}


def test_the_default_transpiler_takes_any_gate_and_is_written_back(client):
    job = client.wait(client.submit(client.program("h q[0]; h q[0]; c = measure q;")))

    assert job["transpiler_info"] == {"transpiler_lib": "qiskit", "transpiler_options": {"optimization_level": 1}}
    assert client.result(job) == {"counts": {"0": 100}, "divided_counts": None}


def test_t1_decay_is_that_of_the_calibration_on_the_noisy_device(client, calibration):
    qubit, shots, delay = calibration["qubits"][5], 20000, 20.0
    program = client.program(f"x q[5]; delay[{delay}us] q[5]; c[0] = measure q[5];", 6, 1)

    counts = client.counts(program, device="anemone", shots=shots)

    up, down = qubit["meas_error"]["prob_meas1_prep0"], qubit["meas_error"]["prob_meas0_prep1"]
    excited = math.exp(-delay / qubit["qubit_lifetime"]["t1"])
    expected = excited * (1 - down) + (1 - excited) * up
    # 5 standard errors, and 0.002 for the error of the pulse.
    assert abs(counts["1"] / shots - expected) < 5 * math.sqrt(expected * (1 - expected) / shots) + 0.002


def test_delays_take_no_time_on_the_simulator(client):
    assert client.counts(client.program("x q[0]; delay[1ms] q[0]; c = measure q;")) == {"1": 100}


def test_a_delay_of_the_noisy_device_is_rounded_up_to_its_step(client):
    """27 ns and 28 ns are the same experiment there: equal seeds of equal programs would show it, unequal hide it."""
    from oqtopus_experiments_oqtopus_emulator._gateway import _on_qpu
    from oqtopus_experiments_oqtopus_emulator._programs import parse

    def delay(text):
        circuit = parse(client.program(f"delay[{text}] q[0]; c = measure q;"), "")
        return _on_qpu(circuit, default_devices()[0]).data[0].operation.params[0]

    assert [delay(text) for text in ("27ns", "28ns", "0.1us", "3dt", "1.0000000000000001e-07s")] == [
        28,
        28,
        100,
        6,
        102,
    ]


@pytest.mark.parametrize(
    ("body", "qubits"),
    [
        ("h q[0]; c = measure q;", 1),
        ("cx q[1], q[0]; c = measure q;", 2),  # calibrated from 0 to 1 only
        ("cx q[0], q[5]; c = measure q;", 6),  # no neighbours
        ("x q[0]; delay[0ns] q[0]; c = measure q;", 1),
        ("reset q[0]; c = measure q;", 1),
        ("x q[0]; c = measure q;", 17),
        ("c[0] = measure q[0]; x q[0]; c[0] = measure q[0];", 1),
        ("x q[0]", 1),
    ],
)
def test_what_the_device_cannot_do_fails_there_with_its_one_text(client, body, qubits):
    job = client.failure(client.program(body, qubits), device="anemone")

    assert job["job_info"]["message"] == GATEWAY
    assert set(job["job_info"]) == {"input", "message"}
    assert "execution_time" not in job


def test_the_calibrated_direction_and_the_simulator_are_more_liberal(client):
    assert sum(client.counts(client.program("cx q[0], q[1]; c = measure q;", 2), device="anemone").values()) == 100
    assert client.counts(client.program("x q[1]; cx q[1], q[0]; c = measure q;", 2)) == {"11": 100}
    assert client.counts(client.program("x q[0]; delay[0ns] q[0]; c = measure q;")) == {"1": 100}


def test_the_simulator_measures_the_final_state_only(client):
    program = client.program("x q[0]; c[0] = measure q[0]; x q[0]; c[1] = measure q[0];", 1, 2)
    assert client.counts(program) == {"00": 100}


def test_unmeasured_bits_are_in_the_keys_of_the_simulator_but_not_of_the_device(client):
    program = client.program("x q[1]; c[1] = measure q[1];", 2, 3)
    assert client.counts(program) == {"010": 100}
    assert {len(key) for key in client.counts(program, device="anemone")} == {1}
    assert client.counts(client.program("x q[0];", 1, 0)) == {"": 100}


def test_bits_of_the_device_keep_their_order_when_some_are_not_measured(client):
    """Five percent of misread qubits leave no doubt which bit is which."""
    program = client.program("x q[1]; c[0] = measure q[0]; c[2] = measure q[1];", 2, 4)
    assert client.counts(program, device="anemone", shots=1000)["10"] > 800
    swapped = client.program("x q[1]; c[2] = measure q[0]; c[0] = measure q[1];", 2, 4)
    assert client.counts(swapped, device="anemone", shots=1000)["01"] > 800


def test_virtual_gates_take_no_time_on_the_noisy_device(client, calibration):
    """2000 rotations about z, which would outlast T1 if each lasted as long as a pulse."""
    assert 2000e-3 * calibration["qubits"][0]["gate_duration"]["x"] > calibration["qubits"][0]["qubit_lifetime"]["t1"]
    program = client.program("x q[0]; " + "rz(0.1) q[0]; " * 2000 + "c = measure q;")
    assert client.counts(program, device="anemone", shots=1000)["1"] > 900


def test_programs_side_by_side_have_their_own_qubits_and_bits_however_many_of_each(client):
    first = client.program("x q[1]; c[2] = measure q[1];", 2, 3)
    second = client.program("x q[0]; c = measure q;", 1, 1)
    third = client.program("x q[2]; c[0] = measure q[2];", 3, 2)
    job = client.wait(client.submit(first, second, third, kind="multi_manual", transpiler_info=OFF))
    assert client.result(job) == {
        "counts": {"011100": 100},
        "divided_counts": {"0": {"100": 100}, "1": {"1": 100}, "2": {"01": 100}},
    }


@pytest.mark.parametrize(
    ("body", "info", "message"),
    [
        ("x q[0]; delay[100ns] q[0]; c = measure q;", {}, TRANSPILER),
        ("this is not a program", {}, TRANSPILER),
        ("x q[0]; c = measure q;", {"transpiler_lib": "qiskit", "transpiler_options": {"no_such": 1}}, TRANSPILER),
        ("x q[0]; c = measure q;", {"transpiler_lib": "qiskit"}, "'transpiler_options'"),
        ("x q[0]; c = measure q;", {"skip_transpilation": False}, "'transpiler_lib'"),
    ],
)
def test_what_the_transpiler_cannot_do_fails_before_it_runs(client, body, info, message):
    job = client.failure(client.program(body), transpiler_info=info)

    assert job["job_info"]["message"] == message
    assert "running_at" not in job


def test_delays_survive_the_transpiler_when_it_is_told_of_them(client):
    options = {"basis_gates": ["x", "sx", "rz", "cx", "delay"], "initial_layout": [3]}
    info = {"transpiler_lib": "qiskit", "transpiler_options": options}
    job = client.wait(client.submit(client.program("x q[0]; delay[100ns] q[0]; c = measure q;"), transpiler_info=info))

    (text,) = client.send(job["job_info"]["transpile_result"]).entries.values()
    document = json.loads(text)
    assert "delay[1e-07s] $3;" in document["transpiled_program"]
    assert document["virtual_physical_mapping"]["qubit_mapping"] == {"0": 3}


def test_the_transpiler_respects_the_direction_of_couplings(client):
    job = client.wait(client.submit(client.program("h q[0]; cx q[1], q[0]; c = measure q;", 2), device="anemone"))
    assert job["status"] == "succeeded"


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("estimation", "the operator is not specified in the job."),
        ("sse", "the emulator does not run sse jobs"),
    ],
)
def test_other_kinds_of_job_fail_openly(client, kind, message):
    assert client.failure(client.program("x q[0];"), kind=kind)["job_info"]["message"] == message


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_an_input_that_is_no_zip_fails_the_job(client, content):
    registered = client.call("POST", "/jobs").json
    client.upload(registered["presigned_url"], content)
    job_id = registered["job_id"]
    client.call("POST", f"/jobs/{job_id}/submit", {"device_id": "qulacs", "job_type": "sampling", "shots": 1})

    assert client.wait(job_id)["job_info"]["message"].startswith("Job input validation failed: ")


def test_an_error_nobody_thought_of_fails_one_job_and_not_the_others(connect):
    """A calibration without lifetimes: the text of the error ends the job, as in the service."""
    odd = Device(device_id="odd", device_type="QPU", n_qubits=1, info={"qubits": [{"id": 0}], "couplings": []})
    with Emulator(devices=[odd, default_devices()[1]]) as emulator:
        client = connect(emulator)
        job = client.failure(client.program("x q[0]; c = measure q;"), device="odd")
        assert job["job_info"]["message"] == "'qubit_lifetime'"
        assert client.counts(client.program("x q[0]; c = measure q;")) == {"1": 100}


def test_mitigation_takes_the_readout_errors_out(client, calibration):
    """P(1) of an excited qubit: short of 1 by the readout error before, by the gate error of 0.1 % after."""
    body, shots = client.program("x q[0]; c = measure q;"), 20000
    down = calibration["qubits"][0]["meas_error"]["prob_meas0_prep1"]

    plain = client.counts(body, device="anemone", shots=shots)
    cured = client.counts(
        body, device="anemone", shots=shots, mitigation_info={"ro_error_mitigation": "pseudo_inverse"}
    )

    assert plain["1"] < shots * (1 - down / 2)
    assert cured["1"] > shots * (1 - down / 4)
    assert shots - 2 <= sum(cured.values()) <= shots  # rounded down, key by key


def test_mitigation_of_several_programs_keeps_the_first_only_as_the_service_does(client):
    programs = [client.program("x q[1]; c = measure q;", 2), client.program("x q[0]; c = measure q;")]
    info = {"ro_error_mitigation": "pseudo_inverse"}
    job = client.wait(client.submit(*programs, kind="multi_manual", transpiler_info=OFF, mitigation_info=info))

    result = client.result(job)
    assert set(result["counts"]) == {"10"}
    assert result["divided_counts"] == {}


def test_equal_programs_have_equal_counts_in_any_order_but_not_the_second_time(connect):
    def counts(order):
        with Emulator(seed=9) as emulator:
            client = connect(emulator)
            programs = [client.program(f"sx q[0]; rz({i}) q[0]; sx q[0]; c = measure q;") for i in (1, 2)]
            found = {i: client.counts(programs[i], shots=10000) for i in order}
            return found, client.counts(programs[0], shots=10000)

    first, again = counts([0, 1])
    second, _ = counts([1, 0])
    assert first == second
    assert again != first[0]
