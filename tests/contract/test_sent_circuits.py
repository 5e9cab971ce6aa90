"""Circuits arrive at a worker as they were sent, whatever they hold."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit, Gate, Qubit
from qiskit.circuit.library import XGate

from oqtopus_experiments import UnsupportedOperationError
from oqtopus_experiments.spreading._circuits import read, written

ANGLES = st.floats(-7.0, 7.0)
UNITS = st.sampled_from(["ns", "us", "s", "dt"])


@st.composite
def circuits(draw):
    circuit = QuantumCircuit(QuantumRegister(2, "a"), QuantumRegister(1, "b"), ClassicalRegister(2, "c"), name="drawn")
    circuit.global_phase = draw(ANGLES)
    for _ in range(draw(st.integers(0, 8))):
        qubit = draw(st.integers(0, 2))
        match draw(st.integers(0, 9)):
            case 0:
                circuit.rx(draw(ANGLES), qubit)
            case 1:
                circuit.cx(qubit, (qubit + 1) % 3, ctrl_state=draw(st.integers(0, 1)))
            case 2:
                unit = draw(UNITS)
                circuit.delay(draw(st.integers(0, 9)) if unit == "dt" else draw(st.floats(0, 1e5)), qubit, unit=unit)
            case 3:
                circuit.barrier(*range(qubit + 1))
            case 4:
                circuit.measure(qubit, draw(st.integers(0, 1)))
            case 5:
                circuit.unitary(np.array([[0, 1j], [1j, 0]]), [qubit])
            case 6:
                circuit.append(XGate(label="mine"), [qubit])
            case 7:
                own = QuantumCircuit(1, name="x")  # of the user's own, whatever it is called
                own.ry(draw(ANGLES), 0)
                circuit.append(own.to_gate(), [qubit])
            case 8:
                circuit.u(draw(ANGLES), draw(ANGLES), draw(ANGLES), qubit)
            case 9:
                circuit.reset(qubit)
    return circuit


@settings(max_examples=60, deadline=None)
@given(st.lists(circuits(), max_size=4))
def test_what_is_read_is_what_was_written(sent):
    assert read(written(sent)) == tuple(sent)


def odd_ones():
    loose = QuantumCircuit([Qubit(), Qubit()], [Clbit()])
    loose.cx(0, 1)
    loose.measure(0, 0)
    dynamic = QuantumCircuit(1, 1)
    with dynamic.if_test((dynamic.clbits[0], 1)):
        dynamic.x(0)
    shared = QuantumRegister(2, "q")
    twice = QuantumCircuit(shared, QuantumRegister(bits=[shared[0]], name="again"), ClassicalRegister(1, "c"))
    twice.measure(0, 0)
    return [loose, dynamic, twice]


@pytest.mark.parametrize("number", range(3))
def test_circuits_that_are_more_than_registers_and_gates_arrive_whole(number):
    sent = odd_ones()[number]

    assert read(written([sent, sent])) == (sent, sent)


def test_equal_operations_are_sent_once():
    circuit = QuantumCircuit(100, 100)
    for qubit in range(100):
        circuit.rx(0.25, qubit)
    circuit.measure(range(100), range(100))

    alike = [circuit.copy() for _ in range(10)]

    assert len(written(alike)) < len(pickle.dumps(alike)) / 3


class Unsendable(Gate):
    """A gate that holds what cannot leave its process."""

    def __init__(self):
        super().__init__("unsendable", 1, [])
        self.kept = lambda: None


def test_what_cannot_be_sent_is_refused_with_its_circuit():
    circuit = QuantumCircuit(1, 1, name="mine")
    circuit.append(Unsendable(), [0], copy=False)

    with pytest.raises(UnsupportedOperationError, match=r"'mine'.*cannot be sent to a worker"):
        written([circuit])


def test_a_label_arrives_with_its_gate():
    circuit = QuantumCircuit(1)
    circuit.append(XGate(label="mine"), [0])
    circuit.delay(3.5, 0, unit="us")

    (found,) = read(written([circuit]))

    assert [each.operation.label for each in found.data] == ["mine", None]
    assert (found.data[1].operation.duration, found.data[1].operation.unit) == (3.5, "us")
