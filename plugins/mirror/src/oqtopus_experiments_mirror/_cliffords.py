"""The 24 Cliffords of one qubit: as angles of a u gate, their inverses up to a Pauli, and what they do to Paulis."""

from __future__ import annotations

from functools import cache

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

SIZE = 24
PAULIS = 4
"""The first four are I, X, Y, Z: number of the Pauli of bits (x, z) is `NUMBER`[x][z]."""
NUMBER = ((0, 3), (1, 2))
FLIPS = ((0, 0), (1, 0), (1, 1), (0, 1))
"""Bits (x, z) of each Pauli: whether it flips a state of the z basis, and of the x basis."""
ONE, X, Y, Z = np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
H, S = (X + Z) / np.sqrt(2), np.diag([1, 1j])


@frozen(eq=False)
class Cliffords:
    """
    Tables, by the number of a Clifford.

    Args:
        matrices: Shape (24, 2, 2); the first four are I, X, Y, Z.
        angles: Of Qiskit's gate ``u(theta, phi, lambda)``, rad, shape (24, 3).
        inverse: Number of the inverse.
        after: Number of Pauli times Clifford, shape (4, 24).
        image: Number of the Pauli that a Clifford turns a Pauli into, up to a sign, shape (24, 4).
    """

    matrices: NDArray[np.complex128]
    angles: list[tuple[float, float, float]] = field(init=False)
    inverse: list[int] = field(init=False)
    after: list[list[int]] = field(init=False)
    image: list[list[int]] = field(init=False)

    @angles.default
    def _of_gates(self) -> list[tuple[float, float, float]]:
        return [_angles(matrix) for matrix in self.matrices]

    @inverse.default
    def _inverses(self) -> list[int]:
        return [self._number(matrix.conj().T) for matrix in self.matrices]

    @after.default
    def _products(self) -> list[list[int]]:
        return [[self._number(pauli @ matrix) for matrix in self.matrices] for pauli in self.matrices[:PAULIS]]

    @image.default
    def _images(self) -> list[list[int]]:
        paulis = self.matrices[:PAULIS]
        return [[self._number(matrix @ pauli @ matrix.conj().T) for pauli in paulis] for matrix in self.matrices]

    def _number(self, matrix: NDArray[np.complex128]) -> int:
        return int(np.argmax(np.abs(np.einsum("cji,ji->c", self.matrices.conj(), matrix))))


@cache
def cliffords() -> Cliffords:
    """Return the tables: the six ways to permute the axes, each followed by one of the four Paulis."""
    axes = [ONE, H, S, H @ S, S @ H, S @ H @ S]
    return Cliffords(np.array([pauli @ turn for turn in axes for pauli in (ONE, X, Y, Z)], dtype=complex))


def _angles(matrix: NDArray[np.complex128]) -> tuple[float, float, float]:
    """Return (theta, phi, lambda) of ``[[cos, -e^il sin], [e^ip sin, e^i(p+l) cos]]`` of theta / 2, up to a phase."""
    low, high = abs(matrix[0, 0]), abs(matrix[1, 0])
    theta = 2 * float(np.arctan2(high, low))
    if low < 1e-9:  # only the difference of the phases matters
        return np.pi, 0.0, float(np.angle(-matrix[0, 1] / matrix[1, 0]))
    phase = np.angle(matrix[0, 0])
    if high < 1e-9:
        return 0.0, 0.0, float(np.angle(matrix[1, 1]) - phase)
    return theta, float(np.angle(matrix[1, 0]) - phase), float(np.angle(-matrix[0, 1]) - phase)
