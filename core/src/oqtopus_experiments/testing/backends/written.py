"""Circuits that are easily run as something else: a backend runs them as they are written, or refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.testing.backends.foundation import on_sound_counts
from oqtopus_experiments.testing.backends.places import places_of
from oqtopus_experiments.testing.backends.running import batch_of, expect, results_of
from oqtopus_experiments.testing.check import NotApplicable
from oqtopus_experiments.testing.presupposing import presupposing

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

Case: TypeAlias = "tuple[str, QuantumCircuit]"
"""What it reads, and the circuit."""


def _circuit(qubits: int, bits: int) -> QuantumCircuit:
    from qiskit import QuantumCircuit

    return QuantumCircuit(qubits, bits)


def _reset() -> Case:
    circuit = _circuit(1, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.measure(0, 1)
    return "01", circuit


def _gate_behind_a_measurement() -> Case:
    circuit = _circuit(1, 1)
    circuit.measure(0, 0)
    circuit.x(0)
    return "0", circuit


def _measured_twice() -> Case:
    circuit = _circuit(1, 2)
    circuit.measure(0, 0)
    circuit.x(0)
    circuit.measure(0, 1)
    return "10", circuit


def _a_bit_written_twice() -> Case:
    circuit = _circuit(2, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.measure(1, 0)
    return "0", circuit


def _condition() -> Case:
    circuit = _circuit(2, 2)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    return "00", circuit


def _loop() -> Case:
    circuit = _circuit(1, 1)
    with circuit.for_loop(range(3)):
        circuit.x(0)
    circuit.measure(0, 0)
    return "1", circuit


def _own_gate() -> Case:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Gate

    nothing = QuantumCircuit(1)
    nothing.id(0)
    gate = Gate("x", 1, [])
    gate.definition = nothing
    circuit = _circuit(1, 1)
    circuit.append(gate, [0])
    circuit.measure(0, 0)
    return "0", circuit


def _control_on_0() -> Case:
    from qiskit.circuit.library import XGate

    circuit = _circuit(2, 2)
    circuit.append(XGate().control(1, ctrl_state=0), [0, 1])
    circuit.measure([0, 1], [0, 1])
    return "10", circuit


def _matrix() -> Case:
    circuit = _circuit(1, 1)
    circuit.unitary([[0, 1j], [1, 0]], 0)
    circuit.measure(0, 0)
    return "1", circuit


def _set_to_1() -> Case:
    circuit = _circuit(1, 1)
    circuit.initialize([0, 1], 0)
    circuit.measure(0, 0)
    return "1", circuit


def _pause() -> Case:
    circuit = _circuit(1, 1)
    circuit.x(0)
    circuit.barrier(0)
    circuit.delay(40, 0, unit="ns")
    circuit.measure(0, 0)
    return "1", circuit


CASES: dict[str, Callable[[], Case]] = {
    "a reset between two measurements": _reset,
    "a gate behind the measurement": _gate_behind_a_measurement,
    "a qubit measured, flipped and measured": _measured_twice,
    "a bit that is written twice": _a_bit_written_twice,
    "a gate on a condition that does not hold": _condition,
    "three rounds of a loop with x": _loop,
    "a user's own gate, called x, that does nothing": _own_gate,
    "x controlled by a qubit in 0": _control_on_0,
    "a gate of which only the matrix is given": _matrix,
    "a qubit set to 1 by initialize": _set_to_1,
    "x, a barrier and a delay of 40 ns": _pause,
}


@on_sound_counts
def what_is_run_is_what_was_written(subject: BackendSubject) -> None:
    """Circuits with resets, conditions, loops, gates of one's own: run as they are written, or refused."""
    places = places_of(subject)
    coupled = places.pairs is None or (0, 1) in places.pairs
    ran = 0
    for what, make in CASES.items():
        key, circuit = make()
        if circuit.num_qubits > len(places.qubits) or (make is _control_on_0 and not coupled):
            continue
        batch = batch_of(subject, [circuit], name=what)
        try:
            (result,) = results_of(subject, batch)
        except BackendError:
            continue
        if isinstance(result, Counts):
            ran += 1
            expect(subject, result, key, what)
    if not ran:
        message = "it refuses every circuit that is more than gates of the standard set and measurements"
        raise NotApplicable(message)


@presupposing(what_is_run_is_what_was_written)
def gates_of_one_name_are_told_apart(subject: BackendSubject) -> None:
    """Two gates of the user's own, called the same, are each run as what they are, or refused."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import Gate

    circuits = []
    for flips in range(2):
        inner = QuantumCircuit(1)
        inner.id(0)
        for _ in range(flips):
            inner.x(0)
        gate = Gate("verified", 1, [])
        gate.definition = inner
        circuit = _circuit(1, 1)
        circuit.x(0)
        circuit.append(gate, [0])
        circuit.measure(0, 0)
        circuits.append(circuit)
    try:
        results = results_of(subject, batch_of(subject, circuits, name="gates of one name"))
    except BackendError as error:
        message = f"it refuses gates of the user's own: {error}"
        raise NotApplicable(message) from error
    for result, key, what in zip(results, ("1", "0"), ("does nothing", "flips"), strict=True):
        if isinstance(result, Counts):
            expect(subject, result, key, f"x and a gate called 'verified' that {what}, beside one that does not,")
