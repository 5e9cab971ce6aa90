"""Gates as the device performs them: in at most two qubits, driven rotations scaled, z rotations for free."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from qiskit.circuit import Gate
from qiskit.circuit.library import RGate, RXGate, RYGate, UGate
from qiskit.exceptions import QiskitError
from qiskit.synthesis import OneQubitEulerDecomposer

from oqtopus_experiments import UnsupportedOperationError
from oqtopus_experiments.simulation import Step, definition_of

VIRTUAL = frozenset({"z", "s", "sdg", "t", "tdg", "p", "u1", "rz", "global_phase"})
_HALF = math.pi / 2
_EULER = OneQubitEulerDecomposer("U")


def native(step: Step) -> Iterator[Step]:
    """
    Yield a gate as gates on one or two qubits, taking larger ones apart by their definition.

    Raises:
        UnsupportedOperationError: When it is no gate, or too large and without a definition.
    """
    operation = step.operation
    if operation.name in ("delay", "barrier", "measure", "reset"):
        yield step
        return
    if isinstance(operation, Gate) and operation.name == "global_phase":
        return
    if isinstance(operation, Gate) and operation.num_qubits <= 2 and _has_matrix(step):
        yield step
        return
    definition = definition_of(operation)
    if definition is None:
        message = f"the noisy simulator cannot run {operation.name!r}: it has neither a matrix nor a definition"
        raise UnsupportedOperationError(message)
    numbers = {bit: step.qubits[i] for i, bit in enumerate(definition.qubits)}
    for inner in definition.data:
        key = (inner.name, tuple(inner.params)) if inner.is_standard_gate() else None
        yield from native(Step(inner.operation, tuple(numbers[bit] for bit in inner.qubits), (), key))


def scaled(operation: Any, scale: float) -> Any:
    """Return a one-qubit gate with the angle of its drive multiplied; z rotations are not driven."""
    if scale == 1 or operation.name in VIRTUAL or operation.name == "id":
        return operation
    parameters = [float(value) for value in operation.params] if operation.name != "unitary" else []
    angles = {"x": math.pi, "sx": _HALF, "sxdg": -_HALF}
    if operation.name in angles or operation.name == "rx":
        return RXGate(scale * (parameters[0] if parameters else angles[operation.name]))
    if operation.name in ("y", "ry"):
        return RYGate(scale * (parameters[0] if parameters else math.pi))
    if operation.name == "r":
        return RGate(scale * parameters[0], parameters[1])
    if operation.name in ("u", "u3"):
        return UGate(scale * parameters[0], *parameters[1:])
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
