"""Circuits of several targets as one: copy after copy, with the measurements of all at the end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

Located: TypeAlias = tuple[Any, list[int], list[int]]
"""An operation, its qubits and its classical bits by number."""


def side_by_side(copies: Sequence[QuantumCircuit], targets: int) -> QuantumCircuit:
    """
    Return a circuit that holds one copy per target, copy 0 on the lowest qubits and classical bits.

    Args:
        copies: One circuit that all targets share, or one per target. Those that differ are aligned at their final
            measurements: what is shorter begins later, so that no qubit waits before it is read.
        targets: How many copies there are.
    """
    if targets == 1:
        return copies[0]
    first = copies[0]
    wide = type(first)(first.num_qubits * targets, first.num_clbits * targets, name=first.name)
    if len(copies) == 1:
        shared = _Copy.of(first)
        for target in range(targets):
            shared.put(wide, target, range(len(first.data)))
        return wide
    own = [_Copy.of(circuit) for circuit in copies]
    ends = [_final_measurements(circuit) for circuit in copies]
    for target, (copy, end) in enumerate(zip(own, ends, strict=True)):
        copy.put(wide, target, [number for number in range(len(copy.circuit.data)) if number not in end])
    wide.barrier()
    for target, (copy, end) in enumerate(zip(own, ends, strict=True)):
        copy.put(wide, target, sorted(end))
    return wide


@frozen(eq=False)
class _Copy:
    """
    What a target does.

    Args:
        circuit: Its circuit.
        located: Its operations; None where one holds another circuit, or an angle that is not a number.
    """

    circuit: QuantumCircuit
    located: list[Located] | None

    @classmethod
    def of(cls, circuit: QuantumCircuit) -> _Copy:
        """Return the copy with its operations located once, as it may be put into a thousand places."""
        if circuit.parameters or circuit.global_phase or any(step.is_control_flow() for step in circuit.data):
            return cls(circuit, None)
        qubits = {qubit: number for number, qubit in enumerate(circuit.qubits)}
        clbits = {clbit: number for number, clbit in enumerate(circuit.clbits)}
        located = [
            (step.operation, [qubits[qubit] for qubit in step.qubits], [clbits[clbit] for clbit in step.clbits])
            for step in circuit.data
        ]
        return cls(circuit, located)

    def put(self, wide: QuantumCircuit, target: int, numbers: Collection[int]) -> None:
        """Append some of the operations, by their numbers, on the qubits and classical bits of a target."""
        from qiskit.circuit import CircuitInstruction

        here, there = target * self.circuit.num_qubits, target * self.circuit.num_clbits
        if self.located is None:
            self._compose(wide, here, there, numbers)
            return
        qubits, clbits = wide.qubits, wide.clbits
        for number in numbers:
            operation, on, into = self.located[number]
            # What `compose` and `append` look up for each operation costs more than everything else of a wide circuit.
            placed = CircuitInstruction(operation, [qubits[here + i] for i in on], [clbits[there + i] for i in into])
            wide._append(placed)  # noqa: SLF001  # what Qiskit documents for libraries that know their operations

    def _compose(self, wide: QuantumCircuit, here: int, there: int, numbers: Collection[int]) -> None:
        some = self.circuit
        if len(numbers) < len(some.data):
            some = self.circuit.copy_empty_like()
            for number in numbers:
                some.append(self.circuit.data[number])
        places = range(here, here + some.num_qubits), range(there, there + some.num_clbits)
        wide.compose(some, qubits=places[0], clbits=places[1], inplace=True)


def _final_measurements(circuit: QuantumCircuit) -> set[int]:
    """Return which operations are final measurements: each is the last operation of its qubit and its bit."""
    last: dict[Any, int] = {}
    measurements = []
    for number, instruction in enumerate(circuit.data):
        name = instruction.name
        if name != "barrier":
            last.update(dict.fromkeys((*instruction.qubits, *instruction.clbits), number))
        if name == "measure":
            measurements.append((number, (*instruction.qubits, *instruction.clbits)))
    return {number for number, bits in measurements if all(last[bit] == number for bit in bits)}
