"""Circuits of many targets are taken apart as one by one, and what is equal is scheduled once."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.random import random_circuit

from oqtopus_experiments.simulation import read, split
from oqtopus_experiments_aer import NoisyBackend, _parts
from oqtopus_experiments_aer._noisy_part import NoisyPart
from oqtopus_experiments_aer._parts import Parts
from oqtopus_experiments_aer._schedule import scheduled
from oqtopus_experiments_aer._small_part import SmallParts
from oqtopus_experiments_aer._solver import distributions
from oqtopus_experiments_t1 import T1

QUBITS = {q: {"t1": 9_000.0 + 1_000 * q, "single_qubit_gate_time": 20.0 + q % 2} for q in range(6)}


def with_barriers_and_delays(seed):
    """Return six qubits, of which pairs may be joined by gates or only wait for each other."""
    rng = np.random.default_rng(seed)
    circuit = random_circuit(2, 2, max_operands=2, seed=seed)
    wide = type(circuit)(6, 6)
    for some in rng.permutation(6).reshape(3, 2).tolist():
        wide.delay(int(rng.integers(100, 900)), some[0], unit="ns")
        wide.compose(circuit, some, inplace=True)
        if rng.random() < 0.5:
            wide.barrier(some[1], int(rng.integers(6)) if rng.random() < 0.5 else some[0])
        wide.x(some[1])
    wide.measure(range(6), rng.permutation(6).tolist())
    return wide


@pytest.mark.parametrize("seed", range(12))
def test_parts_have_the_distributions_that_they_have_where_the_whole_circuit_is_scheduled_at_once(seed):
    profile, places = NoisyBackend(qubits=QUBITS).profile(), (3, 1, 5, 0, 4, 2)
    program = read(with_barriers_and_delays(seed))
    steps = [step for step in scheduled(program.steps, places, profile) if step.name != "measure"]
    at_once = [
        NoisyPart(part, tuple(places[qubit] for qubit in part.qubits), profile, by_shots=False)
        for part in split(steps, program.measured)
    ]

    found = Parts(profile, places).of(program)

    assert [(p.part.qubits, p.part.clbits, p.places) for p in found] == [
        (p.part.qubits, p.part.clbits, p.places) for p in at_once
    ]
    for one, other in zip(distributions(found, SmallParts()), distributions(at_once, SmallParts()), strict=True):
        assert np.abs(one - other).max() < 1e-12


def test_equal_parts_are_scheduled_once(monkeypatch):
    asked = []

    def counted(steps, places, profile):
        asked.append(places)
        return scheduled(steps, places, profile)

    monkeypatch.setattr(_parts, "scheduled", counted)
    circuit = T1(physical_qubits=range(30), delay_points=5).circuits()[2]
    parts = Parts(NoisyBackend(qubits={q: {"t1": 9_000.0 + q} for q in range(30)}).profile(), tuple(range(30)))

    assert len(parts.of(read(circuit))) == 30
    assert len(asked) == 1
    assert len({part.key for part in parts.of(read(circuit))}) == 30  # each with the noise of its own qubit


def test_pairs_are_not_alike_where_one_waits_longer_for_the_other():
    slow = {0: {"single_qubit_gate_time": 2_000.0}}
    pair = QuantumCircuit(2, 2)
    pair.x(0)
    pair.cx(0, 1)
    pair.sx([0, 0])  # meanwhile qubit 1 waits, for twice the gate time of qubit 0
    pair.cx(0, 1)
    pair.measure([0, 1], [0, 1])
    both = QuantumCircuit(4, 4)
    both.compose(pair, [0, 1], [0, 1], inplace=True)
    both.compose(pair, [2, 3], [2, 3], inplace=True)
    device = NoisyBackend(t1=5_000.0, t2=5_000.0, qubits=slow)

    together = device.probabilities(both).reshape(4, 4)

    assert together.sum(axis=0) == pytest.approx(device.probabilities(pair, (0, 1)), abs=1e-12)
    assert together.sum(axis=1) == pytest.approx(device.probabilities(pair, (2, 3)), abs=1e-12)
