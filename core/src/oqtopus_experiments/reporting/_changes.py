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
from typing import Any, TypeAlias

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
    """Levels between steps, with one slope over all of them or without, fitted by weighted least squares."""

    def __init__(self, values: Array, weights: Array, times: Array, *, drifts: bool) -> None:
        self.drifts = drifts
        self._values, self._weights, self._times = values, weights, times - times.mean()
        self._scale = float(np.abs(self._times).max()) or 1.0

    def deviance(self, cuts: Sequence[int]) -> float:
        """Return the sum of squares over squared errors that is left."""
        return float(self._weights @ (self._values - self.fitted(cuts)) ** 2)

    def fitted(self, cuts: Sequence[int]) -> Array:
        """Return what the values are without noise."""
        design = self._design(cuts)
        found: Array = design @ self._solution(design)[0]
        return found

    def cuts(self, penalty: float) -> list[int]:
        """Return the steps that lower the deviance by more than the penalty each: added one by one, and taken back."""
        chosen: list[int] = []
        while len(chosen) < len(self._values) - 1:
            gains = self._gains(chosen)
            if gains.max() < penalty:
                break
            chosen = sorted([*chosen, int(np.argmax(gains)) + 1])
        while chosen:  # one that was needed before the others came may be none
            losses = [self._loss(chosen, cut) for cut in chosen]
            if min(losses) >= penalty:
                break
            chosen.pop(int(np.argmin(losses)))
        return chosen

    def described(self, cuts: Sequence[int]) -> Changes:
        """Return what the model with these steps says."""
        steps = tuple(Step(cut, math.sqrt(max(0.0, self._loss(cuts, cut)))) for cut in cuts)
        slope = None
        if self.drifts:
            solution, covariance = self._solution(self._design(cuts))
            value, error = float(solution[-1]) / self._scale, math.sqrt(float(covariance[-1, -1])) / self._scale
            slope = Slope(value, error, abs(value) / error)
        return Changes(steps, slope, self.fitted(cuts))

    def _loss(self, cuts: Sequence[int], cut: int) -> float:
        return self.deviance([other for other in cuts if other != cut]) - self.deviance(cuts)

    def _design(self, cuts: Sequence[int]) -> Array:
        segment = np.searchsorted(np.asarray(sorted(cuts)), np.arange(len(self._values)), side="right")
        levels = (segment[:, None] == np.arange(len(cuts) + 1)).astype(float)
        return np.column_stack([levels, self._times / self._scale]) if self.drifts else levels

    def _solution(self, design: Array) -> tuple[Array, Array]:
        # A slope within stretches of one run each is not determined: the pseudo-inverse leaves it at none.
        covariance: NDArray[Any] = np.linalg.pinv(design.T @ (self._weights[:, None] * design), hermitian=True)
        return covariance @ (design.T @ (self._weights * self._values)), covariance

    def _gains(self, cuts: Sequence[int]) -> Array:
        """Return by how much one more step would lower the deviance, for the cuts 1 to n - 1."""
        design = self._design(cuts)
        solution, covariance = self._solution(design)
        weighted = self._weights[:, None] * design
        beyond = _from_there_on(self._weights * (self._values - design @ solution))
        overlap = _from_there_on(weighted)
        total = _from_there_on(self._weights)
        left = total - np.einsum("ij,jk,ik->i", overlap, covariance, overlap)
        possible = left > 1e-9 * total  # else the step is there already, or is what the slope does
        return np.where(possible, beyond**2 / np.where(possible, left, 1.0), 0.0)


def _from_there_on(values: Array) -> Array:
    """Return the sums from each cut 1 to n - 1 to the end."""
    sums: Array = np.cumsum(values[::-1], axis=0)[::-1][1:]
    return sums
