"""Circuits that make a GHZ state and look at it: in z, or along an axis in the plane of all qubits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

PREPARATIONS = ("chain", "fan_out")


def pairs(num_qubits: int, preparation: str) -> Iterator[tuple[int, int]]:
    """
    Yield control and target of each cx, in order; the first control is in |+>, all other qubits in |0>.

    ``chain``: only neighbours in the list, from the middle outwards: half as deep as from one end, and all that a
    line of coupled qubits can do. ``fan_out``: each from the first qubit.
    """
    if preparation == "fan_out":
        yield from ((0, qubit) for qubit in range(1, num_qubits))
        return
    middle = root(num_qubits, preparation)
    for distance in range(1, num_qubits):
        for way in (1, -1):
            if 0 <= middle + way * distance < num_qubits:
                yield middle + way * (distance - 1), middle + way * distance


def root(num_qubits: int, preparation: str) -> int:
    """Return the qubit from which the state spreads."""
    return 0 if preparation == "fan_out" else (num_qubits - 1) // 2


def ghz_circuit(num_qubits: int, preparation: str, phase: float | None = None, delay: float = 0.0) -> QuantumCircuit:
    """
    Return a circuit that makes (|0..0> + |1..1>) / sqrt(2), waits, and measures all qubits.

    Args:
        num_qubits: Qubits of the state.
        preparation: One of `PREPARATIONS`.
        phase: Of the analysis pulse on all qubits, rad; None measures in z.
        delay: Wait of all qubits between the state and its analysis, ns.
    """
    from qiskit import QuantumCircuit

    circuit, everybody = QuantumCircuit(num_qubits, num_qubits), range(num_qubits)
    circuit.h(root(num_qubits, preparation))
    for control, target in pairs(num_qubits, preparation):
        circuit.cx(control, target)
    # Hardware refuses a delay of zero.
    if delay > 0:
        # All wait as long: without it the first to be ready would wait longer.
        circuit.barrier()
        circuit.delay(delay, everybody, unit="ns")
    if phase is not None:
        circuit.u(math.pi / 2, -phase - math.pi / 2, -phase - math.pi / 2, everybody)
    circuit.measure(everybody, everybody)
    return circuit
