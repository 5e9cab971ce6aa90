"""Qiskit gates as Qulacs gates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import qulacs
from numpy.typing import NDArray
from qiskit.circuit import AnnotatedOperation, ControlledGate, Gate
from qiskit.exceptions import QiskitError

from oqtopus_experiments import UnsupportedOperationError
from oqtopus_experiments.simulation import Step, definition_of

# Gates Qulacs has kernels for. Its rotations turn the other way round than Qiskit's.
_FAST: dict[str, Callable[..., Any]] = {
    "id": qulacs.gate.Identity,
    "x": qulacs.gate.X,
    "y": qulacs.gate.Y,
    "z": qulacs.gate.Z,
    "h": qulacs.gate.H,
    "s": qulacs.gate.S,
    "sdg": qulacs.gate.Sdag,
    "t": qulacs.gate.T,
    "tdg": qulacs.gate.Tdag,
    "sx": qulacs.gate.sqrtX,
    "sxdg": qulacs.gate.sqrtXdag,
    "rx": lambda qubit, angle: qulacs.gate.RX(qubit, -angle),
    "ry": lambda qubit, angle: qulacs.gate.RY(qubit, -angle),
    "rz": lambda qubit, angle: qulacs.gate.RZ(qubit, -angle),
    "cx": qulacs.gate.CNOT,
    "cz": qulacs.gate.CZ,
    "swap": qulacs.gate.SWAP,
}
# Larger gates are taken apart by their definition rather than written out as a matrix of 4^n numbers.
_MAX_MATRIX_QUBITS = 5


def add_step(circuit: qulacs.QuantumCircuit, step: Step) -> None:
    """
    Append a step to a Qulacs circuit, exactly.

    Raises:
        UnsupportedOperationError: When it is not a gate, or has neither a matrix nor a definition.
    """
    make = _FAST.get(step.name)
    if make is None:
        add_gate(circuit, step.operation, step.qubits)
    else:
        circuit.add_gate(make(*step.qubits, *map(float, step.params)))


def add_gate(circuit: qulacs.QuantumCircuit, operation: Any, qubits: Sequence[int]) -> None:
    """
    Append a Qiskit gate to a Qulacs circuit, exactly.

    Raises:
        UnsupportedOperationError: When it is not a gate, or has neither a matrix nor a definition.
    """
    if not isinstance(operation, (Gate, AnnotatedOperation)):
        message = f"the noiseless simulator cannot run {operation.name!r}: it is not a gate"
        raise UnsupportedOperationError(message)
    make = _FAST.get(operation.name)
    if (
        make is not None
        and isinstance(operation, Gate)
        and operation.base_class.__module__.startswith("qiskit.circuit.library")
    ):
        circuit.add_gate(make(*qubits, *(float(value) for value in operation.params)))
        return
    matrix = _matrix(operation)
    if matrix is not None:
        circuit.add_gate(qulacs.gate.DenseMatrix(list(qubits), matrix))
        return
    base = _matrix(operation.base_gate) if isinstance(operation, ControlledGate) else None
    if base is not None:
        gate = qulacs.gate.DenseMatrix(list(qubits[operation.num_ctrl_qubits :]), base)
        for i, qubit in enumerate(qubits[: operation.num_ctrl_qubits]):
            gate.add_control_qubit(qubit, (operation.ctrl_state >> i) & 1)
        circuit.add_gate(gate)
        return
    definition = definition_of(operation)
    if definition is None:
        message = f"gate {operation.name!r} on {operation.num_qubits} qubits has neither a matrix nor a definition"
        raise UnsupportedOperationError(message)
    numbers = {bit: qubits[i] for i, bit in enumerate(definition.qubits)}
    for instruction in definition.data:
        add_gate(circuit, instruction.operation, [numbers[bit] for bit in instruction.qubits])


def _matrix(operation: Any) -> NDArray[np.complex128] | None:
    """Return the matrix of a small operation, or None when it is large or has none of its own."""
    if operation.num_qubits > _MAX_MATRIX_QUBITS:
        return None
    try:
        return np.asarray(operation.to_matrix(), dtype=complex)
    except QiskitError:
        return None
