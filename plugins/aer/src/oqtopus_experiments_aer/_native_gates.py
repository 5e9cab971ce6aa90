"""The gates of a device that cannot drive every one, and the others made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

import attrs

from oqtopus_experiments import UnsupportedOperationError, suggest
from oqtopus_experiments.simulation import Step, step_of

VIRTUAL = frozenset({"z", "s", "sdg", "t", "tdg", "p", "u1", "rz", "global_phase"})
"""Rotations about z, which are done in software on every device."""


def as_names(value: Any) -> Any:
    """Return names in a tuple; anything else is left for the check."""
    return tuple(value) if isinstance(value, list) else value


def check_gates(_: object, field: attrs.Attribute[Any], names: Any) -> None:
    """Refuse names that are not gates of Qiskit on one or two qubits."""
    if names is None:
        return
    if not names:
        message = f'{field.name!r} must be a list of names of gates, such as ["sx", "x", "rz", "cx"], not an empty one'
        raise ValueError(message)
    from qiskit.circuit import Gate
    from qiskit.circuit.library import get_standard_gate_name_mapping

    standard = get_standard_gate_name_mapping().items()
    known = {name for name, gate in standard if isinstance(gate, Gate) and 1 <= gate.num_qubits <= 2}
    for name in names:
        if name not in known:
            near = suggest(name, sorted(known))
            message = f"{field.name!r}: {name!r} is not a gate of Qiskit on one or two qubits{near}"
            raise ValueError(message)


def made_of(step: Step, gates: Collection[str]) -> Iterator[Step]:
    """
    Yield a gate of Qiskit's own on one or two qubits as gates that a device has, and rotations about z.

    Raises:
        UnsupportedOperationError: When it cannot be made of them.
    """
    if step.name in gates or step.name in VIRTUAL:
        yield step
        return
    alone = Step(step.operation, tuple(range(len(step.qubits))), (), step.key, step.name)
    for made in _written(_ByKey(alone.key, alone), frozenset(gates)):
        yield attrs.evolve(made, qubits=tuple(step.qubits[i] for i in made.qubits))


@attrs.frozen
class _ByKey:
    """A step, which is told from others by its key."""

    key: Any
    step: Step = attrs.field(eq=False)


@lru_cache(maxsize=4096)  # a sweep repeats most of its gates, and making one takes a millisecond
def _written(gate: _ByKey, gates: frozenset[str]) -> tuple[Step, ...]:
    from qiskit import QuantumCircuit, transpile
    from qiskit.exceptions import QiskitError

    circuit = QuantumCircuit(len(gate.step.qubits))
    circuit.append(gate.step.operation, gate.step.qubits)
    try:
        # Level 0: as a service makes it, not as few gates as there could be.
        made = transpile(circuit, basis_gates=sorted(gates | {"rz"}), optimization_level=0)
    except QiskitError as error:
        message = f"{gate.step.operation.name!r} cannot be made of the native gates {', '.join(sorted(gates))}"
        raise UnsupportedOperationError(message) from error
    return tuple(step_of(one, tuple(made.find_bit(qubit).index for qubit in one.qubits)) for one in made.data)
