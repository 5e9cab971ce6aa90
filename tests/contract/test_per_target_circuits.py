"""Targets may each have a circuit of their own: they run side by side, and end together."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import frozen
from qiskit import QuantumCircuit

from oqtopus_experiments import Axis, Experiment, Parity, PerTarget, PluginError, Probability, Sweep, ge, parameter
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.execution._circuits import build

ONLY_TIME = {
    "single_qubit_error": 0.0, "two_qubit_error": 0.0, "readout_error_0": 0.0, "readout_error_1": 0.0,
    "t1": 10_000.0, "t2": 10_000.0,
}  # fmt: skip


@frozen(kw_only=True)
class Flips(Experiment):
    """As many x gates on each target as it is told, then a measurement."""

    name = "flips"
    gates: PerTarget[int] = parameter(1, ge(0), per_target=True)

    def sweep(self):
        return Sweep(Axis("rounds", [1, 2]))

    def circuit(self, rounds, target):
        circuit = QuantumCircuit(1, 1)
        for _ in range(rounds * self.gates[target]):
            circuit.x(0)
        circuit.measure(0, 0)
        return circuit


def steps(circuit):
    return [
        (item.operation.name, *(circuit.find_bit(bit).index for bit in (*item.qubits, *item.clbits)))
        for item in circuit.data
    ]


def test_each_target_runs_its_own_circuit_on_its_own_qubit_and_bit():
    first, second = build(Flips(physical_qubits=[4, 1], gates={4: 1, 1: 2}))

    assert steps(first) == [("x", 0), ("x", 1), ("x", 1), ("barrier", 0, 1), ("measure", 0, 0), ("measure", 1, 1)]
    assert sum(step[0] == "x" for step in steps(second)) == 6


def test_the_outcomes_of_each_target_are_those_of_its_circuit():
    experiment = Flips(physical_qubits=[4, 1, 7], gates={4: 1, 1: 2, 7: 0})

    mean = experiment.run(LocalBackend("qulacs"), shots=50).dataset.mean

    assert mean.tolist() == [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]


def test_one_target_has_its_circuit_as_it_was_written():
    experiment = Flips(physical_qubit=3)

    assert [steps(circuit) for circuit in build(experiment)] == [
        steps(experiment.circuit(rounds, (3,))) for rounds in (1, 2)
    ]


def test_what_is_measured_in_the_middle_stays_where_it_is():
    @frozen(kw_only=True)
    class Twice(Flips):
        signal = Parity()

        def circuit(self, rounds, target):
            circuit = QuantumCircuit(1, 2)
            circuit.measure(0, 0)
            for _ in range(self.gates[target]):
                circuit.x(0)
            circuit.measure(0, 1)
            return circuit

    (circuit, _) = build(Twice(physical_qubits=[0, 1], gates={0: 1, 1: 2}))

    assert steps(circuit) == [
        ("measure", 0, 0), ("x", 0), ("measure", 1, 2), ("x", 1), ("x", 1),
        ("barrier", 0, 1),
        ("measure", 0, 1), ("measure", 1, 3),
    ]  # fmt: skip


def test_a_bit_that_is_read_again_later_is_not_read_last():
    @frozen(kw_only=True)
    class Overwritten(Flips):
        num_qubits = 2

        def circuit(self, rounds, target):
            circuit = QuantumCircuit(2, 1)
            circuit.measure(0, 0)
            circuit.x(1)
            circuit.measure(1, 0)
            return circuit

    circuit = build(Overwritten(targets=[(0, 1), (2, 3)]))[0]

    assert [step for step in steps(circuit) if step[0] != "x"] == [
        ("measure", 0, 0), ("measure", 2, 1), ("barrier", 0, 1, 2, 3), ("measure", 1, 0), ("measure", 3, 1),
    ]  # fmt: skip


def test_a_short_copy_beside_a_long_one_does_not_decay_while_it_waits():
    experiment = Flips(physical_qubits=[0, 1], gates={0: 1, 1: 101})
    backend = LocalBackend("noisy", **ONLY_TIME)
    circuit = build(experiment)[0]

    short = backend.probabilities(circuit, (0, 1)).reshape(2, 2).sum(axis=0)[1]
    alone = backend.probabilities(experiment.circuit(1, (0,)), (0,))[1]

    # 100 gates of 25 ns at a T1 of 10 us would have cost 22 %.
    assert short == pytest.approx(alone, abs=1e-12)
    assert alone > 0.997


def test_a_superposition_beside_a_long_copy_keeps_its_phase():
    @frozen(kw_only=True)
    class Echo(Flips):
        def circuit(self, rounds, target):
            circuit = QuantumCircuit(1, 1)
            circuit.h(0)
            for _ in range(self.gates[target]):
                circuit.x(0)
            circuit.h(0)
            circuit.measure(0, 0)
            return circuit

    experiment = Echo(physical_qubits=[0, 1], gates={0: 0, 1: 200})
    backend = LocalBackend("noisy", **ONLY_TIME)

    short = backend.probabilities(build(experiment)[0], (0, 1)).reshape(2, 2).sum(axis=0)[0]

    assert short == pytest.approx(backend.probabilities(experiment.circuit(1, (0,)), (0,))[0], abs=1e-12)
    assert short > 0.995


def test_a_copy_with_barriers_of_its_own_is_aligned_as_well():
    @frozen(kw_only=True)
    class Barred(Flips):
        def circuit(self, rounds, target):
            circuit = QuantumCircuit(1, 1)
            for _ in range(self.gates[target]):
                circuit.x(0)
                circuit.barrier()
            circuit.measure(0, 0)
            return circuit

    experiment = Barred(physical_qubits=[0, 1], gates={0: 3, 1: 101})
    backend = LocalBackend("noisy", **ONLY_TIME)

    short = backend.probabilities(build(experiment)[0], (0, 1)).reshape(2, 2).sum(axis=0)[1]

    assert short == pytest.approx(backend.probabilities(experiment.circuit(1, (0,)), (0,))[1], abs=1e-12)
    assert short > 0.99


@pytest.mark.parametrize(
    ("size", "bits", "message"),
    [(2, 1, "must act on 1 qubits"), (1, 2, r"measures \[1, 2\] classical bits for different targets")],
)
def test_a_copy_of_another_size_is_refused(size, bits, message):
    @frozen(kw_only=True)
    class Uneven(Flips):
        def circuit(self, rounds, target):
            if target == (0,):
                return super().circuit(rounds, target)
            circuit = QuantumCircuit(size, bits)
            circuit.measure(0, 0)
            return circuit

    with pytest.raises(PluginError, match=message):
        build(Uneven(physical_qubits=[0, 1]))


def test_pairs_have_circuits_of_their_own_too():
    @frozen(kw_only=True)
    class Bells(Experiment):
        name = "bells"
        num_qubits = 2
        signal = Parity()

        def sweep(self):
            return Sweep(Axis("flip", [0, 1]))

        def circuit(self, flip, target):
            circuit = QuantumCircuit(2, 2)
            circuit.h(0)
            circuit.cx(0, 1)
            if flip and target == (3, 2):
                circuit.x(0)
            circuit.measure([0, 1], [0, 1])
            return circuit

    dataset = Bells(targets=[(0, 1), (3, 2)]).run(LocalBackend("qulacs", seed=1), shots=200).dataset

    assert dataset.mean.tolist() == [[1.0, 1.0], [1.0, -1.0]]
    for target, point, expected in [(0, 1, {"00", "11"}), (1, 0, {"00", "11"}), (1, 1, {"01", "10"})]:
        bits = dataset.outcomes(target, point).bits
        assert {"".join("01"[bit] for bit in row[::-1]) for row in bits.tolist()} == expected
        assert np.all(dataset.outcomes(target, point).occurrences > 50)


def test_reference_circuits_are_shared_and_read_by_a_signal_of_their_own():
    @frozen(kw_only=True)
    class Referenced(Flips):
        reference_signal = Probability("0")

        def signal(self, rounds, target):
            return Probability(str(rounds * self.gates[target] % 2))

        def references(self):
            ground = QuantumCircuit(1, 1)
            ground.measure(0, 0)
            return {"ground": ground}

    experiment = Referenced(physical_qubits=[4, 1], gates={4: 1, 1: 2})

    dataset = experiment.run(LocalBackend("qulacs", seed=1), shots=30).dataset

    assert dataset.mean.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert dataset.references.mean.tolist() == [[1.0], [1.0]]
    assert dataset.outcomes(1, "ground").bits.tolist() == [[False]]
    assert dataset.outcomes(0, 0).bits.tolist() == [[True]]
    assert dataset.outcomes(1, 0).occurrences.tolist() == [30]
