"""One and two qubits are solved step by step, as Aer does."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit.random import random_circuit

from oqtopus_experiments.simulation import read
from oqtopus_experiments_aer import NoisyBackend, _solver
from oqtopus_experiments_aer._parts import Parts
from oqtopus_experiments_aer._small_part import SmallParts

OWN = {3: {"t1": 9_000.0, "single_qubit_error": 0.02, "readout_error_0": 0.1, "detuning": 400_000.0}}


@pytest.mark.parametrize("seed", range(6))
def test_a_small_part_has_the_distribution_that_aer_finds(seed):
    device = NoisyBackend(drive_scale=1.03, qubits=OWN)
    circuit = random_circuit(2, 6, max_operands=2, seed=seed)
    circuit.delay(300, 1, unit="ns")
    circuit.delay(700, 0, unit="ns")
    circuit.cx(1, 0)
    circuit.sx(0)
    circuit.measure_all()
    parts = Parts(device.profile(), (3, 1)).of(read(circuit))

    own, by_aer = _solver.distributions(parts, SmallParts()), _solver._by_aer(parts)

    assert [len(one) for one in own] == [4]
    for one, other in zip(own, by_aer, strict=True):
        assert np.abs(one - other).max() < 1e-12
