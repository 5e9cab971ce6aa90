"""How large a program may be: what the service would only say once the job is behind its queue is refused here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from oqtopus_experiments import UnsupportedOperationError
from oqtopus_experiments.simulation import definition_of

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

MAX_PROGRAM = 4_000_000
"""Bytes of a program as it is sent, in JSON; messages inside the service are limited to 4 MiB."""
MAX_STATEMENTS = 50_000
"""Statements with every gate that is defined written out; reading so many takes the service ten seconds."""
WRITTEN = ("barrier", "delay", "measure", "reset")
ADVICE = "take shorter sequences, or fewer targets side by side"


def check_size(text: str, circuit: QuantumCircuit, label: str) -> None:
    """
    Refuse a program that is too large.

    Args:
        text: The program.
        circuit: What it was written from.
        label: Which circuit of which batch, for the message.

    Raises:
        UnsupportedOperationError: Naming the limit, and what to do.
    """
    size, statements = len(json.dumps(text)), text.count(";") + _inside(circuit)
    if size > MAX_PROGRAM:
        found = f"a program of {size} bytes; the service takes {MAX_PROGRAM}"
    elif statements > MAX_STATEMENTS:
        found = f"a program of {statements} statements; the service reads {MAX_STATEMENTS}"
    else:
        return
    message = f"{label}: {found}: {ADVICE}"
    raise UnsupportedOperationError(message)


def _inside(circuit: QuantumCircuit) -> int:
    """Return how many statements there are in the definitions of gates that the language does not know."""
    return sum(
        _of(step.operation)
        for step in circuit.data
        if not step.is_standard_gate() and step.operation.name not in WRITTEN
    )


def _of(operation: object) -> int:
    definition = definition_of(operation)
    return 0 if definition is None else len(definition.data) + _inside(definition)
