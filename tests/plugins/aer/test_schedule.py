"""Who has less to do than others starts late: nothing waits with what it holds when it could wait in |0>."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments_aer import NoisyBackend

DEVICE = NoisyBackend(t1=9000.0, t2=11_000.0, single_qubit_gate_time=40.0, two_qubit_gate_time=300.0)


def excited(delay):
    body = QuantumCircuit(1)
    body.x(0)
    body.delay(delay, 0, unit="ns")
    return body


def superposed(delay):
    body = QuantumCircuit(1)
    body.sx(0)
    body.delay(delay, 0, unit="ns")
    body.rz(0.4, 0)
    body.sx(0)
    return body


def pulses(number):
    body = QuantumCircuit(1)
    for _ in range(number):
        body.ry(0.7, 0)
    return body


def entangled(rounds):
    body = QuantumCircuit(2)
    body.rx(0.4, 1)
    for _ in range(rounds):
        body.ry(0.9, 0)
        body.cx(0, 1)
    body.h(1)
    return body


def side_by_side(bodies):
    """Bodies, one barrier over all qubits, measurements: how copies that differ are composed."""
    width = sum(body.num_qubits for body in bodies)
    circuit = QuantumCircuit(width, width)
    first = 0
    for body in bodies:
        circuit.compose(body, range(first, first + body.num_qubits), inplace=True)
        first += body.num_qubits
    circuit.barrier()
    circuit.measure(range(width), range(width))
    return circuit


@pytest.mark.parametrize("make", [excited, superposed, pulses, entangled], ids=lambda make: make.__name__)
def test_copies_of_different_length_do_what_each_does_alone(make):
    """Exactly: the joint distribution is the product, whatever the others take."""
    bodies = [make(number) for number in (3, 40, 1)]
    expected = np.ones(1)
    for body in bodies:
        expected = np.multiply.outer(DEVICE.probabilities(side_by_side([body])), expected).ravel()

    assert DEVICE.probabilities(side_by_side(bodies)) == pytest.approx(expected, abs=1e-12)


def test_a_long_neighbour_costs_a_short_copy_nothing():
    for body in (excited(10), superposed(700), entangled(2)):
        alone = DEVICE.probabilities(side_by_side([body]))
        beside = DEVICE.probabilities(side_by_side([body, excited(30_000)])).reshape(2, -1).sum(axis=0)
        assert beside == pytest.approx(alone, abs=1e-12)


def test_waiting_before_the_first_gate_is_waiting_in_the_ground_state():
    def read(*do):
        circuit = QuantumCircuit(1, 1)
        for each in do:
            each(circuit)
        circuit.measure(0, 0)
        return DEVICE.probabilities(circuit)

    def wait(circuit):
        circuit.delay(6000, 0, unit="ns")

    def flip(circuit):
        circuit.x(0)

    assert read(wait, flip) == pytest.approx(read(flip), abs=1e-14)
    assert read(flip, wait)[1] < 0.6 * read(flip)[1]


def test_between_two_barriers_the_shorter_waits_with_what_it_holds():
    """The first barrier says when qubit 1 is excited, so it relaxes while qubit 0 is busy."""
    circuit = QuantumCircuit(2, 2)
    circuit.x(1)
    circuit.barrier()
    circuit.delay(4500, 0, unit="ns")
    circuit.barrier()
    circuit.measure([0, 1], [0, 1])
    quiet = NoisyBackend(t1=9000.0, single_qubit_gate_time=0.0, single_qubit_error=0.0, readout_error_0=0.0,
                         readout_error_1=0.0)  # fmt: skip

    assert quiet.probabilities(circuit)[0b10] == pytest.approx(np.exp(-0.5), abs=1e-12)


def test_a_qubit_is_read_as_soon_as_it_is_done_though_others_go_on():
    """Also when a barrier between the measurements makes the other be read after it."""

    def read(*, barrier):
        circuit = QuantumCircuit(2, 2)
        circuit.h(0)
        circuit.cx(0, 1)
        circuit.measure(0, 0)
        circuit.delay(8000, 1, unit="ns")
        if barrier:
            circuit.barrier()
        circuit.measure(1, 1)
        return DEVICE.probabilities(circuit)

    assert read(barrier=True) == pytest.approx(read(barrier=False), abs=1e-12)
    assert read(barrier=True).reshape(2, 2).sum(axis=0)[1] > 0.45


def test_an_idle_qubit_of_a_pair_waits_between_its_gates_whichever_way_time_is_counted():
    """Excited, then 300 ns of a gate between two others, before its own: late starts do not swallow real waiting."""
    circuit = QuantumCircuit(3, 1)
    circuit.x(2)
    circuit.cx(2, 1)
    circuit.cx(0, 1)
    circuit.cx(2, 1)
    circuit.measure(2, 0)
    quiet = NoisyBackend(t1=9000.0, single_qubit_gate_time=0.0, two_qubit_gate_time=300.0, single_qubit_error=0.0,
                         two_qubit_error=0.0, readout_error_0=0.0, readout_error_1=0.0)  # fmt: skip

    assert quiet.probabilities(circuit)[1] == pytest.approx(np.exp(-900 / 9000), abs=1e-12)
