"""What speaks for and against a readout: reasons of its verdict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import frozen

from oqtopus_experiments import Quantity, Reason, ReasonCode, Target
from oqtopus_experiments_readout._correlations import Pairs, unsteady
from oqtopus_experiments_readout._tallies import Array, Shots

POOR = 0.25
"""A qubit that is read wrongly more often, in either state, is not read well; or what is read is not the qubit."""
STEADY = 4.0
"""So many standard errors apart are the circuits of one state by chance in one of 30 000 cases."""
PRECISE = 0.02
"""Largest standard error of the fidelity by which anything can be decided."""


def of_target(shots: Shots, errors: Array, stderr: Array, fidelity: Quantity, points: int) -> list[Reason]:
    """
    Return the reasons of one target.

    Args:
        shots: Its circuits.
        errors: Of each qubit in 0 and in 1, shape (qubits, 2).
        stderr: Their standard errors.
        fidelity: Of the whole target.
        points: How many circuits there should be.
    """
    if not fidelity.is_known:
        return [Reason(ReasonCode.MISSING_POINTS, "some state was not read at all; measure it again", "bad")]
    found: list[Reason] = []
    # Of a qubit that is read alike whatever it is, both errors add up to 1.
    contrast, uncertain = 1 - errors.sum(axis=1), np.hypot(*stderr.T)
    if (contrast < -3 * uncertain).any():
        message = "a qubit is read in the other state more often than not: bits are swapped or inverted"
        found.append(Reason(ReasonCode.INVERTED, message, "bad"))
    elif (contrast < 3 * uncertain).any():
        message = "what is read of a qubit does not depend on what it is prepared in"
        found.append(Reason(ReasonCode.NO_SIGNAL, message, "bad"))
    elif errors.max() > POOR:
        message = f"a state is read wrongly with probability {errors.max():.2f}: calibrate the readout first"
        found.append(Reason(ReasonCode.IMPLAUSIBLE, message, "suspect"))
    if (worst := float(unsteady(shots).max())) > STEADY:
        message = (
            f"the same state is read differently from circuit to circuit ({worst:.0f} sigma): drift, or neighbours"
        )
        found.append(Reason(ReasonCode.DRIFTING, message, "suspect"))
    if (missing := points - len(shots.counts)) > 0:
        message = f"{missing} of {points} circuits have no counts"
        found.append(Reason(ReasonCode.MISSING_POINTS, message, "suspect" if missing > points / 10 else "good"))
    if fidelity.stderr > PRECISE:
        message = f"the fidelity is known to {fidelity.stderr:.3f} only; take more shots"
        found.append(Reason(ReasonCode.FEW_SHOTS, message, "suspect"))
    if all(reason.level == "good" for reason in found):
        found.append(Reason("readable", f"a state is read right with probability {fidelity.value:.3f}", "good"))
    return found


@frozen(eq=False)
class Neighbours:
    """
    All pairs of qubits of a run.

    Args:
        pairs: None where qubits were not read together.
        qubits: Physical qubits, in the order of the pairs.
    """

    pairs: Pairs | None
    qubits: Sequence[int]

    def reasons(self, target: Target) -> list[Reason]:
        """Return what was found about a target: between its qubits, and between it and others."""
        if self.pairs is None or len(self.qubits) < 2:
            return []
        crosstalk, together = self.pairs.findings(self.pairs.depends), self.pairs.findings(self.pairs.together)
        found = []
        for qubit in target:
            own = self.qubits.index(qubit)
            for place in np.flatnonzero(crosstalk[own] | together[own]):
                other = self.qubits[int(place)]
                if crosstalk[own, place]:
                    more = self.pairs.crosstalk[own, place]
                    message = f"qubit {qubit} is read wrongly by {more:+.3f} while qubit {other} is in 1"
                    found.append(_of_pair("crosstalk", message, qubit, other, target))
                if together[own, place]:
                    much = self.pairs.correlation[own, place]
                    message = f"wrong readings of {qubit} and {other} come together, correlation {much:+.3f}"
                    found.append(_of_pair("correlated", message, qubit, other, target))
        return found or [Reason("independent", "no qubit is read otherwise because of another", "good")]


def _of_pair(code: str, message: str, qubit: int, other: int, target: Target) -> Reason:
    if other in target:
        return Reason(code, f"{message}; the matrix of the group holds it", "good")
    return Reason(code, f"{message}; measure them as one group, targets = [[{qubit}, {other}]]", "suspect")
