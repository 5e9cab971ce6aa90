"""Deep circuits: what the service reads goes through its queue, and what it would not read is never sent."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import Batch, UnsupportedOperationError
from oqtopus_experiments_oqtopus._program_size import MAX_STATEMENTS


def pulses(number):
    circuit = QuantumCircuit(1, 1)
    for _ in range(number):
        circuit.x(0)
    circuit.measure(0, 0)
    return circuit


def test_thousands_of_gates_go_through_the_queue(start, backend_for):
    backend = backend_for(start(), "qulacs", transpiler="default")
    (outcome,) = backend.submit(Batch((pulses(5001),), 50, (0,), "deep")).outcomes()
    assert outcome.result == {"1": 50}


def test_of_a_batch_with_one_circuit_too_deep_nothing_is_sent(start, backend_for):
    emulator = start()
    batch = Batch((pulses(1), pulses(MAX_STATEMENTS)), 50, (0,), "deep")
    with pytest.raises(UnsupportedOperationError, match=r"circuit 1 of .*take shorter sequences, or fewer targets"):
        backend_for(emulator, "qulacs", transpiler="default").submit(batch)
    assert not emulator.stats()["jobs"]
