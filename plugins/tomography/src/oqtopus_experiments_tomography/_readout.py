"""How well each qubit of a target is read, as reference circuits say it: as it is, or with the readout undone."""

from __future__ import annotations

import math

import numpy as np

from oqtopus_experiments import OutcomeProbabilities, Reason, ReasonCode
from oqtopus_experiments_tomography._estimates import Real

WRONG_READOUT = 0.1
"""Readout error of one qubit beyond which the state that is found is largely that of the readout."""
UNDONE, SIGMAS = 0.01, 4.0
"""What may be left of an error that was undone: so much, and so many standard errors."""


def reasons(references: OutcomeProbabilities, qubits: int) -> list[Reason]:
    """
    Return what is wrong with the readout.

    Args:
        references: Of |0...0> and of |1...1>, in this order; mitigated where the settings are.
        qubits: How many there are.
    """
    if not references.shots.all():
        message = "nobody knows how the qubits of the target are read: reference circuits are missing"
        return [Reason(ReasonCode.MISSING_POINTS, message, "suspect")]
    wrong, stderr = _errors(references, qubits)
    found = []
    for qubit, ((excited, relaxed), errors) in enumerate(zip(wrong, stderr, strict=True)):
        largest = max(excited, relaxed)
        off = max((abs(excited), errors[0]), (abs(relaxed), errors[1]), key=lambda one: one[0] / one[1])
        if excited + relaxed > 0.5:
            message = (
                f"qubit {qubit} of the target reads 1 with {excited:.2f} after |0> and {1 - relaxed:.2f} after |1>"
            )
            found.append(Reason(ReasonCode.NO_SIGNAL, message, "bad"))
        elif references.mitigated and off[0] > UNDONE + SIGMAS * off[1]:
            message = (
                f"qubit {qubit} of the target is read with an error of {off[0]:.3f} ± {off[1]:.3f} that the "
                "calibration does not undo: the readout has changed, calibrate it again"
            )
            found.append(Reason(ReasonCode.IMPLAUSIBLE, message, "suspect"))
        elif largest > WRONG_READOUT:
            message = (
                f"qubit {qubit} of the target is read wrongly with {largest:.2f}, which is part of the state found"
            )
            found.append(Reason(ReasonCode.IMPLAUSIBLE, message, "suspect"))
    return found


def _errors(references: OutcomeProbabilities, qubits: int) -> tuple[Real, Real]:
    """Return how often each qubit reads 1 after |0>, and 0 after |1>, with standard errors; shape (qubits, 2) each."""
    ones = (np.arange(2**qubits)[:, None] >> np.arange(qubits)) % 2
    found, covariance = references.values @ ones, references.covariance()
    spread = [[math.sqrt(own @ covariance[place, :, place] @ own) for place in (0, 1)] for own in ones.T]
    return np.stack([found[0], 1 - found[1]], axis=1), np.array(spread)
