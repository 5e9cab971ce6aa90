"""
The parity of a GHZ state against the phase of an analysis pulse on all of its n qubits.

For (|0..0> + exp(i alpha) |1..1>) / sqrt(2) of coherence C it is ``C cos(n (phase - pi/2) - alpha)``, and the parity of
any other state of n qubits is a sum of harmonics n, n - 2, n - 4, ...: phases in equal steps over half a turn tell the
n-th from all others as soon as there are more than n of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import FitSummary, Reason, ReasonCode

Array = NDArray[np.float64]

SIGMAS = 5.0
"""Standard errors by which a bound is exceeded before anybody is told so: among a hundred groups none is by chance."""
SEPARABLE = 0.5
"""Largest contrast, and largest fidelity, of a state in which some of the qubits are not entangled with the others."""
LEAST = 13
"""Phases for small states: the fit has something to be tested by."""
LARGEST_OFFSET = 0.03
"""Of a fringe: readout errors of 0.02 and 0.15 leave 0.017 of two qubits, and less of more."""


def default_points(num_qubits: int) -> int:
    """Return how many phases are measured: without a divisor common to the qubits all see different parities."""
    return max(LEAST, 2 * num_qubits + 1)


def fewest_points(num_qubits: int) -> int:
    """Return how many phases tell the fringe of so many qubits from those of fewer, with one to spare."""
    return num_qubits + 2


def phases(points: int) -> Array:
    """Return so many phases over half a turn, rad."""
    return np.linspace(0, np.pi, points, endpoint=False)


def turn(phase: Array, num_qubits: int) -> Array:
    """Return the argument of the fringe of an ideal state, rad."""
    angles: Array = num_qubits * (phase - np.pi / 2)
    return angles


def fringe(phase: Array, num_qubits: int, in_phase: float, quadrature: float, offset: float) -> Array:
    """Return the parity; the offset is what readout errors that favour one value leave of it."""
    angles = turn(phase, num_qubits)
    return in_phase * np.cos(angles) + quadrature * np.sin(angles) + offset


def formula(num_qubits: int) -> str:
    """Return `fringe` for readers."""
    angles = f"({num_qubits} * (phase - pi / 2))"
    return f"in_phase * cos{angles} + quadrature * sin{angles} + offset"


def components(phase: Array, parity: Array, num_qubits: int) -> dict[str, float]:
    """Return the parameters of a fringe by projection, right for phases in equal steps."""
    angles = turn(phase, num_qubits)
    return {
        "in_phase": 2 * float((parity * np.cos(angles)).mean()),
        "quadrature": 2 * float((parity * np.sin(angles)).mean()),
        "offset": float(parity.mean()),
    }


def contrast(in_phase: float, quadrature: float) -> float:
    """Return the amplitude of the fringe: twice the modulus of the coherence between |0..0> and |1..1>."""
    return math.hypot(in_phase, quadrature)


def relative_phase(in_phase: float, quadrature: float) -> float:
    """Return the phase of |1..1> against |0..0>, rad, from -pi to pi."""
    return math.atan2(quadrature, in_phase)


def unbiased(summary: FitSummary) -> Sequence[Reason]:
    """Return that a readout favours one value so much that populations and parities are those of the readout."""
    offset = summary.quantities["offset"]
    if not (offset.is_known and abs(offset.value) - 2 * offset.stderr > LARGEST_OFFSET):
        return []
    message = f"the fringe is off zero by {offset}: the readout favours one value; look at its assignment matrix"
    return [Reason(ReasonCode.IMPLAUSIBLE, message, "suspect")]


def entangled(summary: FitSummary, name: str, num_qubits: int) -> Sequence[Reason]:
    """Return what a contrast or a fidelity says about entanglement of all qubits: both have the same bound."""
    quantity = summary.quantities[name]
    if not quantity.is_known:
        return []
    if quantity.value - SIGMAS * quantity.stderr > SEPARABLE:
        message = f"{name} is above 1/2: all {num_qubits} qubits are entangled with each other"
        return [Reason("entangled", message, "good")]
    message = f"{name} = {quantity} is within reach of states in which not all qubits are entangled, up to 1/2"
    return [Reason("not_entangled", message, "suspect")]
