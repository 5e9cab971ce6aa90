"""Gates of the user's own are what they are made of, on every local simulator."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import Batch
from oqtopus_experiments.backends import LocalBackend

QUIET = {"t1": None, "t2": None, "single_qubit_error": 0.0, "readout_error_0": 0.0, "readout_error_1": 0.0}


@pytest.fixture(params=["qulacs", "noisy"])
def backend(request):
    return LocalBackend(request.param, seed=1, **(QUIET if request.param == "noisy" else {}))


def measured(*matrices):
    """One qubit for each unitary of one qubit."""
    circuit = QuantumCircuit(len(matrices), len(matrices))
    for qubit, matrix in enumerate(matrices):
        circuit.unitary(matrix, [qubit])
    circuit.measure(range(len(matrices)), range(len(matrices)))
    return circuit


def counts(backend, *circuits):
    batch = Batch(circuits, 9, tuple(range(circuits[0].num_qubits)))
    return [outcome.result for outcome in backend.submit(batch).outcomes()]


NOTHING, FLIP = np.eye(2), np.eye(2)[::-1]


def test_unitaries_of_one_size_are_told_apart_within_a_batch_and_within_a_circuit(backend):
    assert counts(backend, measured(NOTHING), measured(FLIP)) == [{"0": 9}, {"1": 9}]
    assert counts(backend, measured(NOTHING, FLIP)) == [{"10": 9}]
