"""A user's own gates, taken apart: a transpiler goes by names, and theirs may be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oqtopus_experiments.errors import UnsupportedOperationError
from oqtopus_experiments.simulation.program import check_bound, definition_of, step_of

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction


def own_gates_taken_apart(circuit: QuantumCircuit, label: str) -> QuantumCircuit:
    """
    Return the circuit with the user's own gates replaced by what they are made of.

    What acts on classical bits stays, for the device to take or to refuse.

    Raises:
        UnsupportedOperationError: For a gate that nothing is known of but its name, and for parameters that were not
            bound: no device has values for them.
    """
    check_bound(circuit, label)
    if not any(_is_own(instruction) for instruction in circuit.data):
        return circuit
    made = circuit.copy_empty_like()
    left = list(reversed(circuit.data))
    while left:
        instruction = left.pop()
        if not _is_own(instruction):
            made.append(instruction)
            continue
        definition = definition_of(instruction.operation)
        if definition is None:
            message = f"{label}: {instruction.operation.name!r} is a gate of your own without a definition"
            raise UnsupportedOperationError(message)
        on = dict(zip(definition.qubits, instruction.qubits, strict=True))
        left.extend(inner.replace(qubits=[on[qubit] for qubit in inner.qubits]) for inner in reversed(definition.data))
    return made


def _is_own(instruction: CircuitInstruction) -> bool:
    on_bits = instruction.clbits or instruction.is_control_flow()
    return not on_bits and not step_of(instruction, ()).name
