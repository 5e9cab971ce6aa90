"""One and two qubits are solved step by step, as Aer does."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit.random import random_circuit

from oqtopus_experiments.simulation import read
from oqtopus_experiments_aer import NoisyBackend, _simulator, _solver
from oqtopus_experiments_aer._small_part import SmallParts


@pytest.mark.parametrize("seed", range(6))
def test_a_small_part_has_the_distribution_that_aer_finds(seed):
    device = NoisyBackend(drive_scale=1.03, qubits={3: {"t1": 9_000.0, "single_qubit_error": 0.02}})
    circuit = random_circuit(2, 6, max_operands=2, seed=seed)
    circuit.delay(300, 1, unit="ns")
    circuit.cx(1, 0)
    circuit.measure_all()
    parts = _simulator._parts(read(circuit), (3, 1), device.profile())

    own, by_aer = _solver.distributions(parts, SmallParts()), _solver._by_aer(parts)

    assert [len(one) for one in own] == [4]
    for one, other in zip(own, by_aer, strict=True):
        assert np.abs(one - other).max() < 1e-12
