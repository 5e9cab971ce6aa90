"""What becomes of programs."""

from __future__ import annotations

import json
import math

import pytest

from oqtopus_experiments_oqtopus_emulator import Emulator


@pytest.fixture(scope="module")
def client(connect):
    with Emulator(seed=1) as emulator:
        yield connect(emulator)


def test_a_noiseless_job_has_exact_counts_in_qiskit_order(client):
    assert client.counts(client.program("x q[0]; c = measure q;", 3)) == {"001": 100}
    assert client.counts(client.program("x q[2]; c = measure q;", 3)) == {"100": 100}


def test_the_default_transpiler_takes_any_gate_and_is_written_back(client):
    job = client.wait(client.submit(client.program("h q[0]; h q[0]; c = measure q;")))

    assert job["transpiler_info"] == {"transpiler_lib": "qiskit", "transpiler_options": {"optimization_level": 1}}
    assert client.result(job) == {"counts": {"0": 100}, "divided_counts": None}


def test_t1_decay_is_that_of_the_calibration_on_the_noisy_device(client):
    qubits = json.loads(
        client.send(client.call("GET", "/devices/anemone").json["device_info"]).entries["device_info.json"]
    )["qubits"]
    qubit, shots, delay = qubits[5], 20000, 20.0
    program = client.program(f"x q[5]; delay[{delay}us] q[5]; c[0] = measure q[5];", 6, 1)

    counts = client.counts(program, device="anemone", shots=shots)

    up, down = qubit["meas_error"]["prob_meas1_prep0"], qubit["meas_error"]["prob_meas0_prep1"]
    excited = (1 - qubit["gate_duration"]["x"] * 1e-3 / qubit["qubit_lifetime"]["t1"]) * math.exp(
        -delay / qubit["qubit_lifetime"]["t1"]
    )
    expected = excited * (1 - down) + (1 - excited) * up
    # 5 standard errors, and 0.002 for the error of the pulse.
    assert abs(counts["1"] / shots - expected) < 5 * math.sqrt(expected * (1 - expected) / shots) + 0.002


def test_delays_take_no_time_on_the_simulator(client):
    assert client.counts(client.program("x q[0]; delay[1ms] q[0]; c = measure q;")) == {"1": 100}
