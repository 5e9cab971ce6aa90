"""Whether an algorithm succeeded: more often than coins, most of what is possible, not by saying always the same."""

from __future__ import annotations

import math

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import Reason, ReasonCode
from oqtopus_experiments_algorithms._known_outcome import Answer

CHANCE = 1e-4
"""What is at most as likely as this by chance is none."""
HALF = 0.5
LEAST = 1e-6
"""What is less to be gained over coins is nothing."""
SIGMAS = 3.0


@frozen(eq=False)
class Read:
    """
    What was read of a circuit.

    Args:
        answer: What is right.
        success: How often it was read, 0 to 1; NaN where nothing was.
        stderr: Its standard error.
        shots: How many there were.
        parts: How often each outcome was read, in the order of `Answer.distribution`.
        errors: Their standard errors.
    """

    answer: Answer
    success: float
    stderr: float
    shots: int
    parts: NDArray[np.float64]
    errors: NDArray[np.float64]

    @property
    def kept(self) -> tuple[float, float]:
        """What is left of the advantage over coin flips, with its error; NaN where there is none to be had."""
        gain = self.answer.ideal - self.answer.floor
        if gain < LEAST:
            return math.nan, math.nan
        return (self.success - self.answer.floor) / gain, self.stderr / gain


def findings(asked: Read, control: Read) -> list[Reason]:
    """Return what is to be said of a circuit and its control."""
    if not asked.shots:
        return [Reason(ReasonCode.MISSING_POINTS, "the circuit has no counts", "bad")]
    reasons = _doubts(asked, "")
    if control.shots:
        reasons += _doubts(control, "of the control, ")
    else:
        message = "the control has no counts, so that a device that always says the same would pass"
        reasons.append(Reason(ReasonCode.MISSING_POINTS, message, "suspect"))
    if reasons:
        return reasons
    message = (
        f"a right outcome was read with {asked.success:.3f}, in the control with {control.success:.3f}; "
        f"ideal is {asked.answer.ideal:.3g}, coins give {asked.answer.floor:.3g}"
    )
    return [Reason("found", message, "good")]


def _doubts(read: Read, whose: str) -> list[Reason]:
    answer, (kept, error) = read.answer, read.kept
    said = f"{whose}a right outcome was read with {read.success:.3f}"
    if not math.isfinite(kept):
        message = f"{whose}coins are right with {answer.floor:.3g} and a perfect device with {answer.ideal:.3g}"
        return [Reason(ReasonCode.UNDETERMINED, f"{message}: there is nothing to see", "suspect")]
    hits = round(read.success * read.shots)
    if at_least(hits, read.shots, answer.floor) > CHANCE:
        return [Reason(ReasonCode.NO_SIGNAL, f"{said}, as coins may with {answer.floor:.3g}", "bad")]
    reasons = []
    if kept - SIGMAS * error < HALF:
        message = (
            f"{said}, which is not clearly more than half of the way from {answer.floor:.3g} to {answer.ideal:.3g}"
        )
        reasons.append(Reason("weak_advantage", message, "suspect"))
    if uneven := _uneven(read):
        reasons.append(Reason("uneven", f"{whose}{uneven}", "suspect"))
    # By its own error too: mitigated, it scatters more than a binomial.
    higher = read.success > answer.ideal + SIGMAS * read.stderr
    if answer.ideal < 1 and higher and at_least(hits, read.shots, answer.ideal) < CHANCE:
        message = f"{said}, more often than a perfect device has it, {answer.ideal:.3g}"
        reasons.append(Reason(ReasonCode.IMPLAUSIBLE, message, "suspect"))
    return reasons


def _uneven(read: Read) -> str:
    """Return which right outcome was hardly ever read; empty where each has its part."""
    for (outcome, due), part, error in zip(read.answer.distribution.items(), read.parts, read.errors, strict=True):
        # By its own error too: mitigated, it scatters more than counts.
        scatter = max(math.sqrt(due / read.shots), error)
        if outcome in read.answer.right and part + SIGMAS * scatter < due / 2:
            return f"{outcome}, as right as others, was read with {part:.3f} where {due:.3g} is ideal"
    return ""


def at_least(hits: int, shots: int, chance: float) -> float:
    """Return how likely so many hits or more are, of so many shots with this chance of each."""
    if hits <= 0 or chance >= 1:
        return 1.0
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, shots + 1)))])
    numbers = np.arange(hits, shots + 1)
    ways = logs[shots] - logs[numbers] - logs[shots - numbers]
    return float(np.exp(ways + numbers * math.log(chance) + (shots - numbers) * math.log1p(-chance)).sum())
