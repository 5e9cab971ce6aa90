"""
Effective polarization: how much of a state is what it should be, from how far outcomes are from the expected one.

With h_k the part of the shots that differ in k of n bits (T. Proctor et al., Phys. Rev. Lett. 129, 150502 (2022),
equation 3), for circuits that begin and end with random Cliffords on every qubit:

    S = 4^n / (4^n - 1) * sum_k (-1/2)^k h_k - 1 / (4^n - 1)

1 without errors, 0 for random bits. A success probability alone would not decay as one exponential: errors of one
qubit leave the others right.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import Signal


def scale(qubits: int) -> float:
    """Return the entanglement infidelity of a layer that keeps no polarization: ``1 - 1 / 4^n``."""
    return 1 - 4.0**-qubits


@frozen
class Polarization(Signal):
    """Effective polarization of circuits that should give one outcome, as ``"01"``: classical bit 0 on the right."""

    outcome: str

    def values(self, bits: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return ``(4^n (-1/2)^k - 1) / (4^n - 1)`` for outcomes that differ in k bits."""
        wanted = np.array([character == "1" for character in reversed(self.outcome)])
        if bits.shape[1] != len(wanted):
            message = f"{self} reads {len(wanted)} classical bits per target; the circuit has {bits.shape[1]}"
            raise ValueError(message)
        distance = (bits != wanted).sum(axis=1)
        kept: NDArray[np.float64] = 1 - (1 - (-0.5) ** distance) / scale(len(wanted))
        return kept

    @property
    def two_values(self) -> tuple[float, float] | None:
        """-1 and 1 of one qubit; more than two of several."""
        return (-1.0, 1.0) if len(self.outcome) == 1 else None

    @property
    def label(self) -> str:
        """``polarization``."""
        return "polarization"
