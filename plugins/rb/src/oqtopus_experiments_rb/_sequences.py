"""Random Clifford sequences that end in an outcome that is known, and their circuits."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import frozen

from oqtopus_experiments_rb._group import CliffordGroup, GateStep, Integers, clifford_group

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

QUARTER_TURNS = {1: np.pi / 2, 2: np.pi, 3: -np.pi / 2}


@cache
def gates_of_a_clifford(num_qubits: int) -> float:
    """Return of how many gates an element is made on average: 5/6 pulses for one qubit, 3/2 cx for two."""
    return clifford_group(num_qubits).mean_gates(*(("sx", "x") if num_qubits == 1 else ("cx",)))


@frozen
class RandomSequence:
    """
    What is drawn: as many uniformly random elements as it is long, and the outcome that the circuit ends in.

    Args:
        elements: Numbers of Clifford elements in order of time.
        ending: The outcome that the circuit gives without errors, the right-most character being qubit 0.
    """

    elements: tuple[int, ...]
    ending: str

    @property
    def group(self) -> CliffordGroup:
        """The group of its elements."""
        return clifford_group(len(self.ending))

    def undoing(self, gate: str = "") -> int:
        """
        Return the element that ends the sequence: what undoes it all, and then gives the outcome.

        Args:
            gate: Name of a gate that follows each of the elements; none where empty.
        """
        group, everything = self.group, np.array(self.elements)
        if gate:
            between = group.number_of(((gate, tuple(range(group.num_qubits)), 0),))
            everything = np.stack([everything, np.full_like(everything, between)], axis=1).ravel()
        flipped = tuple(("x", (qubit,), 0) for qubit, bit in enumerate(reversed(self.ending)) if bit == "1")
        inverse = group.inverses[group.product(everything)]
        return int(group.composed(np.array([inverse]), np.array([group.number_of(flipped)]))[0])

    def circuit(self, gate: str = "") -> QuantumCircuit:
        """Return the circuit, each element apart from the next by a barrier, and measured; see `undoing`."""
        parts = _parts(len(self.ending))
        circuit, append = parts.empty()
        barrier, between = parts.barrier, parts.gate(gate) if gate else ()
        for element in self.elements:
            for instruction in parts.element(element):
                append(instruction)
            append(barrier)
            for instruction in between:
                append(instruction)
        for instruction in (*parts.element(self.undoing(gate)), *parts.measurements):
            append(instruction)
        return circuit


def drawn(seed: int, length: int, ending: str, sequence: int, target: tuple[int, ...]) -> RandomSequence:
    """
    Return a sequence that is another one for any other argument, and independent of it.

    Shorter sequences are not the beginnings of longer ones: what is odd about one would bend the whole decay, and the
    points of a fit count as independent.
    """
    rng = np.random.default_rng([seed, length, int(ending, 2), sequence, *target])
    group = clifford_group(len(ending))
    return RandomSequence(tuple(rng.integers(group.size, size=length).tolist()), ending)


def waiting(num_qubits: int) -> QuantumCircuit:
    """Return a circuit that does nothing but read."""
    parts = _parts(num_qubits)
    circuit, append = parts.empty()
    for instruction in parts.measurements:
        append(instruction)
    return circuit


def lengths(longest: int, number: int) -> Integers:
    """Return so many different lengths from 1 to the longest, each about the same factor longer than that before."""
    wanted = np.rint(np.geomspace(1, longest, number)).astype(np.int64)
    # Short ones round to the same: each is at least one more than the last, which so many leave room for.
    return np.maximum(wanted, np.arange(1, number + 1))


def endings(num_qubits: int) -> list[str]:
    """Return every outcome of so many qubits."""
    return [f"{outcome:0{num_qubits}b}" for outcome in range(2**num_qubits)]


class _Parts:
    """Instructions of circuits, each made once: what Qiskit looks up for every gate costs more than all else here."""

    def __init__(self, num_qubits: int) -> None:
        from qiskit import ClassicalRegister, QuantumRegister
        from qiskit.circuit import Barrier, CircuitInstruction, Measure

        self._qubits, self._clbits = QuantumRegister(num_qubits, "q"), ClassicalRegister(num_qubits, "c")
        self._group = clifford_group(num_qubits)
        self._elements: dict[int, tuple[Any, ...]] = {}
        self._gates: dict[GateStep, Any] = {}
        self.barrier = CircuitInstruction(Barrier(num_qubits), tuple(self._qubits))
        self.measurements = tuple(
            CircuitInstruction(Measure(), (qubit,), (clbit,))
            for qubit, clbit in zip(self._qubits, self._clbits, strict=True)
        )

    def empty(self) -> tuple[QuantumCircuit, Any]:
        """Return a circuit without gates, and what appends an instruction to it."""
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(self._qubits, self._clbits)
        return circuit, circuit._append  # noqa: SLF001  # what Qiskit documents for libraries that know their operations

    def element(self, number: int) -> tuple[Any, ...]:
        """Return the gates of an element."""
        if number not in self._elements:
            self._elements[number] = tuple(self._instruction(step) for step in self._group.circuits[number])
        return self._elements[number]

    def gate(self, name: str) -> tuple[Any, ...]:
        """Return a gate by its name, and a barrier."""
        return self._instruction((name, tuple(range(self._group.num_qubits)), 0)), self.barrier

    def _instruction(self, step: GateStep) -> Any:
        from qiskit.circuit import CircuitInstruction
        from qiskit.circuit.library import RZGate, get_standard_gate_name_mapping

        if step not in self._gates:
            name, qubits, turns = step
            gate = RZGate(QUARTER_TURNS[turns]) if name == "rz" else get_standard_gate_name_mapping()[name]
            self._gates[step] = CircuitInstruction(gate, tuple(self._qubits[qubit] for qubit in qubits))
        return self._gates[step]


@cache
def _parts(num_qubits: int) -> _Parts:
    return _Parts(num_qubits)
