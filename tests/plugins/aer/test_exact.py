"""The noisy backend against a density-matrix calculation written here, from Kraus operators."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.quantum_info import Operator

from oqtopus_experiments_aer import NoisyBackend

T1, T2, TIME_1, TIME_2 = 25_000.0, 30_000.0, 25.0, 250.0
PAULIS = [np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]


class Lab:
    """A density matrix of n qubits on which things are done by hand; qubit 0 is the least significant bit."""

    def __init__(self, n):
        self.n = n
        self.rho = np.zeros((2**n, 2**n), dtype=complex)
        self.rho[0, 0] = 1

    def lift(self, matrix, qubits):
        """Embed by summing over basis states: slow, and nothing like the code under test."""
        full = np.zeros((2**self.n, 2**self.n), dtype=complex)
        mask = sum(1 << q for q in qubits)
        for column in range(2**self.n):
            inner = sum(((column >> q) & 1) << i for i, q in enumerate(qubits))
            for row in range(2 ** len(qubits)):
                target = (column & ~mask) | sum(((row >> i) & 1) << q for i, q in enumerate(qubits))
                full[target, column] = matrix[row, inner]
        return full

    def kraus(self, operators, qubits):
        lifted = [self.lift(operator, qubits) for operator in operators]
        self.rho = sum(k @ self.rho @ k.conj().T for k in lifted)

    def gate(self, gate, *qubits):
        self.kraus([Operator(gate).data], qubits)

    def relax(self, qubit, time, t1=T1, t2=T2):
        decay = 1 - np.exp(-time / t1)
        # Coherences decay by exp(-t/T2) in all: amplitude damping gives exp(-t/2 T1), dephasing the rest.
        rest = np.exp(-time / t2 + time / (2 * t1))
        self.kraus([np.array([[1, 0], [0, np.sqrt(1 - decay)]]), np.array([[0, np.sqrt(decay)], [0, 0]])], [qubit])
        self.kraus([np.sqrt((1 + rest) / 2) * PAULIS[0], np.sqrt((1 - rest) / 2) * PAULIS[3]], [qubit])

    def depolarize(self, p, *qubits):
        n = len(qubits)
        products = PAULIS if n == 1 else [np.kron(b, a) for a in PAULIS for b in PAULIS]
        operators = [np.sqrt(p / 4**n) * product for product in products]
        operators[0] = np.sqrt(1 - p + p / 4**n) * products[0]
        self.kraus(operators, qubits)

    def driven(self, gate, qubit, p=0.001, time=TIME_1):
        self.gate(gate, qubit)
        self.depolarize(p, qubit)
        self.relax(qubit, time)

    def probabilities(self, clbits, e0=0.02, e1=0.03):
        """clbits: qubit of each classical bit."""
        p = np.real(np.diag(self.rho))
        result = np.zeros(2 ** len(clbits))
        for state, weight in enumerate(p):
            for outcome in range(len(result)):
                factor = 1.0
                for position, qubit in enumerate(clbits):
                    is_one, reads_one = (state >> qubit) & 1, (outcome >> position) & 1
                    error = e1 if is_one else e0
                    factor *= error if is_one != reads_one else 1 - error
                result[outcome] += weight * factor
        return result


def x():
    return np.array([[0, 1], [1, 0]])


def rx(angle):
    c, s = np.cos(angle / 2), np.sin(angle / 2)
    return np.array([[c, -1j * s], [-1j * s, c]])


H = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
CX = np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]])


def test_a_delay_relaxes_the_qubit():
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.delay(10, 0, unit="us")
    circuit.measure(0, 0)
    lab = Lab(1)
    lab.driven(x(), 0)
    lab.relax(0, 10_000)

    assert NoisyBackend().probabilities(circuit) == pytest.approx(lab.probabilities([0]), abs=1e-12)


def test_an_echo_shows_t2_and_z_rotations_are_free():
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.delay(8000, 0, unit="ns")
    circuit.rz(0.7, 0)
    circuit.x(0)
    circuit.delay(8000, 0, unit="ns")
    circuit.h(0)
    circuit.measure(0, 0)
    lab = Lab(1)
    lab.driven(H, 0)
    lab.relax(0, 8000)
    lab.gate(np.diag([np.exp(-0.35j), np.exp(0.35j)]), 0)
    lab.driven(x(), 0)
    lab.relax(0, 8000)
    lab.driven(H, 0)

    assert NoisyBackend().probabilities(circuit) == pytest.approx(lab.probabilities([0]), abs=1e-12)


def test_an_entangling_circuit_with_idle_time_and_swapped_bits():
    circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(2, "a"), ClassicalRegister(1, "b"))
    circuit.h(0)
    circuit.rx(0.8, 2)
    circuit.barrier()
    circuit.cx(0, 1)
    circuit.cx(1, 2)  # qubit 2 has waited while 0 and 1 were busy
    circuit.measure(0, 2)
    circuit.measure(1, 0)
    circuit.measure(2, 1)
    lab = Lab(3)
    lab.driven(H, 0)
    lab.driven(rx(0.8), 2)
    lab.relax(1, TIME_1)  # waits for qubit 0
    lab.gate(CX, 0, 1)
    lab.depolarize(0.01, 0, 1)
    lab.relax(0, TIME_2)
    lab.relax(1, TIME_2)
    lab.relax(2, TIME_2)  # 275 ns until the second gate, of which 25 were its own
    lab.gate(CX, 1, 2)
    lab.depolarize(0.01, 1, 2)
    lab.relax(1, TIME_2)
    lab.relax(2, TIME_2)

    assert NoisyBackend().probabilities(circuit) == pytest.approx(lab.probabilities([1, 2, 0]), abs=1e-12)


def test_a_barrier_makes_a_qubit_wait():
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.barrier()
    circuit.delay(5000, 1, unit="ns")
    circuit.barrier()
    circuit.measure([0, 1], [0, 1])
    lab = Lab(2)
    lab.driven(x(), 0)
    lab.relax(0, 5000)

    assert NoisyBackend().probabilities(circuit) == pytest.approx(lab.probabilities([0, 1]), abs=1e-12)


def test_each_effect_can_be_switched_off_alone():
    circuit = QuantumCircuit(1, 1)
    circuit.sx(0)
    circuit.delay(9, 0, unit="us")
    circuit.sx(0)
    circuit.measure(0, 0)
    sx = rx(np.pi / 2)
    for off, change in (
        ({"t1": None}, {"t1": 1e30, "t2": T2}),
        ({"t2": None}, {"t1": T1, "t2": 2 * T1}),
        ({"single_qubit_error": 0.0}, {"p": 0.0}),
        ({"single_qubit_gate_time": 0.0}, {"time": 0.0}),
        ({"readout_error_0": 0.0, "readout_error_1": 0.0}, {"e0": 0.0, "e1": 0.0}),
    ):
        lab = Lab(1)
        times = {key: change[key] for key in ("t1", "t2") if key in change}
        for step in range(2):
            lab.gate(sx, 0)
            lab.depolarize(change.get("p", 0.001), 0)
            lab.relax(0, change.get("time", TIME_1), **times)
            if step == 0:
                lab.relax(0, 9000, **times)
        expected = lab.probabilities([0], change.get("e0", 0.02), change.get("e1", 0.03))
        assert NoisyBackend(**off).probabilities(circuit) == pytest.approx(expected, abs=1e-12), off


@pytest.mark.parametrize("scale", [0.8, 1.25])
@pytest.mark.parametrize(
    ("name", "arguments", "angle"),
    [("rx", (2.5,), 2.5), ("rx", (-7.0,), -7.0), ("x", (), np.pi), ("sx", (), np.pi / 2), ("ry", (2.5,), 2.5)],
)
def test_the_drive_scale_multiplies_the_angle_of_a_driven_rotation(scale, name, arguments, angle):
    circuit = QuantumCircuit(1, 1)
    getattr(circuit, name)(*arguments, 0)
    circuit.measure(0, 0)
    quiet = NoisyBackend(
        t1=None, t2=None, single_qubit_error=0.0, readout_error_0=0.0, readout_error_1=0.0, drive_scale=scale
    )

    assert quiet.probabilities(circuit)[1] == pytest.approx(np.sin(angle * scale / 2) ** 2, abs=1e-12)


def test_a_gate_of_three_qubits_is_performed_in_gates_of_two():
    circuit = QuantumCircuit(3, 3)
    circuit.x(0)
    circuit.x(1)
    circuit.ccx(0, 1, 2)
    circuit.measure(range(3), range(3))

    quiet = {"t1": None, "t2": None, "readout_error_0": 0.0, "readout_error_1": 0.0, "single_qubit_error": 0.0}
    assert NoisyBackend(**quiet, two_qubit_error=0.0).probabilities(circuit)[0b111] == pytest.approx(1)
    # Six entangling gates, each of which depolarizes two of the three qubits with probability 0.01.
    with_errors = NoisyBackend(**quiet, two_qubit_error=0.01).probabilities(circuit)[0b111]
    assert 0.99**6 < with_errors < 0.99**6 + 6 * 0.01 / 2


def test_every_qubit_may_have_noise_of_its_own():
    circuit = QuantumCircuit(2, 2)
    circuit.x([0, 1])
    circuit.delay(20, [0, 1], unit="us")
    circuit.measure([0, 1], [0, 1])
    device = NoisyBackend(qubits={5: {"t1": 50_000.0, "readout_error_1": 0.1}})

    probabilities = device.probabilities(circuit, (3, 5))

    def p1(t1, t2, e1):
        lab = Lab(1)
        lab.gate(x(), 0)
        lab.depolarize(0.001, 0)
        lab.relax(0, TIME_1 + 20_000, t1, t2)
        return lab.probabilities([0], e1=e1)[1]

    assert probabilities[1] + probabilities[3] == pytest.approx(p1(T1, T2, 0.03), abs=1e-12)
    assert probabilities[2] + probabilities[3] == pytest.approx(p1(50_000, T2, 0.1), abs=1e-12)
