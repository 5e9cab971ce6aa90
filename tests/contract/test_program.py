"""What a simulator is told of a circuit: times in ns, who holds which bit, and what equals what."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import Initialize, UnitaryGate, XGate

from oqtopus_experiments import UnsupportedOperationError
from oqtopus_experiments.simulation import nanoseconds, read


@pytest.mark.parametrize(
    ("duration", "unit", "expected"),
    [(2500, "ps", 2.5), (300, "ns", 300), (1.5, "us", 1500), (2, "ms", 2e6), (3e-6, "s", 3000)],
)
def test_a_delay_has_its_length_in_ns_whatever_its_unit(duration, unit, expected):
    circuit = QuantumCircuit(1)
    circuit.delay(duration, 0, unit=unit)

    assert nanoseconds(circuit.data[0].operation) == pytest.approx(expected, rel=1e-12)


def test_what_is_no_delay_has_no_length():
    with pytest.raises(UnsupportedOperationError, match=r"at here: a delay in '' has no length"):
        nanoseconds(XGate(), "at here")


def keys(*build):
    circuit = QuantumCircuit(2, 1)
    for add in build:
        add(circuit)
    return [step.key for step in read(circuit).steps]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda c: c.rx(0.5, 0), lambda c: c.rx(0.6, 0)),
        (lambda c: c.rx(0.5, 0), lambda c: c.ry(0.5, 0)),
        (lambda c: c.u(0.1, 0.2, 0.3, 0), lambda c: c.u(0.1, 0.3, 0.2, 0)),
        (lambda c: c.delay(5, 0, unit="us"), lambda c: c.delay(5, 0, unit="ns")),
        (lambda c: c.append(UnitaryGate(np.eye(2)), [0]), lambda c: c.append(UnitaryGate(np.eye(2)[::-1]), [0])),
        (lambda c: c.cx(0, 1), lambda c: c.cx(0, 1, ctrl_state=0)),
    ],
    ids=["angle", "axis", "order of angles", "unit of a delay", "matrix", "control state"],
)
def test_operations_that_differ_have_keys_that_differ(one, other):
    first, second, again = keys(one, other, one)

    assert first == again
    assert first != second


def test_gates_of_the_users_own_are_like_no_other_whatever_their_name():
    inner = QuantumCircuit(1, name="x")
    inner.h(0)

    assert keys(lambda c: c.append(inner.to_gate(), [0])) == [None]


def test_the_last_measurement_into_a_bit_counts():
    circuit = QuantumCircuit(3, 2)
    circuit.measure(0, 1)
    circuit.measure(2, 1)

    assert read(circuit).measured == {1: 2}


def dynamic(*build):
    circuit = QuantumCircuit(2, 2)
    for add in build:
        add(circuit)
    return read(circuit).dynamic


def test_only_what_depends_on_a_measurement_makes_a_circuit_dynamic():
    def measure(c):
        c.measure(0, 0)

    assert dynamic(measure, lambda c: c.x(1)) == ""
    assert dynamic(measure, lambda c: c.delay(10, 0, unit="ns"), lambda c: c.barrier(), measure) == ""
    assert "qubit 0, which 'x' acts on" in dynamic(measure, lambda c: c.x(0))
    assert "qubit 0, which 'cx' acts on" in dynamic(measure, lambda c: c.cx(1, 0))
    assert dynamic(lambda c: c.reset(1)) == "reset"
    assert dynamic(lambda c: c.append(Initialize([0, 1]), [0])) == "initialize"


def test_one_angle_left_open_is_refused_by_name():
    circuit = QuantumCircuit(1, 1)
    circuit.rx(Parameter("theta"), 0)

    with pytest.raises(UnsupportedOperationError, match="theta"):
        read(circuit)


def test_what_depends_on_classical_bits_is_refused_by_name():
    flow = QuantumCircuit(1, 1)
    with flow.if_test((flow.clbits[0], 1)):
        flow.x(0)
    sub = QuantumCircuit(1, 1, name="sub")
    sub.measure(0, 0)
    hidden = QuantumCircuit(1, 1)
    hidden.append(sub.to_instruction(), [0], [0])

    for circuit, name in ((flow, "if_else"), (hidden, "sub")):
        with pytest.raises(UnsupportedOperationError, match=name):
            read(circuit)
