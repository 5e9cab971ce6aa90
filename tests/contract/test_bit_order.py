"""Counts are Qiskit bit strings of the circuit's width, on every local backend."""

from __future__ import annotations

import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

from oqtopus_experiments import Batch
from oqtopus_experiments.backends import LocalBackend

NOISELESS = {
    "t1": None,
    "t2": None,
    "single_qubit_error": 0.0,
    "two_qubit_error": 0.0,
    "readout_error_0": 0.0,
    "readout_error_1": 0.0,
}


@pytest.fixture(params=["qulacs", "noisy"])
def backend(request):
    options = NOISELESS if request.param == "noisy" else {}
    return LocalBackend(device=request.param, seed=1, **options)


def only_outcome(backend, circuit):
    batch = Batch((circuit,), 100, tuple(range(circuit.num_qubits)))
    (outcome,) = backend.submit(batch).outcomes()
    assert outcome.result.shots == 100
    assert outcome.result.width == circuit.num_clbits
    (key,) = outcome.result
    return key


def test_the_right_most_character_is_the_first_bit_of_the_first_register(backend):
    circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(2, "a"), ClassicalRegister(3, "b"))
    circuit.x(1)
    circuit.measure(1, circuit.cregs[1][1])
    circuit.measure(0, circuit.cregs[0][0])

    assert only_outcome(backend, circuit) == "01000"


def test_qubits_and_bits_in_any_order_keep_their_meaning(backend):
    circuit = QuantumCircuit(4, 4)
    circuit.x([0, 3])
    circuit.cx(3, 1)
    circuit.measure([3, 1, 0, 2], [2, 0, 1, 3])

    assert only_outcome(backend, circuit) == "0111"


def test_bits_that_are_never_written_read_zero(backend):
    circuit = QuantumCircuit(1, 6)
    circuit.x(0)
    circuit.measure(0, 4)

    assert only_outcome(backend, circuit) == "010000"


def test_a_hundred_qubits_side_by_side_keep_their_places(backend):
    circuit = QuantumCircuit(100, 100)
    ones = [0, 7, 64, 99]
    circuit.x(ones)
    circuit.measure(range(100), range(100))

    key = only_outcome(backend, circuit)

    assert [i for i, character in enumerate(reversed(key)) if character == "1"] == ones
