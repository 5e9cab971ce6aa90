"""
How a series of measurements changed: not at all, by a drift, by steps, or by both. Pure.

The models are levels with steps between them, with or without one slope in time over all of them. Chosen is the one of
least

    deviance + d [it drifts] + s (number of steps)

where the deviance is the sum of squares over squared errors. The penalties are the likelihood ratios that chance gives
with a stated probability to a series that never changed: d in one of a thousand (a slope of 3.3 sigma), s in nine of a
thousand at the best of all n - 1 cuts (Bonferroni; 3.5 sigma for 20 runs). So one history of a hundred that never
changed shows anything, provided that its errors are honest, and what is found is what explains the series with the
least: a slope rather than the three steps it could be cut into, a step rather than the slope that it resembles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

FALSE_ALARMS = 0.01
"""Probability that the history of a constant quantity shows a step or a drift."""
_OF_DRIFTS = 0.1
"""Part of it that is spent on drifts."""


@frozen
class Step:
    """A step before the value at `cut`, and how many sigma the levels on both sides of it are apart."""

    cut: int
    sigma: float


@frozen
class Slope:
    """A drift per unit of time, its standard error, and how many sigma it is from none."""

    value: float
    stderr: float
    sigma: float


@frozen(eq=False)
class Changes:
    """
    How a series changed.

    Args:
        steps: In order; none where it did not step.
        slope: Its drift; None where it did not drift.
        fitted: What the values are without noise, shape (n,).
    """

    steps: tuple[Step, ...]
    slope: Slope | None
    fitted: Array


def changes(values: Array, errors: Array, times: Array) -> Changes:
    """
    Return how a series changed.

    Args:
        values: The series in order of time, shape (n,).
        errors: Standard errors, shape (n,), > 0.
        times: When each was measured, shape (n,).
    """
    if len(values) < 2:
        return Changes((), None, values)
    step, drift = penalties(len(values) - 1)
    models = [_Model(values, errors**-2, times, drifts=False)]
    if np.ptp(times) > 0:
        models.append(_Model(values, errors**-2, times, drifts=True))
    found = [(model, model.cuts(step)) for model in models]
    model, cuts = min(found, key=lambda each: each[0].deviance(each[1]) + step * len(each[1]) + drift * each[0].drifts)
    return model.described(cuts)


def penalties(cuts: int) -> tuple[float, float]:
    """Return the likelihood ratios from which the best of so many cuts is a step, and a slope is a drift."""
    steps, drifts = FALSE_ALARMS * (1 - _OF_DRIFTS) / max(1, cuts), FALSE_ALARMS * _OF_DRIFTS
    return NormalDist().inv_cdf(steps / 2) ** 2, NormalDist().inv_cdf(drifts / 2) ** 2


class _Model:
    """
    Levels between steps, with one slope over all of them or without, fitted by weighted least squares.

    Levels and slope are apart once each stretch is taken from its own mean, so that all of it follows from sums over
    stretches: a long history with many steps costs what its length costs, once for each step.
    """

    def __init__(self, values: Array, weights: Array, times: Array, *, drifts: bool) -> None:
        self.drifts = drifts
        self._values, self._weights = values, weights
        self._times = (times - times.mean()) * drifts
        self._scale = float(np.abs(self._times).max()) or 1.0

    def deviance(self, cuts: Sequence[int]) -> float:
        """Return the sum of squares over squared errors that is left."""
        return self._fit(cuts).deviance

    def cuts(self, penalty: float) -> list[int]:
        """Return the steps that lower the deviance by more than the penalty each: added one by one, and taken back."""
        chosen: list[int] = []
        while len(chosen) < len(self._values) - 1:
            gains = self._fit(chosen).gains()
            if gains.max() < penalty:
                break
            chosen = sorted([*chosen, int(np.argmax(gains)) + 1])
        while chosen:  # one that was needed before the others came may be none
            losses = self._fit(chosen).losses()
            if losses.min() >= penalty:
                break
            chosen.pop(int(np.argmin(losses)))
        return chosen

    def described(self, cuts: Sequence[int]) -> Changes:
        """Return what the model with these steps says."""
        fit = self._fit(cuts)
        steps = tuple(Step(cut, math.sqrt(loss)) for cut, loss in zip(cuts, fit.losses().tolist(), strict=True))
        slope = None
        if self.drifts:
            value, error = fit.slope / self._scale, fit.slope_error / self._scale
            slope = Slope(value, error, abs(value) / error)
        return Changes(steps, slope, fit.values - fit.residuals)

    def _fit(self, cuts: Sequence[int]) -> _Fit:
        return _Fit(self._values, self._weights, self._times / self._scale, cuts)


class _Fit:
    """
    The model with given steps, fitted.

    Args:
        values: The series, shape (n,).
        weights: One over squared errors, shape (n,).
        times: When each was measured, of the order of one, shape (n,); all zero where it does not drift.
        cuts: Where the stretches after the first begin, in order.
    """

    def __init__(self, values: Array, weights: Array, times: Array, cuts: Sequence[int]) -> None:
        self.values = values
        self._weights, self._starts = weights, np.array([0, *cuts])
        self._lengths = np.diff([*self._starts, len(values)])
        self._sums = np.add.reduceat(weights, self._starts)
        levels, moments = self._mean(values), self._mean(times)
        self._times = times - self._spread(moments)
        apart = values - self._spread(levels)
        self._spent = float(weights @ self._times**2)
        # A slope within stretches of one run each is not determined: it is left at none.
        self._sloped = self._spent > 1e-9 * float(weights @ times**2)
        self.slope = float((weights * self._times) @ apart) / self._spent if self._sloped else 0.0
        self.slope_error = 1 / math.sqrt(self._spent) if self._sloped else math.inf
        self.residuals: Array = apart - self.slope * self._times
        self.deviance = float(weights @ self.residuals**2)
        self._levels, self._moments = levels, moments

    def gains(self) -> Array:
        """Return by how much one more step would lower the deviance, for the cuts 1 to n - 1."""
        until = np.concatenate([[0.0], np.cumsum(self._weights)])
        before = (until[:-1] - self._spread(until[self._starts]))[1:]  # in its own stretch: none where that begins
        whole = self._spread(self._sums)[1:]
        left = before * (whole - before) / whole
        if self._sloped:
            left = left - _from_there_on(self._weights * self._times) ** 2 / self._spent
        beyond = _from_there_on(self._weights * self.residuals)
        possible = left > 1e-9 * _from_there_on(self._weights)  # else the step is there already, or what the slope does
        return np.where(possible, beyond**2 / np.where(possible, left, 1.0), 0.0)

    def losses(self) -> Array:
        """Return by how much the deviance would grow without each of the steps, shape (steps,)."""
        apart = np.diff(self._moments)
        size = np.diff(self._levels) - self.slope * apart
        variance = 1 / self._sums[1:] + 1 / self._sums[:-1]
        if self._sloped:
            variance = variance + apart**2 / self._spent
        found: Array = size**2 / variance
        return found

    def _mean(self, values: Array) -> Array:
        found: Array = np.add.reduceat(self._weights * values, self._starts) / self._sums
        return found

    def _spread(self, each: Array) -> Array:
        found: Array = np.repeat(each, self._lengths)
        return found


def _from_there_on(values: Array) -> Array:
    """Return the sums from each cut 1 to n - 1 to the end."""
    sums: Array = np.cumsum(values[::-1])[::-1][1:]
    return sums
