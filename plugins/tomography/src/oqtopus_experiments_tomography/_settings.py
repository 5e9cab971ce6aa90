"""Settings and what their outcomes stand for: the axes x, y, z of each qubit, and the state as a mean of duals."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Complex: TypeAlias = NDArray[Any]
PAULIS: dict[str, Complex] = {
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]).astype(complex),
}


def settings(qubits: int) -> list[str]:
    """Return the axes along which the qubits are read, 3^n of them; the right-most letter is that of qubit 0."""
    return ["".join(axes) for axes in itertools.product("XYZ", repeat=qubits)]


def outcomes(qubits: int) -> list[str]:
    """Return the outcomes of each setting, the right-most bit being that of qubit 0."""
    return [f"{index:0{qubits}b}" for index in range(2**qubits)]


@functools.cache
def projectors(qubits: int) -> Complex:
    """Return what each outcome projects onto, shape (settings, outcomes, d, d): P(outcome) is the trace with rho."""
    return _products(qubits, 1 / 2)


@functools.cache
def duals(qubits: int) -> Complex:
    """
    Return what each outcome stands for, shape (settings, outcomes, d, d): their mean over all shots is the state.

    Of one qubit ``1/2 + 3/2 s sigma``, of which the mean over the three axes is (1 + <sigma> sigma)/2.
    """
    found: Complex = _products(qubits, 3 / 2) / 3**qubits
    return found


def _products(qubits: int, weight: float) -> Complex:
    def one(axis: str, bit: str) -> Complex:
        found: Complex = np.eye(2) / 2 + (weight if bit == "0" else -weight) * PAULIS[axis]
        return found

    return np.array(
        [
            [
                _kron([one(axis, bit) for axis, bit in zip(setting, outcome, strict=True)])
                for outcome in outcomes(qubits)
            ]
            for setting in settings(qubits)
        ]
    )


def _kron(matrices: Sequence[Complex]) -> Complex:
    found: Complex = np.eye(1, dtype=np.complex128)
    for matrix in matrices:
        found = np.kron(found, matrix)
    return found
