"""Which gates a device drives as they are written, and which it makes of others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.transpiler import Target

_ONE_PULSE = frozenset({"rx", "ry", "r"})
"""One pulse whose strength is the first angle: they differ in its phase."""


def drives(gate: str, native: Collection[str]) -> bool:
    """
    Return whether what has these native gates drives a gate as one pulse of its strength.

    Args:
        gate: Qiskit's name of it.
        native: Qiskit's names of the gates that run as they are.
    """
    return gate in native or (gate in _ONE_PULSE and not _ONE_PULSE.isdisjoint(native))


def synthesized_on(target: Target, gates: Sequence[str], qubits: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """
    Return which of these gates a device makes of others, and on which of these qubits; see `Backend.synthesized`.

    Args:
        target: The device.
        gates: Qiskit's names.
        qubits: Physical qubits.
    """
    native = {qubit: frozenset(_native(target, qubit, frozenset(qubits))) for qubit in qubits}
    made = {gate: tuple(qubit for qubit in qubits if not drives(gate, native[qubit])) for gate in gates}
    return {gate: on for gate, on in made.items() if on}


def _native(target: Target, qubit: int, qubits: Collection[int]) -> list[str]:
    """Return the gates that act on a qubit, and on others of these at most; none that is there at some angles only."""
    return [
        name
        for name in target.operation_names
        if _acts_on(target.qargs_for_operation_name(name), qubit, qubits) and not _has_a_fixed_angle(target, name)
    ]


def _acts_on(places: Iterable[tuple[int, ...]] | None, qubit: int, qubits: Collection[int]) -> bool:
    # Without places it acts everywhere: a simulator.
    return places is None or any(qubit in place and set(place) <= set(qubits) for place in places)


def _has_a_fixed_angle(target: Target, name: str) -> bool:
    from qiskit.circuit import Instruction, ParameterExpression

    operation = target.operation_from_name(name)
    if not isinstance(operation, Instruction):  # a kind of control flow
        return False
    return any(not isinstance(angle, ParameterExpression) for angle in operation.params)
