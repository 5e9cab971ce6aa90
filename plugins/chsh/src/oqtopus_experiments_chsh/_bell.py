"""
A Bell pair, the four settings in which it is read, and the CHSH value of their correlations.

Of (|00> + |11>) / sqrt(2), the first qubit is turned by ry(angle), and each qubit is read in Z or X; the first letter
of a setting is the first qubit. Its correlations are ``E(ZZ) = E(XX) = cos(angle)`` and ``E(XZ) = -E(ZX) =
sin(angle)``, so that with the signs below S = 2 sqrt(2) cos(angle - pi/4): a perfect pair gives 2 sqrt(2) at pi/4.

J. F. Clauser, M. A. Horne, A. Shimony and R. A. Holt, Phys. Rev. Lett. 23, 880 (1969); the bound of quantum mechanics:
B. S. Cirel'son, Lett. Math. Phys. 4, 93 (1980).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import Level, Quantity, Reason

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

Array = NDArray[np.float64]

SIGNS = {"ZZ": 1, "ZX": -1, "XZ": 1, "XX": 1}
"""With which sign each setting enters S."""
LOCAL, QUANTUM = 2.0, 2 * math.sqrt(2)
"""Largest absolute value of S in any local theory, and in quantum mechanics."""
BEST_ANGLE = math.pi / 4
SIGMAS = 5.0
"""Standard errors by which a bound is exceeded before anybody is told so: among a hundred pairs none is by chance."""


def bounds(sign: int) -> list[Level]:
    """Return the bounds of S on one side of zero, as levels of a panel."""
    return [Level(sign * LOCAL, "any local theory"), Level(sign * QUANTUM, "quantum mechanics")]


def bell_circuit(angle: float, setting: str) -> QuantumCircuit:
    """Return a Bell pair whose first qubit is turned by `angle` (rad), read in a setting."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.ry(angle, 0)
    for qubit, basis in enumerate(setting):
        if basis == "X":
            circuit.h(qubit)
    circuit.measure([0, 1], [0, 1])
    return circuit


def chsh(settings: Array, correlations: Array, stderr: Array) -> tuple[float, float]:
    """
    Return S and its standard error; NaN when a setting is missing.

    Args:
        settings: Texts, shape (4,).
        correlations: Mean parity of each, shape (4,).
        stderr: Their standard errors, shape (4,).
    """
    signs = np.array([SIGNS[setting] for setting in settings])
    return float(signs @ correlations), float(np.sqrt((stderr**2).sum()))


def violation(value: Quantity) -> list[Reason]:
    """Return what S says: beyond what a local theory can have, within its reach, or beyond quantum mechanics."""
    if not value.is_known:
        return []
    size, error = abs(value.value), value.stderr
    if size - SIGMAS * error > QUANTUM:
        message = (
            f"{value.name} = {value} is beyond 2 sqrt(2), as nothing can be: these counts are not of these circuits"
        )
        return [Reason("beyond_quantum", message, "bad")]
    if size - SIGMAS * error > LOCAL:
        message = f"{value.name} is beyond 2 by {(size - LOCAL) / error:.1f} standard errors: the pair is entangled"
        return [Reason("violated", message, "good")]
    message = f"{value.name} = {value} is within reach of a product state, which has up to 2"
    return [Reason("not_violated", message, "suspect")]
