"""Targets side by side: each on its own qubits, read from its own bits, in the order they were named."""

from __future__ import annotations

import pytest
from attrs import frozen
from qiskit import QuantumCircuit

from oqtopus_experiments import Axis, Batch, Experiment, PluginError, Probability, Sweep
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.execution import _circuits as circuits
from oqtopus_experiments.experiments import T1, Rabi
from oqtopus_experiments_aer import NoisyBackend


@frozen(kw_only=True)
class Lopsided(Experiment):
    """Two qubits read into three bits: qubit 1, which is excited, into bit 2, and bit 1 stays empty."""

    name = "lopsided"
    num_qubits = 2
    signal = Probability("100")
    silent: bool = False

    def sweep(self):
        return Sweep(Axis("x", [0.0]))

    def circuit(self, x):
        circuit = QuantumCircuit(2, 0 if self.silent else 3)
        circuit.x(1)
        if not self.silent:
            circuit.measure([0, 1], [0, 2])
        return circuit


PAIRS = [(5, 4), (0, 1), (3, 2)]


def test_a_target_that_reads_more_bits_than_it_has_qubits_reads_its_own():
    dataset = Lopsided(targets=PAIRS).run(LocalBackend("qulacs", seed=1), shots=50).dataset

    assert dataset.mean.ravel().tolist() == [1.0, 1.0, 1.0]


def test_every_copy_excites_and_reads_its_second_qubit():
    (circuit,) = circuits.build(Lopsided(targets=PAIRS))
    place = {bit: i for bits in (circuit.qubits, circuit.clbits) for i, bit in enumerate(bits)}
    done = [
        (instruction.name, *(place[bit] for bit in (*instruction.qubits, *instruction.clbits)))
        for instruction in circuit.data
    ]

    assert (circuit.num_qubits, circuit.num_clbits) == (6, 9)
    assert sorted(done) == [
        ("measure", 0, 0), ("measure", 1, 2), ("measure", 2, 3), ("measure", 3, 5), ("measure", 4, 6),
        ("measure", 5, 8), ("x", 1), ("x", 3), ("x", 5),
    ]  # fmt: skip


def test_physical_qubits_are_in_the_order_of_the_targets():
    assert circuits.physical_qubits(Lopsided(targets=PAIRS)) == (5, 4, 0, 1, 3, 2)


def test_each_number_belongs_to_the_qubit_it_stands_for():
    """Qubit 7 alone always reads 0, so its qubit shows no decay; it is named first, 2 second."""
    device = NoisyBackend(qubits={7: {"readout_error_1": 1.0, "readout_error_0": 0.0}}, seed=1)

    dataset = T1(physical_qubits=[7, 2], delay_points=5).run(device, shots=100).dataset

    assert dataset.mean[0].max() == 0
    assert dataset.mean[1, 0] > 0.8


def test_references_follow_the_points_and_act_on_every_target():
    experiment = Rabi(physical_qubits=[4, 1, 2], amplitude_points=5, calibrate_readout=True)
    built = circuits.build(experiment)

    assert [dict(circuit.count_ops()).get("rx", 0) for circuit in built] == [3] * 5 + [0] * 4
    assert [dict(circuit.count_ops()).get("x", 0) for circuit in built[5:]] == [0, 0, 3, 3]
    assert {circuit.num_clbits for circuit in built} == {3}


def test_the_ground_state_reads_0_and_the_excited_state_1_on_a_perfect_device():
    dataset = T1(physical_qubits=[0, 1], delay_points=5, calibrate_readout=True).run(LocalBackend("qulacs")).dataset
    read = dict(zip(dataset.reference_names, dataset.references.mean.T.tolist(), strict=True))

    assert read == {"ground 1": [0, 0], "ground 2": [0, 0], "excited 1": [1, 1], "excited 2": [1, 1]}


def test_a_circuit_that_measures_nothing_is_refused_by_name():
    with pytest.raises(PluginError, match=r"Lopsided\.circuit must .* 2 qubits and 0 classical bits"):
        circuits.build(Lopsided(silent=True))


def test_a_batch_names_as_many_physical_qubits_as_its_circuits_have():
    experiment = Lopsided(targets=PAIRS)
    batch = Batch(circuits.build(experiment), 10, circuits.physical_qubits(experiment))

    assert len(batch.physical_qubits) == batch.circuits[0].num_qubits
