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


def own(name):
    """A turn by 0.7 about y, called whatever."""
    inner = QuantumCircuit(1, name=name)
    inner.ry(0.7, 0)
    circuit = QuantumCircuit(1, 1)
    circuit.append(inner.to_gate(), [0])
    circuit.measure(0, 0)
    return circuit


NAMES = [
    "x", "sx", "sxdg", "y", "r", "u", "u3", "z", "s", "t", "rz", "p", "id", "h", "global_phase", "unitary", "delay",
    "barrier", "measure", "reset", "initialize",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_gate_of_ones_own_does_what_it_is_made_of_whatever_it_is_called(backend, name):
    assert backend.probabilities(own(name))[1] == pytest.approx(np.sin(0.35) ** 2)


@pytest.mark.parametrize("name", NAMES)
def test_on_a_device_it_is_driven_takes_time_and_errs_whatever_it_is_called(name):
    weak = LocalBackend("noisy", drive_scale=0.8, **QUIET)
    slow = LocalBackend("noisy", single_qubit_gate_time=5000.0, t1=9000.0)

    assert weak.probabilities(own(name))[1] == pytest.approx(np.sin(0.28) ** 2)
    assert slow.probabilities(own(name)) == pytest.approx(slow.probabilities(own("mine")), abs=1e-12)
