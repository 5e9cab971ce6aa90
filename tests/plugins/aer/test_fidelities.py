"""
Gates of the twin of a device have the fidelities of its calibration.

Fidelities are read from exact outcome probabilities as a laboratory would by process tomography, and held against
Kraus operators written here: nothing of the twin's own formulas is used.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import CouplingInfo, DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments_aer import NoisyBackend

PAULIS = {"i": np.eye(2), "x": np.array([[0, 1], [1, 0]]), "y": np.array([[0, -1j], [1j, 0]]), "z": np.diag([1, -1])}
CX = np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]])  # qubit 0 controls, and stands at the right
LIFETIMES = {
    "T2 < T1": (30_000.0, 18_000.0),
    "T1 < T2": (20_000.0, 31_000.0),
    "T2 = 2 T1": (20_000.0, 40_000.0),
    "no process has": (20_000.0, 55_000.0),
}


@pytest.mark.parametrize("gate", ["id", "x", "y"])
@pytest.mark.parametrize("lifetimes", LIFETIMES.values(), ids=LIFETIMES)
def test_a_one_qubit_gate_has_the_fidelity_of_the_calibration(gate, lifetimes):
    found = _one_qubit_fidelity(_twin(lifetimes, gate_error=0.004), gate)
    _assert_calibrated(found, 0.996, _average_fidelity(_waiting(24.0, *lifetimes), 2))


@pytest.mark.parametrize("lifetimes", LIFETIMES.values(), ids=LIFETIMES)
def test_a_two_qubit_gate_has_the_fidelity_of_the_calibration(lifetimes):
    found = _two_qubit_fidelity(_twin(lifetimes, pair_error=0.03))
    _assert_calibrated(found, 0.97, _average_fidelity(_waiting_pair(300.0, lifetimes), 4))


@pytest.mark.parametrize("lifetimes", LIFETIMES.values(), ids=LIFETIMES)
def test_where_relaxation_explains_the_fidelity_gates_do_nothing_worse_than_relax(lifetimes):
    twin = _twin(lifetimes, gate_error=1e-4, pair_error=1e-3)
    for gate in ("id", "x", "y"):
        expected = _average_fidelity(_waiting(24.0, *lifetimes), 2)
        assert _one_qubit_fidelity(twin, gate) == pytest.approx(expected, abs=1e-9)
    expected = _average_fidelity(_waiting_pair(300.0, lifetimes), 4)
    assert expected < 0.995
    assert _two_qubit_fidelity(twin) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("lifetimes", LIFETIMES.values(), ids=LIFETIMES)
def test_beside_relaxation_gates_depolarize(lifetimes):
    """The whole channel, Kraus operator by Kraus operator, with the one probability that small errors add up to."""
    waiting, pair = _waiting(24.0, *lifetimes), _waiting_pair(300.0, lifetimes)
    twin = _twin(lifetimes, gate_error=0.004, pair_error=0.03)
    lost = (_average_fidelity(waiting, 2) - 0.996) / (1 - 1 / 2)
    expected = _average_fidelity([a @ b for a in waiting for b in _depolarizing(lost, 1)], 2)
    assert _one_qubit_fidelity(twin, "id") == pytest.approx(expected, abs=1e-9)
    lost = (_average_fidelity(pair, 4) - 0.97) / (1 - 1 / 4)
    expected = _average_fidelity([a @ b for a in pair for b in _depolarizing(lost, 2)], 4)
    assert _two_qubit_fidelity(twin) == pytest.approx(expected, abs=1e-9)


def _assert_calibrated(found, calibrated, relaxing):
    """Errors of depolarizing and relaxation add, up to twice their product (4/3 for two qubits)."""
    assert relaxing > calibrated  # or there would be nothing to add
    assert abs(found - calibrated) <= 2 * (1 - calibrated) * (1 - relaxing)


def _twin(lifetimes, gate_error=0.001, pair_error=0.01):
    (t1, t2), (other_t1, other_t2) = lifetimes, _other(lifetimes)
    measured = {"gate_error": gate_error, "gate_time": 24.0, "readout_error_0": 0.02, "readout_error_1": 0.05}
    qubits = (QubitInfo(index=0, t1=t1, t2=t2, **measured), QubitInfo(index=1, t1=other_t1, t2=other_t2, **measured))
    return NoisyBackend.twin_of(
        DeviceInfo(
            summary=DeviceSummary(name="chip", kind="QPU", status="available", num_qubits=2),
            qubits=qubits,
            couplings=(CouplingInfo(control=0, target=1, error=pair_error, gate_time=300.0),),
        )
    )


def _other(lifetimes):
    return tuple(1.3 * lifetime for lifetime in lifetimes)


# --- Kraus operators -------------------------------------------------------------------------------------------------


def _waiting(duration, t1, t2):
    """Amplitude damping, then flips of the phase that bring coherences to exp(-t / T2)."""
    gamma = 1 - np.exp(-duration / t1)
    flipped = (1 - np.exp(-duration / min(t2, 2 * t1) + duration / (2 * t1))) / 2
    damping = [np.diag([1, np.sqrt(1 - gamma)]), np.array([[0, np.sqrt(gamma)], [0, 0]])]
    flips = [np.sqrt(1 - flipped) * PAULIS["i"], np.sqrt(flipped) * PAULIS["z"]]
    return [flip @ damped for damped in damping for flip in flips]


def _waiting_pair(duration, lifetimes):
    one, other = _waiting(duration, *lifetimes), _waiting(duration, *_other(lifetimes))
    return [np.kron(b, a) for a in one for b in other]


def _depolarizing(probability, qubits):
    """All Pauli operators alike, and the identity besides."""
    size = 2**qubits
    paulis = [_product(names) for names in itertools.product("ixyz", repeat=qubits)]
    weights = [probability / size**2] * len(paulis)
    weights[0] += 1 - probability
    return [np.sqrt(weight) * pauli for weight, pauli in zip(weights, paulis, strict=True)]


def _average_fidelity(kraus, size):
    """With the identity: (sum |tr K|^2 + d) / (d^2 + d) (Horodecki et al., Phys. Rev. A 60, 1888, 1999)."""
    assert np.allclose(sum(k.conj().T @ k for k in kraus), np.eye(size))
    return (sum(abs(np.trace(k)) ** 2 for k in kraus) + size) / (size**2 + size)


# --- tomography ------------------------------------------------------------------------------------------------------


def _one_qubit_fidelity(twin, gate):
    """
    What remains of each Pauli operator, relative to the same circuit without the gate: preparation, last pulse and
    readout are the same in both, and offsets cancel in the difference of opposite states.
    """
    turned = {axis: 1 if gate in ("id", axis) else -1 for axis in "xyz"}  # pi about an axis turns the others round
    kept = [turned[axis] * _contrast(twin, axis, gate) / _contrast(twin, axis, None) for axis in "xyz"]
    return _from_entanglement((1 + sum(kept)) / 4, 2)


def _contrast(twin, axis, gate):
    def excited(sign):
        circuit = QuantumCircuit(1, 1)
        _prepare(circuit, 0, axis, sign)
        if gate:
            getattr(circuit, gate)(0)
        _turn_to_z(circuit, 0, axis)
        circuit.measure(0, 0)
        return twin.probabilities(circuit, (0,))[1]

    return excited(-1) - excited(1)


def _two_qubit_fidelity(twin):
    """With pulses and readout without error, which is what own values of qubits are for: only the pair errs."""
    perfect = {"single_qubit_error": 0.0, "single_qubit_gate_time": 0.0, "readout_error_0": 0.0, "readout_error_1": 0.0}
    twin = NoisyBackend(like=twin.like, qubits={0: perfect, 1: perfect})
    kept = [_kept(twin, names) for names in itertools.product("ixyz", repeat=2)]
    return _from_entanglement(sum(kept) / 16, 4)


def _kept(twin, names):
    """Return how much of a Pauli operator arrives where a perfect cx takes it."""
    if names == ("i", "i"):
        return 1.0
    image = CX @ _product(names) @ CX
    ((arrived, sign),) = [
        (pauli, np.real(np.trace(_product(pauli) @ image)) / 4)
        for pauli in itertools.product("ixyz", repeat=2)
        if abs(np.trace(_product(pauli) @ image)) > 1
    ]
    total = 0.0
    for signs in itertools.product((1, -1), repeat=2):
        circuit = QuantumCircuit(2, 2)
        for qubit in (0, 1):
            _prepare(circuit, qubit, names[qubit].replace("i", "z"), signs[qubit])
        circuit.cx(0, 1)
        for qubit in (0, 1):
            _turn_to_z(circuit, qubit, arrived[qubit])
        circuit.measure([0, 1], [0, 1])
        found = twin.probabilities(circuit, (0, 1)).reshape(2, 2)
        parity = [np.array([1, 1]) if name == "i" else np.array([1, -1]) for name in arrived]
        weight = np.prod([s for s, name in zip(signs, names, strict=True) if name != "i"])
        total += weight * (parity[1] @ found @ parity[0]) / 4
    return sign * total


def _product(names):
    """Return a Pauli operator, that of qubit 0 at the right."""
    made = np.eye(1)
    for name in names:
        made = np.kron(PAULIS[name], made)
    return made


def _from_entanglement(fidelity, size):
    return (size * fidelity + 1) / (size + 1)


def _prepare(circuit, qubit, axis, sign):
    if axis == "z":
        if sign < 0:
            circuit.x(qubit)
    elif axis == "x":
        circuit.ry(sign * np.pi / 2, qubit)
    else:
        circuit.rx(-sign * np.pi / 2, qubit)


def _turn_to_z(circuit, qubit, axis):
    if axis == "x":
        circuit.ry(-np.pi / 2, qubit)
    elif axis == "y":
        circuit.rx(np.pi / 2, qubit)
