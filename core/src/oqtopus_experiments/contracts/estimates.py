"""Signals estimated from counts: mean and standard error of every target at every point. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.signals import Signal

_ALL = slice(None)
Numbers: TypeAlias = float | NDArray[Any]
"""One number for all, or an array of them."""
Apart: TypeAlias = Mapping[tuple[int, int], Counts]
"""Counts of targets that were not read together, by circuit and position of the target."""
TOGETHER = 2**16
"""So many bits of several circuits are held side by side: asking a signal takes as long for one outcome as for many."""
ENUMERATED = 10
"""The range of a signal over so many bits is found by trying all outcomes, over more by trying a thousand."""


@frozen(eq=False)
class Estimates:
    """
    Signals estimated from counts; missing ones are NaN with 0 shots.

    Args:
        mean: Mean of the signal over the shots, shape (targets, points).
        stderr: Its standard error, shape (targets, points); never 0.
        shots: Shots behind it, shape (targets, points).
        low: The lower of the two values a signal can have, shape (targets, points); NaN where it has more than two.
        high: The higher one, likewise.
        shifts: By how much one standard error of a calibration moves all points of a target together, one row for each
            direction it is uncertain in, shape (targets, directions, points); they are part of `stderr`.
    """

    mean: NDArray[np.float64]
    stderr: NDArray[np.float64]
    shots: NDArray[np.int64]
    low: NDArray[np.float64] = field()
    high: NDArray[np.float64] = field()
    shifts: NDArray[np.float64] = field()

    @low.default
    @high.default
    def _not_two_valued(self) -> NDArray[np.float64]:
        return np.full_like(self.mean, np.nan)

    @shifts.default
    def _no_calibration(self) -> NDArray[np.float64]:
        return np.zeros((len(self.mean), 0, self.mean.shape[-1]))

    @property
    def shot_stderr(self) -> NDArray[np.float64]:
        """Standard error from the shots alone, which is independent from point to point; shape (targets, points)."""
        shared = (self.shifts**2).sum(axis=1)
        alone: NDArray[np.float64] = np.sqrt(np.maximum(self.stderr**2 - shared, 0)) if shared.any() else self.stderr
        return alone

    def columns(self, chosen: slice | NDArray[np.intp]) -> Estimates:
        """Return some of the points, in the order in which they are chosen."""
        return Estimates(
            self.mean[:, chosen], self.stderr[:, chosen], self.shots[:, chosen], self.low[:, chosen],
            self.high[:, chosen], self.shifts[:, :, chosen],
        )  # fmt: skip


def bits_per_target(counts: Counts, targets: int) -> int:
    """
    Return how many classical bits each of so many targets has.

    Raises:
        ValueError: When they cannot be shared evenly.
    """
    bits, rest = divmod(counts.width, targets)
    if rest:
        message = f"{counts.width} classical bits cannot be shared evenly by {targets} targets"
        raise ValueError(message)
    return bits


def estimates(
    signals: PointSignals, results: Mapping[int, Counts | Failure], targets: int, apart: Apart | None = None
) -> Estimates:
    """
    Estimate the signals of all targets at all circuits, shape (targets, circuits); what has no counts is missing.

    Args:
        signals: What is read where.
        results: Counts of all targets side by side, by circuit.
        targets: How many there are.
        apart: Counts of single targets.

    Raises:
        ValueError: When the width of the counts does not divide among the targets.
    """
    shape = (targets, signals.size)
    mean, stderr, shots = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    counted = {index: result for index, result in results.items() if isinstance(result, Counts) and result.shots}
    for index, result in counted.items():
        shots[:, index] = result.shots
    for own, together in _alike(signals, counted):
        for signal, chosen in own:
            if signal.two_values is not None:
                mean[chosen, together] = _means([counted[index] for index in together], signal, targets, chosen)
                continue
            for index in together:
                mean[chosen, index], stderr[chosen, index] = _moments(counted[index], signal, targets, chosen)
    for (index, target), counts in (apart or {}).items():
        if counts.shots:
            shots[target, index] = counts.shots
            mean[target : target + 1, index], stderr[target : target + 1, index] = _moments(
                counts, signals.for_target(index, target), 1, _ALL
            )
    low, high = signals.two_values(targets)
    seen = (shots > 0) & np.isfinite(low)
    stderr[seen] = _two_valued_stderr(mean[seen], shots[seen], low[seen], high[seen])
    return Estimates(mean, stderr, shots, low, high)


def estimate(counts: Counts, signal: Signal, targets: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return mean and standard error of the signal of each target, shape (targets,) each.

    Standard errors of a two-valued signal are binomial with half a count added to either side (the Jeffreys prior),
    those of others add one shot half the range of the signal away, so that no error bar is zero because all shots
    agreed.

    Raises:
        ValueError: When the width of the counts does not divide among the targets.
    """
    mean, stderr = _moments(counts, signal, targets, _ALL)
    if signal.two_values is None:
        return mean, stderr
    return mean, _two_valued_stderr(mean, counts.shots, *signal.two_values)


def joint_means(
    bits: NDArray[np.bool_], occurrences: NDArray[np.int64], signals: Sequence[Signal]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return the means of signals of the same shots, shape (k,), and their covariance, (k, k); NaN without shots.

    On the diagonal one shot half the range of a signal away is added, as for single signals.
    """
    shots = int(occurrences.sum())
    if not shots:
        return np.full(len(signals), np.nan), np.full((len(signals), len(signals)), np.nan)
    values = np.array([signal.values(bits) for signal in signals])
    possible = [
        np.append(signal.values(_outcomes(bits.shape[1])), own) for signal, own in zip(signals, values, strict=True)
    ]
    mean = values @ occurrences / shots
    away = values - mean[:, None]
    spread = np.diag([float(np.ptp(own)) ** 2 / 4 for own in possible])
    covariance: NDArray[np.float64] = ((away * occurrences) @ away.T + spread) / shots**2
    return mean, covariance


def _alike(
    signals: PointSignals, counted: Mapping[int, Counts]
) -> Iterator[tuple[list[tuple[Signal, slice | list[int]]], list[int]]]:
    """Yield circuits of which the same is read, with their signals: few enough to be held side by side."""
    together: list[int] = []
    held = 0
    for index in sorted(counted):
        bits = counted[index].bits
        if together and (
            held + bits.size > TOGETHER
            or counted[together[0]].width != bits.shape[1]
            or signals.signals[together[0]] is not signals.signals[index]
        ):
            yield signals.at(together[0]), together
            together, held = [], 0
        together.append(index)
        held += bits.size
    if together:
        yield signals.at(together[0]), together


def _means(counted: Sequence[Counts], signal: Signal, targets: int, chosen: slice | list[int]) -> NDArray[np.float64]:
    """Return the mean of a signal of some targets in some circuits, shape (chosen targets, circuits)."""
    width = bits_per_target(counted[0], targets)
    bits = np.concatenate([counts.bits for counts in counted])
    occurrences = np.concatenate([counts.occurrences for counts in counted])
    rows = bits.reshape(len(bits), targets, width)[:, chosen].reshape(-1, width)
    values = signal.values(rows).reshape(len(bits), -1)
    ends = np.cumsum([len(counts.occurrences) for counts in counted])
    sums = np.add.reduceat(occurrences[:, None] * values, np.concatenate([[0], ends[:-1]]), axis=0)
    found: NDArray[np.float64] = sums.T / np.array([counts.shots for counts in counted])
    return found


def _moments(
    counts: Counts, signal: Signal, targets: int, chosen: slice | list[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard error of a signal of some targets; NaN for the error of a two-valued one."""
    width = bits_per_target(counts, targets)
    outcomes = len(counts.occurrences)
    rows = counts.bits.reshape(outcomes, targets, width)[:, chosen].reshape(-1, width)
    values = signal.values(rows).reshape(outcomes, -1)
    mean = counts.occurrences @ values / counts.shots
    if signal.two_values is not None:
        return mean, np.full_like(mean, np.nan)  # it follows from the mean, for all circuits at once
    possible = np.append(signal.values(_outcomes(width)), values)
    # A signal that is always the same has no scale; 1 is as good as any.
    spread = float(np.ptp(possible)) or 1.0
    variance = (counts.occurrences @ (values - mean) ** 2 + spread**2 / 4) / counts.shots
    return mean, np.sqrt(variance / counts.shots)


@cache
def _outcomes(width: int) -> NDArray[np.bool_]:
    """Return all outcomes of so many bits, or many of them where there are too many; shape (outcomes, width)."""
    if width <= ENUMERATED:
        every: NDArray[np.bool_] = (np.arange(2**width)[:, None] >> np.arange(width)) % 2 == 1
        return every
    return np.random.default_rng(0).random((2**ENUMERATED, width)) < 0.5


def _two_valued_stderr(mean: NDArray[np.float64], shots: Numbers, low: Numbers, high: Numbers) -> NDArray[np.float64]:
    return (high - low) * binomial_stderr((mean - low) / (high - low), shots)


def binomial_stderr(fraction: NDArray[np.float64], shots: Numbers) -> NDArray[np.float64]:
    """Return the standard error of an observed fraction, with half a count added to either side; never 0."""
    smoothed = (fraction * shots + 0.5) / (shots + 1)
    error: NDArray[np.float64] = np.sqrt(smoothed * (1 - smoothed) / shots)
    return error
