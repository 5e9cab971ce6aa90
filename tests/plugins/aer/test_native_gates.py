"""A device that has a few gates makes the others of them, and a miscalibrated pulse is in all of them."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.library import SXGate

from oqtopus_experiments import ConfigError, DeviceInfo, DeviceSummary, QubitInfo, UnsupportedOperationError
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments_aer import NoisyBackend

NATIVE = ["sx", "x", "rz", "cx"]
NOISELESS = {
    "t1": None, "t2": None, "single_qubit_error": 0.0, "two_qubit_error": 0.0, "readout_error_0": 0.0,
    "readout_error_1": 0.0,
}  # fmt: skip


def device(**options):
    return NoisyBackend(**{**NOISELESS, "native_gates": NATIVE, **options})


def p1(backend, *build):
    circuit = QuantumCircuit(1, 1)
    for name, *arguments in build:
        getattr(circuit, name)(*arguments, 0)
    circuit.measure(0, 0)
    return backend.probabilities(circuit)[1]


@pytest.mark.parametrize("gates", [NATIVE, ["sx", "rz", "cz"], ["rx", "rz", "cz"], ["r", "rzz"], ["u", "ecr"]])
def test_whatever_it_has_the_same_circuit_comes_out_on_a_calibrated_device(gates):
    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.rx(0.3, 1)
    circuit.u(0.4, 0.5, 0.6, 2)
    circuit.cz(0, 1)
    circuit.swap(1, 2)
    circuit.rzz(0.7, 0, 2)
    circuit.ccx(0, 1, 2)
    circuit.unitary(np.array([[0, 1j], [1, 0]]), [1])
    circuit.sxdg(2)
    circuit.measure(range(3), range(3))

    expected = NoisyBackend(**NOISELESS).probabilities(circuit)
    assert device(native_gates=gates).probabilities(circuit) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("scale", [0.8, 1.1])
def test_a_miscalibrated_drive_is_in_sx_and_x(scale):
    backend = device(drive_scale=scale)
    assert p1(backend, ("sx",)) == pytest.approx(math.sin(scale * math.pi / 4) ** 2)
    assert p1(backend, ("sx",), ("sx",), ("sx",)) == pytest.approx(math.sin(scale * 3 * math.pi / 4) ** 2)
    assert p1(backend, ("x",)) == pytest.approx(math.sin(scale * math.pi / 2) ** 2)


def test_rx_is_two_pulses_whose_strength_is_never_swept():
    """Rz sx rz sx rz: the population goes as the cosine of the angle, whatever the drive; only contrast is lost."""
    backend = device(drive_scale=0.8)
    angles = np.linspace(0, 2 * np.pi, 9)
    found = np.array([p1(backend, ("rx", float(angle))) for angle in angles])

    turned = math.sin(0.8 * math.pi / 2) ** 2
    assert found == pytest.approx(turned * (1 - np.cos(angles)) / 2, abs=1e-9)
    driven = [p1(device(drive_scale=0.8, native_gates=None), ("rx", float(angle))) for angle in angles]
    assert driven == pytest.approx((1 - np.cos(0.8 * angles)) / 2, abs=1e-9)


def test_each_pulse_errs_and_takes_its_time():
    """Twice the error of one pulse for rx, which is two of them."""
    backend = device(single_qubit_error=0.1)
    assert p1(backend, ("x",)) == pytest.approx(0.95)
    assert p1(backend, ("rx", math.pi)) == pytest.approx(0.5 + 0.5 * 0.9**2)


class Own(Gate):
    """A gate of the user's own that is called like another."""

    def __init__(self):
        super().__init__("x", 1, [])

    def _define(self):
        self.definition = QuantumCircuit(1)
        self.definition.append(SXGate(), [0])


class OnlyMatrix(Gate):
    """A gate of the user's own of which nothing but the matrix is known."""

    def __init__(self):
        super().__init__("sx", 1, [])

    def to_matrix(self):
        return np.array([[0, 1], [1, 0]], dtype=complex)


@pytest.mark.parametrize(("gate", "expected"), [(Own(), 0.5), (OnlyMatrix(), 1.0)])
def test_a_gate_of_ones_own_is_what_it_is_made_of_whatever_it_is_called(gate, expected):
    circuit = QuantumCircuit(1, 1)
    circuit.append(gate, [0])
    circuit.measure(0, 0)

    assert device().probabilities(circuit)[1] == pytest.approx(expected)


def test_what_cannot_be_made_of_its_gates_is_refused_by_name():
    with pytest.raises(UnsupportedOperationError, match="'h' cannot be made of the native gates x"):
        p1(device(native_gates=["x"]), ("h",))


@pytest.mark.parametrize(
    ("gates", "says"),
    [(["srx"], "'srx' is not a gate of Qiskit.*did you mean"), (["ccx"], "'ccx' is not a gate"),
     (["measure"], "not a gate"),
     ("sx", "must be a list"), ([], "must be a list of names"), ([1], "must be a list")],
)  # fmt: skip
def test_a_wrong_list_of_gates_is_refused(gates, says):
    with pytest.raises(ConfigError, match=says):
        LocalBackend("noisy", native_gates=gates)


def test_it_says_which_gates_it_makes_of_others():
    assert device().synthesized(("rx", "sx", "ry"), (3, 1)) == {"rx": (3, 1), "ry": (3, 1)}
    assert device(native_gates=["r", "cz"]).synthesized(("rx", "sx"), (0,)) == {"sx": (0,)}
    assert NoisyBackend().synthesized(("rx", "sx"), (0,)) == {}
    assert device().configuration()["options"]["native_gates"] in (NATIVE, tuple(NATIVE))


def test_the_twin_of_a_device_has_the_gates_of_the_device():
    qubit = QubitInfo(
        index=0, t1=5e4, t2=5e4, gate_error=1e-3, gate_time=20.0, readout_error_0=0.0, readout_error_1=0.0
    )
    info = DeviceInfo(
        summary=DeviceSummary(name="lab", kind="QPU", status="available"), qubits=(qubit,), gates=tuple(NATIVE)
    )
    kept = DeviceInfo.from_json(info.to_json())

    assert kept == info
    assert NoisyBackend.twin_of(kept).synthesized(("rx",), (0,)) == {"rx": (0,)}
    assert NoisyBackend.twin_of(attrs.evolve(info, gates=())).synthesized(("rx",), (0,)) == {}
    assert NoisyBackend(like=info, native_gates=["rx", "cz"]).synthesized(("rx",), (0,)) == {}


def test_two_gates_of_ones_own_with_one_name_are_not_taken_for_each_other():
    pulse, nothing = Own(), Own()
    nothing.definition = QuantumCircuit(1)
    for gates, expected in (((nothing,), 0.0), ((pulse,), 0.5), ((pulse, pulse), 1.0)):
        circuit = QuantumCircuit(1, 1)
        for gate in gates:
            circuit.append(gate, [0])
        circuit.measure(0, 0)
        assert device().probabilities(circuit)[1] == pytest.approx(expected, abs=1e-9)


def test_two_gates_of_which_only_matrices_are_known_are_not_taken_for_each_other():
    class Nothing(OnlyMatrix):
        def to_matrix(self):
            return np.eye(2, dtype=complex)

    for gate, expected in ((OnlyMatrix(), 1.0), (Nothing(), 0.0)):
        circuit = QuantumCircuit(1, 1)
        circuit.append(gate, [0])
        circuit.measure(0, 0)
        assert device().probabilities(circuit)[1] == pytest.approx(expected, abs=1e-9)
