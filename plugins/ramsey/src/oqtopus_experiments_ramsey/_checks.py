"""Findings about a fringe: whether it turns, where it begins, and whether another frequency explains it as well."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import frozen

from oqtopus_experiments import FitSummary, Reason, ReasonCode
from oqtopus_experiments_ramsey._fringe import SECONDS, explained, trials

# A start of the fringe that is off by more is not that of two half turns and their duration, rad.
LARGEST_PHASE = 0.6
# Turns while there is contrast, below which the decay of anything else looks alike.
FEWEST_TURNS = 0.5
# Another frequency explains the points about as well when its chi-square is larger by no more than this (five sigma),
# or than this part of what the fringe explains: as `checks.told_apart` of the contract has it.
AS_WELL, AS_WELL_PART = 25.0, 0.02
FINENESS = 8
# Beyond so many constants nothing is left of a fringe.
FADED = 50.0


@frozen
class Turning:
    """
    A check of what the fit of a fringe found.

    Args:
        artificial: Artificial detuning, Hz.
        highest: The largest detuning that may be, Hz, of either sign.
    """

    artificial: float
    highest: float

    def __call__(self, summary: FitSummary) -> Sequence[Reason]:
        """Return the findings; none where there is nothing to say."""
        frequency, time = summary.quantities["frequency"], summary.quantities["t2_star_time"]
        if not (np.isfinite(frequency.value) and time.value > 0):
            return []
        return [
            *self._turns(self.artificial - frequency.value, time.value, summary),
            *_begins(summary.quantities["phase"].value),
            *self._told_apart(self.artificial - frequency.value, summary),
        ]

    def _turns(self, seen: float, time: float, summary: FitSummary) -> list[Reason]:
        turns = abs(seen) * min(float(np.ptp(summary.axes["delay"])), 2 * time) * SECONDS
        if turns >= FEWEST_TURNS:
            return []
        message = f"the fringe turns {turns:.2g} times before it is gone; set another detuning_frequency"
        return [Reason(ReasonCode.WINDOW_TOO_SHORT, message, "suspect")]

    def _told_apart(self, seen: float, summary: FitSummary) -> list[Reason]:
        quadrature, delay = summary.axes["quadrature"], np.asarray(summary.axes["delay"], dtype=float)
        used = np.isfinite(summary.fitted) & (summary.stderr > 0)
        quadrature, delay, mean, fitted = quadrature[used], delay[used], summary.mean[used], summary.fitted[used]
        if len(np.unique(delay)) < 4:
            return []
        offset = summary.quantities["offset"].value
        variance, span = float(np.mean(summary.stderr[used] ** 2)), float(np.ptp(delay))
        weights = np.exp(-np.minimum(delay / summary.quantities["t2_star_time"].value, FADED))
        left = float(np.sum((mean - fitted) ** 2)) / variance
        total = float(np.sum((mean - offset) ** 2)) / variance
        frequencies = trials(span, self.highest + abs(self.artificial), FINENESS)
        (squares,), _ = explained(quadrature, delay, mean - offset, weights[None], frequencies)
        others = np.where(np.abs(frequencies - seen) * span * SECONDS > 1, total - squares / variance, np.inf)
        best = int(np.argmin(others))
        if others[best] - left > max(AS_WELL, AS_WELL_PART * (total - left)):
            return []
        other = self.artificial - float(frequencies[best])
        message = f"frequency = {other:.3g} Hz explains the points about as well; take more points or narrow the window"
        return [Reason(ReasonCode.UNDERSAMPLED, message, "bad")]


def _begins(phase: float) -> list[Reason]:
    off = float(abs(np.angle(np.exp(1j * phase))))
    if off <= LARGEST_PHASE:
        return []
    if off > np.pi - LARGEST_PHASE:
        return [Reason(ReasonCode.INVERTED, "the fringe begins at its minimum: 0 and 1 are exchanged", "bad")]
    message = f"the fringe begins {off:.2g} rad off: its half turns are none, or last too long for this detuning"
    return [Reason(ReasonCode.IMPLAUSIBLE, message, "suspect")]
