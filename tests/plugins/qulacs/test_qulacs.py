"""The noiseless backend against Qiskit's own unitaries."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Gate, Parameter
from qiskit.circuit.library import get_standard_gate_name_mapping, standard_gates
from qiskit.quantum_info import Statevector, random_unitary

from oqtopus_experiments import Batch, DeviceError, UnsupportedOperationError
from oqtopus_experiments.simulation import read
from oqtopus_experiments_qulacs import QulacsBackend
from oqtopus_experiments_qulacs._simulator import Simulator

RNG = np.random.default_rng(20260720)


def scrambled(num_qubits):
    """A state in which every amplitude is different, so that no gate can hide."""
    circuit = QuantumCircuit(num_qubits)
    for qubit in range(num_qubits):
        circuit.ry(0.4 + 0.3 * qubit, qubit)
        circuit.rz(0.2 + 0.5 * qubit, qubit)
    for qubit in range(num_qubits - 1):
        circuit.cx(qubit, qubit + 1)
        circuit.rx(0.7 - 0.2 * qubit, qubit + 1)
    return circuit


def assert_exact(circuit):
    """The backend's probabilities are those of Qiskit's state vector, after a rotation that shows phases too."""
    for qubit in range(circuit.num_qubits):
        circuit.rx(0.9 + 0.1 * qubit, qubit)
    expected = Statevector(circuit).probabilities()
    measured = circuit.copy()
    measured.measure_all()

    assert np.abs(QulacsBackend().probabilities(measured) - expected).max() < 1e-12


GATES = {
    name: gate
    for name, gate in get_standard_gate_name_mapping().items()
    if isinstance(gate, Gate) and gate.num_qubits > 0
}


@pytest.mark.parametrize("name", sorted(GATES))
def test_every_standard_gate_is_exact(name):
    gate = GATES[name]
    bound = type(gate)(*RNG.uniform(-7, 7, len(gate.params))) if gate.params else gate
    circuit = scrambled(gate.num_qubits + 1)
    qubits = RNG.permutation(gate.num_qubits + 1)[: gate.num_qubits].tolist()
    circuit.append(bound, qubits)

    assert_exact(circuit)


@pytest.mark.parametrize(
    "gate",
    [
        standard_gates.C3XGate(),
        standard_gates.C4XGate(),
        standard_gates.C3SXGate(),
        standard_gates.MCXGate(6),
        standard_gates.RC3XGate(),
        standard_gates.MCPhaseGate(0.7, 6),
        standard_gates.CCZGate(),
        standard_gates.CXGate(ctrl_state=0),
        standard_gates.CCXGate(ctrl_state=1),
        standard_gates.MCXGate(6, ctrl_state=0b010110),
        standard_gates.RYGate(1.1).control(6, annotated=False),
        standard_gates.RYGate(1.1).control(6, annotated=True),
        standard_gates.SwapGate().control(2, annotated=True),
    ],
    ids=lambda gate: f"{gate.name}-{gate.num_qubits}",
)
def test_gates_of_many_qubits_are_exact_whatever_state_controls_them(gate):
    circuit = scrambled(gate.num_qubits)
    circuit.append(gate, RNG.permutation(gate.num_qubits).tolist())

    assert_exact(circuit)


def test_unitaries_and_gates_of_the_users_own_are_exact():
    inner = QuantumCircuit(3, name="x")  # named like a standard gate on purpose
    inner.h(0)
    inner.ccx(0, 1, 2)
    inner.rz(0.3, 2)
    circuit = scrambled(4)
    circuit.unitary(random_unitary(8, seed=3), [3, 0, 2])
    circuit.append(inner.to_gate(), [2, 3, 1])
    circuit.append(inner.to_gate().control(1, annotated=False), [0, 2, 3, 1])

    assert_exact(circuit)


@pytest.mark.parametrize("angle", [0.0, 1e-9, np.pi, -np.pi, 2 * np.pi, 3 * np.pi, 100.3])
def test_a_rotation_is_exact_for_any_angle(angle):
    circuit = QuantumCircuit(1, 1)
    circuit.rx(angle, 0)
    circuit.measure(0, 0)

    assert QulacsBackend().probabilities(circuit)[1] == pytest.approx(np.sin(angle / 2) ** 2, abs=1e-14)


def test_barriers_and_delays_pass():
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.barrier()
    circuit.delay(100, 0, unit="us")
    circuit.measure([0, 1], [0, 1])

    assert QulacsBackend().submit(Batch((circuit,), 10, (0, 1))).outcomes().__next__().result == {"01": 10}


def measured_then_used():
    circuit = QuantumCircuit(1, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.x(0)
    circuit.measure(0, 1)
    return circuit


def reset():
    circuit = QuantumCircuit(1, 1)
    circuit.reset(0)
    circuit.measure(0, 0)
    return circuit


def control_flow():
    circuit = QuantumCircuit(2, 2)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    return circuit


def unbound():
    circuit = QuantumCircuit(1, 1)
    circuit.rx(Parameter("angle"), 0)
    circuit.measure(0, 0)
    return circuit


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (measured_then_used, "mid-circuit measurement of qubit 0, which 'x' acts on"),
        (reset, "reset"),
        (control_flow, "if_else"),
        (unbound, r"unbound parameters \(angle\)"),
    ],
)
def test_what_cannot_be_simulated_is_a_typed_error_that_names_it(make, named):
    with pytest.raises(UnsupportedOperationError, match=named):
        QulacsBackend().submit(Batch((make(),), 10, (0, 1)))


def test_a_measurement_that_nothing_depends_on_may_stand_anywhere():
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.h(1)
    circuit.h(1)
    circuit.measure(1, 1)

    assert QulacsBackend().probabilities(circuit) == pytest.approx([0, 1, 0, 0])


def test_a_gate_without_matrix_or_definition_is_named():
    circuit = QuantumCircuit(1, 1)
    circuit.append(Gate("mystery", 1, []), [0])
    circuit.measure(0, 0)

    with pytest.raises(UnsupportedOperationError, match="'mystery'"):
        QulacsBackend().submit(Batch((circuit,), 1, (0,)))


def test_too_many_entangled_qubits_are_refused_before_memory_runs_out():
    circuit = QuantumCircuit(40, 40)
    circuit.h(0)
    for qubit in range(39):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(40), range(40))

    with pytest.raises(DeviceError, match="40 entangled qubits"):
        QulacsBackend().submit(Batch((circuit,), 1, tuple(range(40))))


def test_the_last_measurement_into_a_bit_counts_and_registers_are_joined():
    first, second = ClassicalRegister(1, "a"), ClassicalRegister(2, "b")
    circuit = QuantumCircuit(QuantumRegister(3), first, second)
    circuit.x(2)
    circuit.measure(0, second[1])
    circuit.measure(2, second[1])

    assert QulacsBackend().probabilities(circuit)[0b100] == pytest.approx(1)


def test_one_seed_one_result():
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)

    def counts(seed):
        return dict(next(QulacsBackend(seed=seed).submit(Batch((circuit,), 1000, (0,))).outcomes()).result)

    assert counts(3) == counts(3)
    assert counts(3) != counts(4)
    assert counts(None) != counts(None) or counts(None) != counts(None)


def test_a_ghz_state_of_twenty_qubits_has_two_outcomes():
    circuit = QuantumCircuit(20, 20)
    circuit.h(0)
    for qubit in range(19):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(20), range(20))

    counts = next(QulacsBackend(seed=1).submit(Batch((circuit,), 1000, tuple(range(20)))).outcomes()).result

    assert set(counts) == {"0" * 20, "1" * 20}
    assert abs(counts["0" * 20] - 500) < 4 * np.sqrt(250)


def test_what_is_like_no_other_part_is_not_kept_and_what_is_alike_is_simulated_once(monkeypatch):
    own = Gate("mine", 1, [])
    own.definition = QuantumCircuit(1)
    own.definition.h(0)
    circuit = QuantumCircuit(3, 3)
    circuit.append(own, [0])
    circuit.rx(0.3, 1)
    circuit.rx(0.3, 2)
    circuit.measure(range(3), range(3))
    simulator = Simulator()
    parts = simulator.prepare(read(circuit))
    simulated = []
    once = Simulator._simulated
    monkeypatch.setattr(Simulator, "_simulated", lambda self, one: simulated.append(one.part.key()) or once(self, one))

    for _ in range(2):
        found = [part.probabilities for part in simulator.probabilities(parts)]

    assert len(simulated) == 3
    assert simulated.count(None) == 2
    assert [part.distribution.known is None for part in parts] == [True, False, False]
    assert parts[1].distribution is parts[2].distribution
    np.testing.assert_allclose(found[0], [0.5, 0.5], atol=1e-12)
    np.testing.assert_array_equal(found[1], found[2])
