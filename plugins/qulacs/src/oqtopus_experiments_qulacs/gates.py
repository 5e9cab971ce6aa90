"""Qiskit gates as Qulacs gates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import qulacs
from qiskit.circuit import ControlledGate, Gate
from qiskit.exceptions import QiskitError

from oqtopus_experiments import UnsupportedOperationError

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


def add_gate(circuit: qulacs.QuantumCircuit, operation: Any, qubits: Sequence[int]) -> None:
    """
    Append a Qiskit gate to a Qulacs circuit, exactly.

    Raises:
        UnsupportedOperationError: When it is no gate, or has neither a matrix nor a definition.
    """
    if not isinstance(operation, Gate):
        message = f"the noiseless simulator cannot run {operation.name!r}: it is not a gate"
        raise UnsupportedOperationError(message)
    make = _FAST.get(operation.name)
    if make is not None and operation.base_class.__module__.startswith("qiskit.circuit.library"):
        circuit.add_gate(make(*qubits, *(float(value) for value in operation.params)))
        return
    if operation.num_qubits <= _MAX_MATRIX_QUBITS:
        try:
            matrix = np.asarray(operation.to_matrix(), dtype=complex)
        except QiskitError:
            pass  # no matrix of its own; its definition below says what it does
        else:
            circuit.add_gate(qulacs.gate.DenseMatrix(list(qubits), matrix))
            return
    if isinstance(operation, ControlledGate) and operation.base_gate.num_qubits <= _MAX_MATRIX_QUBITS:
        _add_controlled(circuit, operation, qubits)
        return
    if operation.definition is None:
        message = f"gate {operation.name!r} on {operation.num_qubits} qubits has neither a matrix nor a definition"
        raise UnsupportedOperationError(message)
    definition = operation.definition
    numbers = {bit: qubits[i] for i, bit in enumerate(definition.qubits)}
    for instruction in definition.data:
        add_gate(circuit, instruction.operation, [numbers[bit] for bit in instruction.qubits])


def _add_controlled(circuit: qulacs.QuantumCircuit, operation: ControlledGate, qubits: Sequence[int]) -> None:
    controls = operation.num_ctrl_qubits
    gate = qulacs.gate.DenseMatrix(list(qubits[controls:]), np.asarray(operation.base_gate.to_matrix(), dtype=complex))
    for i, qubit in enumerate(qubits[:controls]):
        gate.add_control_qubit(qubit, (operation.ctrl_state >> i) & 1)
    circuit.add_gate(gate)
