"""A miscalibrated drive scales what is driven and nothing else; time passes for what takes time and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit.circuit.library.standard_gates import get_standard_gate_name_mapping
from qiskit.quantum_info import Statevector

from oqtopus_experiments_aer import NoisyBackend

QUIET = {"t1": None, "t2": None, "single_qubit_error": 0.0, "readout_error_0": 0.0, "readout_error_1": 0.0}
SCALE = 0.83


def about(axis, angle):
    """A rotation about an axis in the plane (x, y) or about z."""
    x, y, z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
    generator = z if axis == "z" else np.cos(axis) * x + np.sin(axis) * y
    return np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * generator


X, Y, HALF = 0.0, np.pi / 2, np.pi / 2


def pulse(theta, phi, lam):
    """A turn about y between turns about z, of which only the first is driven."""
    return about("z", phi) @ about(Y, SCALE * theta) @ about("z", lam)


DRIVEN = {
    "rx": (("rx", 2.5), about(X, SCALE * 2.5)),
    "ry": (("ry", -2.5), about(Y, -SCALE * 2.5)),
    "x": (("x",), about(X, SCALE * np.pi)),
    "y": (("y",), about(Y, SCALE * np.pi)),
    "sx": (("sx",), about(X, SCALE * HALF)),
    "sxdg": (("sxdg",), about(X, -SCALE * HALF)),
    "r": (("r", 2.1, 0.7), about(0.7, SCALE * 2.1)),
    "u": (("u", 2.1, 0.4, 1.3), pulse(2.1, 0.4, 1.3)),
    "h": (("h",), pulse(HALF, 0, np.pi)),
    "unitary": (("unitary", 1.9, 0.6, -1.1), pulse(1.9, 0.6, -1.1)),
    "rz": (("rz", 0.9), about("z", 0.9)),
    "z": (("z",), about("z", np.pi)),
    "s": (("s",), about("z", HALF)),
    "tdg": (("tdg",), about("z", -HALF / 2)),
    "p": (("p", 0.9), about("z", 0.9)),
    "id": (("id",), np.eye(2)),
}


def applied(circuit, name, *arguments):
    if name == "unitary":
        theta, phi, lam = arguments
        circuit.append(UnitaryGate(about("z", phi) @ about(Y, theta) @ about("z", lam)), [0])
    else:
        getattr(circuit, name)(*arguments, 0)


@pytest.mark.parametrize("kind", DRIVEN)
def test_a_weak_drive_turns_every_driven_gate_by_less_about_the_axis_it_has(kind):
    """Between two turns about x and z, so that axis and sense show."""
    gate, matrix = DRIVEN[kind]
    circuit = QuantumCircuit(1, 1)
    circuit.rx(0.9, 0)
    circuit.rz(0.4, 0)
    applied(circuit, *gate)
    circuit.rz(0.3, 0)
    circuit.rx(1.1, 0)
    circuit.measure(0, 0)
    all_of_it = about(X, SCALE * 1.1) @ about("z", 0.3) @ matrix @ about("z", 0.4) @ about(X, SCALE * 0.9)

    found = NoisyBackend(drive_scale=SCALE, **QUIET).probabilities(circuit)

    assert found[1] == pytest.approx(abs(all_of_it[1, 0]) ** 2, abs=1e-12)


SLOW = {"single_qubit_gate_time": 5000.0, "single_qubit_error": 0.0, "readout_error_0": 0.0, "readout_error_1": 0.0}


def excited_after(*do):
    """P(1) of qubit 1, excited in 5 us at the start, when the other qubit has then done all of this."""
    circuit = QuantumCircuit(2, 2)
    circuit.x(1)
    circuit.barrier()
    for each in do:
        each(circuit)
    circuit.barrier()
    circuit.measure(1, 1)
    circuit.measure(0, 0)
    return NoisyBackend(t1=9000.0, t2=9000.0, **SLOW).probabilities(circuit).reshape(2, 2)[1].sum()


@pytest.mark.parametrize("name", ["rz", "z", "s", "sdg", "t", "tdg", "p"])
def test_nobody_waits_for_a_rotation_about_z(name):
    arguments = (0.3,) if name in ("rz", "p") else ()
    waited = excited_after(*[lambda c: getattr(c, name)(*arguments, 0)] * 3)

    assert waited == pytest.approx(np.exp(-5000 / 9000), abs=1e-12)


def test_everybody_waits_for_a_pulse_and_nobody_for_a_measurement():
    assert excited_after(*[lambda c: c.x(0)] * 3) == pytest.approx(np.exp(-20_000 / 9000), abs=1e-12)
    assert excited_after(lambda c: c.x(0), lambda c: c.measure(0, 0)) == pytest.approx(np.exp(-10 / 9), abs=1e-12)


def test_one_waits_as_long_as_the_pulse_of_the_other_takes_there():
    circuit = QuantumCircuit(2, 2)
    circuit.x(1)
    circuit.barrier()
    circuit.x(0)
    circuit.barrier()
    circuit.measure([0, 1], [0, 1])
    options = {**SLOW, "single_qubit_gate_time": 10.0, "qubits": {7: {"single_qubit_gate_time": 4000.0}}}

    found = NoisyBackend(t1=9000.0, t2=9000.0, **options).probabilities(circuit, (7, 2)).reshape(2, 2)

    assert found[1].sum() == pytest.approx(np.exp(-4010 / 9000), abs=1e-12)


def test_two_qubits_that_wait_for_other_times_relax_by_other_parts():
    circuit = QuantumCircuit(2, 2)
    circuit.x([0, 1])
    circuit.delay(1000, 0, unit="ns")
    circuit.delay(20_000, 1, unit="ns")
    circuit.measure([0, 1], [0, 1])

    found = NoisyBackend(t1=9000.0, t2=9000.0, **{**SLOW, "single_qubit_gate_time": 0.0}).probabilities(circuit)

    assert found.reshape(2, 2).sum(axis=0)[1] == pytest.approx(np.exp(-1 / 9), abs=1e-12)
    assert found.reshape(2, 2).sum(axis=1)[1] == pytest.approx(np.exp(-20 / 9), abs=1e-12)


@pytest.mark.parametrize("clbits", [(0, 1), (1, 0)])
def test_every_bit_errs_as_the_qubit_it_holds_does(clbits):
    """An entangled pair, read in both orders, with four different readout errors."""
    errors = {4: (0.1, 0.2), 9: (0.3, 0.05)}
    circuit = QuantumCircuit(2, 2)
    circuit.ry(0.8, 0)
    circuit.cx(0, 1)
    circuit.rx(0.5, 1)
    true = NoisyBackend(two_qubit_error=0.0, **QUIET)
    circuit.measure([0, 1], clbits)
    states = true.probabilities(circuit)
    options = {q: {"readout_error_0": e0, "readout_error_1": e1} for q, (e0, e1) in errors.items()}

    found = NoisyBackend(two_qubit_error=0.0, qubits=options, **QUIET).probabilities(circuit, (4, 9))

    holder = {clbits[0]: 4, clbits[1]: 9}
    for read in range(4):
        expected = 0.0
        for state in range(4):
            weight = states[state]
            for bit in (0, 1):
                is_one, reads_one = (state >> bit) & 1, (read >> bit) & 1
                error = errors[holder[bit]][is_one]
                weight *= error if is_one != reads_one else 1 - error
            expected += weight
        assert found[read] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", sorted(get_standard_gate_name_mapping().keys() - {"measure", "reset", "delay"}))
def test_every_standard_gate_does_what_its_matrix_says(name):
    """Also those that Aer has no name for, such as crx and iswap."""
    gate = get_standard_gate_name_mapping()[name]
    if gate.params:
        gate = type(gate)(*(0.3 + 0.4 * i for i in range(len(gate.params))))
    circuit = QuantumCircuit(max(gate.num_qubits, 1), max(gate.num_qubits, 1))
    for qubit in range(gate.num_qubits):
        circuit.u(0.4 + 0.5 * qubit, 0.2, 1.1 - qubit, qubit)
    circuit.append(gate, range(gate.num_qubits))
    for qubit in range(gate.num_qubits):
        circuit.u(0.7 - 0.3 * qubit, 0.5, 0.2, qubit)
    expected = Statevector(circuit.remove_final_measurements(inplace=False)).probabilities()
    circuit.measure(range(circuit.num_qubits), range(circuit.num_qubits))

    for method in ("density_matrix", "matrix_product_state"):
        found = NoisyBackend(two_qubit_error=0.0, method=method, **QUIET).probabilities(circuit)
        assert found == pytest.approx(expected, abs=1e-12)


def test_a_matrix_that_cannot_be_written_to_is_not_transposed():
    matrix = np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]], dtype=complex)
    matrix.setflags(write=False)
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.append(UnitaryGate(matrix), [0, 1])
    circuit.measure([0, 1], [0, 1])

    assert NoisyBackend(two_qubit_error=0.0, **QUIET).probabilities(circuit) == pytest.approx([0, 0, 1, 0], abs=1e-12)
