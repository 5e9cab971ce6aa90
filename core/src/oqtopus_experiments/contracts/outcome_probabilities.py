"""How often a target has each of its outcomes at several circuits, with what is uncertain together. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.correction import Correction
from oqtopus_experiments.contracts.signals import Probability
from oqtopus_experiments.errors import AnalysisError

WIDEST = 10
"""Bits of a target whose outcomes are written out each."""


@frozen(eq=False)
class OutcomeProbabilities:
    """
    The probabilities of all outcomes of one target at some circuits; mitigated where the data set is.

    Outcome number o has bit j of o on classical bit j.

    Args:
        counts: How often each outcome was read, shape (circuits, outcomes); zeros where nothing was.
        undoing: Makes probabilities of what was there of those of what was read, shape (outcomes, outcomes); the
            identity without a mitigation.
        shifts: By how much one standard error of the calibration moves all of them together, one table for each
            direction it is uncertain in, shape (directions, circuits, outcomes); none without a mitigation.
    """

    counts: NDArray[np.int64]
    undoing: NDArray[np.float64]
    shifts: NDArray[np.float64]

    @property
    def mitigated(self) -> bool:
        """Whether they are others than the parts of the shots that were read."""
        return len(self.shifts) > 0 or not np.array_equal(self.undoing, np.eye(len(self.undoing)))

    @property
    def shots(self) -> NDArray[np.int64]:
        """Shots of each circuit, shape (circuits,); 0 where it is missing."""
        found: NDArray[np.int64] = self.counts.sum(axis=1)
        return found

    @property
    def read(self) -> NDArray[np.float64]:
        """Parts of the shots that read each outcome, shape (circuits, outcomes); NaN where there are no shots."""
        shots = self.shots[:, None].astype(float)
        found: NDArray[np.float64] = np.divide(
            self.counts, shots, out=np.full(self.counts.shape, np.nan), where=shots > 0
        )
        return found

    @property
    def values(self) -> NDArray[np.float64]:
        """The probabilities, shape (circuits, outcomes): each row sums to 1, and mitigated ones may be below 0."""
        found: NDArray[np.float64] = self.read @ self.undoing.T
        return found

    def at(self, circuits: Sequence[int]) -> OutcomeProbabilities:
        """Return those of some circuits, by their positions, in this order."""
        chosen = list(circuits)
        return OutcomeProbabilities(self.counts[chosen], self.undoing, self.shifts[:, chosen])

    def covariance(self, read: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """
        Return the covariance of all of them, shape (circuits, outcomes, circuits, outcomes).

        Circuits share nothing but the calibration, outcomes of one circuit its shots too.

        Args:
            read: What the probabilities of reading each outcome are taken to be, shape (circuits, outcomes); by default
                what was read, with half a count more of each, so that none is certain because all shots agreed.
        """
        circuits, outcomes = self.counts.shape
        shots = np.maximum(self.shots, 1)[:, None]
        chances = (self.counts + 0.5) / (shots + outcomes / 2) if read is None else read
        scatter = (chances[:, :, None] * np.eye(outcomes) - chances[:, :, None] * chances[:, None, :]) / shots[:, None]
        own = self.undoing @ scatter @ self.undoing.T
        found: NDArray[np.float64] = np.einsum("kso,ktp->sotp", self.shifts, self.shifts)
        each = np.arange(circuits)
        found[each, :, each, :] += own
        return found


def outcome_probabilities(
    read: Sequence[tuple[NDArray[np.bool_], NDArray[np.int64]]], correction: Correction | None
) -> OutcomeProbabilities:
    """
    Return the probabilities of all outcomes of one target.

    Args:
        read: Outcomes and how often each was seen, by circuit; no rows where a circuit is missing.
        correction: What a mitigation does to the target; None without one.

    Raises:
        AnalysisError: When there are more outcomes than can be written out.
    """
    width = max((bits.shape[1] for bits, _ in read), default=0)
    if width > WIDEST:
        message = f"{width} bits have {2**width} outcomes; the probabilities of each are given of {WIDEST} bits at most"
        raise AnalysisError(message)
    outcomes = 2**width
    counts = np.zeros((len(read), outcomes), dtype=np.int64)
    for row, (bits, occurrences) in zip(counts, read, strict=True):
        if len(occurrences):
            np.add.at(row, bits @ (1 << np.arange(width)), occurrences)
    if correction is None or not width:
        return OutcomeProbabilities(counts, np.eye(outcomes), np.zeros((0, *counts.shape)))
    known = OutcomeProbabilities(counts, _undoing(correction, width), np.zeros((0, *counts.shape)))
    seen = known.read
    moved = [seen @ (_undoing(other, width) - known.undoing).T for other in correction.variations()]
    return OutcomeProbabilities(counts, known.undoing, np.array(moved).reshape(-1, *counts.shape))


def _undoing(correction: Correction, width: int) -> NDArray[np.float64]:
    """Return what a correction makes of each outcome that can be read: a column each."""
    every = (np.arange(2**width)[:, None] >> np.arange(width)) % 2 == 1
    wanted = (Probability(f"{outcome:0{width}b}") for outcome in range(2**width))
    return np.array([correction.signal(one).values(every) for one in wanted])
