"""Gates as the device performs them: in at most two qubits, driven rotations scaled, z rotations for free."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from qiskit import QuantumRegister
from qiskit.circuit import CircuitInstruction, Gate
from qiskit.circuit.library import RGate, RXGate, RYGate, UGate, UnitaryGate
from qiskit.exceptions import QiskitError
from qiskit.synthesis import OneQubitEulerDecomposer

from oqtopus_experiments import UnsupportedOperationError
from oqtopus_experiments.simulation import Step, definition_of, step_of
from oqtopus_experiments_aer._native_gates import VIRTUAL, made_of

_ABOUT_X = {"x": math.pi, "sx": math.pi / 2, "sxdg": -math.pi / 2}
# Their first angle is that of the drive.
_ROTATIONS = {"rx": RXGate, "ry": RYGate, "r": RGate, "u": UGate, "u3": UGate}
_EULER = OneQubitEulerDecomposer("U")


def native(step: Step, gates: Collection[str] | None = None) -> Iterator[Step]:
    """
    Yield a gate as gates on one or two qubits, taking larger ones apart by their definition.

    Args:
        step: What is to be done.
        gates: What the device drives, by Qiskit's names; None for any gate on one or two qubits.

    Raises:
        UnsupportedOperationError: When it is not a gate, or too large and without a definition; when it cannot be made
            of the gates of the device.
    """
    operation = step.operation
    if step.name in ("delay", "barrier", "measure", "reset"):
        yield step
        return
    if step.name == "global_phase":
        return
    fits = isinstance(operation, Gate) and operation.num_qubits <= 2 and _has_matrix(step)
    if fits and gates is None:
        yield step
        return
    if fits and step.name:
        yield from made_of(step, gates or ())
        return
    definition = definition_of(operation)
    if definition is None and fits:  # a gate of the user's own, of which its matrix is all that is known
        yield from native(_as_unitary(step), gates)
        return
    if definition is None:
        message = f"the noisy simulator cannot run {operation.name!r}: it has neither a matrix nor a definition"
        raise UnsupportedOperationError(message)
    numbers = {bit: step.qubits[i] for i, bit in enumerate(definition.qubits)}
    for inner in definition.data:
        yield from native(step_of(inner, tuple(numbers[bit] for bit in inner.qubits)), gates)


def _as_unitary(step: Step) -> Step:
    matrix = UnitaryGate(np.array(step.operation.to_matrix(), dtype=complex))
    return step_of(CircuitInstruction(matrix, QuantumRegister(len(step.qubits))), step.qubits)


def scaled(step: Step, scale: float) -> Any:
    """Return a one-qubit gate with the angle of its drive multiplied; z rotations are not driven."""
    name, operation = step.name, step.operation
    if scale == 1 or name in VIRTUAL or name == "id":
        return operation
    if name in _ABOUT_X:
        return RXGate(scale * _ABOUT_X[name])
    if name == "y":
        return RYGate(scale * math.pi)
    if name in _ROTATIONS:
        angle, *rest = (float(value) for value in operation.params)
        return _ROTATIONS[name](scale * angle, *rest)
    # Any other gate is one pulse between z rotations: u(theta, phi, lambda), theta in [0, pi].
    theta, phi, lam = _EULER.angles(np.asarray(operation.to_matrix()))
    return UGate(scale * theta, phi, lam)


def _has_matrix(step: Step) -> bool:
    if step.key is not None:
        return True
    try:
        step.operation.to_matrix()
    except QiskitError:
        return False
    return True
