"""
The likelihood of the points: residuals whose squares sum to the deviance, and the Fisher information.

For a two-valued signal, k of n shots at the high level with model probability p, the deviance is
2 [k ln(k / np) + (n - k) ln((n - k) / n(1 - p))] (McCullagh and Nelder, Generalized Linear Models, 1989, section 4.4);
for others it is the squared distance in standard errors.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray
from scipy.special import ndtri_exp, stdtr

Array = NDArray[np.float64]

# A model may touch or leave [0, 1] on its way to the optimum: stay this far inside, in units of one shot.
EDGE = 1e-3
# The deviance of a point whose shots are all alike has a corner at the edge of [0, 1]. A search goes round it within so
# many shots, as at a corner it would creep.
CORNER = 1e-2
# What a model that returns no number costs, in standard errors: far more than any that does.
NO_NUMBER = 1e6
# In place of 0 in a logarithm, and how far inside a model stays where all shots are alike, as a probability.
TINY = 1e-12
# Residuals below this are as good as normal.
NEAR = 1e-4


@frozen(eq=False)
class Points:
    """
    Points that have counts: of one target, shape (n,), or of several alike, shape (targets, n).

    Args:
        mean: Signal, shape (..., n).
        stderr: Its standard error, likewise.
        shots: Shots, likewise.
        low: The lower of the two values of the signal, likewise; NaN where it has more: such a point is normal.
        high: The higher one, likewise.
        behind: Degrees of freedom of the standard error of a normal point, likewise: few where it was found from how
            a few circuits scatter, infinite where it is known.
    """

    mean: Array
    stderr: Array
    shots: Array
    low: Array
    high: Array
    behind: Array = field()
    is_binomial: NDArray[np.bool_] = field(init=False)
    are_binomial: bool = field(init=False)

    @behind.default
    def _errors_are_known(self) -> Array:
        return np.full(self.mean.shape, np.inf)

    @is_binomial.default
    def _has_two_values(self) -> NDArray[np.bool_]:
        return np.isfinite(self.low)

    @are_binomial.default
    def _all_have_two_values(self) -> bool:
        return bool(self.is_binomial.all())

    # What the others are taken for, so that one formula runs over all points: of any range.
    @cached_property
    def _low(self) -> Array:
        return np.where(self.is_binomial, self.low, 0.0)

    @cached_property
    def _range(self) -> Array:
        return np.where(self.is_binomial, self.high - self.low, 1.0)

    @cached_property
    def _observed(self) -> Array:
        return self.fraction(self.mean)

    @cached_property
    def _all_alike(self) -> NDArray[np.bool_]:
        """Whether all shots of a point had the same of its two values."""
        alike: NDArray[np.bool_] = (self._observed <= 0) | (self._observed >= 1)
        return alike

    @cached_property
    def _edge(self) -> Array:
        return EDGE / self.shots

    @cached_property
    def _edge_of_search(self) -> Array:
        return np.where(self._all_alike, TINY, self._edge)

    @cached_property
    def _logarithms(self) -> tuple[Array, Array]:
        """Logarithms of the fractions observed at either value; of any number where there are none."""
        other = 1 - self._observed
        return np.log(np.maximum(self._observed, TINY)), np.log(np.maximum(other, TINY))

    @cached_property
    def _corner(self) -> Array:
        return np.where(self._all_alike, CORNER, 0.0)

    def __len__(self) -> int:
        return int(self.mean.shape[-1])

    def fraction(self, signal: Array) -> Array:
        """Return how far a signal is from the lower to the higher value of each point; of a normal one, as it is."""
        return (signal - self._low) / self._range

    def as_fractions(self) -> Points:
        """Return two-valued points as those of a probability, in [0, 1]; others as they are."""
        if not self._low.any() and (self._range == 1).all():
            return self
        low, high = self.fraction(self.low), self.fraction(self.high)
        return Points(self.fraction(self.mean), self.stderr / self._range, self.shots, low, high, self.behind)

    def where(self, chosen: NDArray[np.bool_]) -> Points:
        """Return some of the points."""
        if chosen.all():
            return self
        return Points(*(column[..., chosen] for column in _columns(self)))

    def of(self, targets: int | NDArray[np.intp]) -> Points:
        """Return the points of one of several targets, or of some."""
        return Points(*(column[targets] for column in _columns(self)))

    def residuals(self, model: Array) -> Array:
        """Return signed deviance residuals, shape (..., n): their squares sum to the deviance. Always finite."""
        with np.errstate(all="ignore"):
            deviance, expected, raw = self._deviances(model, self._edge)
            inside = np.copysign(np.sqrt(deviance), self._observed - expected)
            # Outside of [0, 1] no probability exists; a slope leads back in.
            residuals = inside + (expected - raw) * self.shots
            if not self.are_binomial:
                residuals = np.where(self.is_binomial, residuals, (self.mean - model) / self.stderr)
            return _finite(residuals, NO_NUMBER)

    def residual_derivatives(self, model: Array) -> Array:
        """Return the derivative of each of `residuals` with respect to the model at its point, shape (..., n)."""
        with np.errstate(all="ignore"):
            deviance, expected, raw = self._deviances(model, self._edge)
            rest = self._observed - expected
            slopes = np.where(
                expected == raw, self._slopes(np.copysign(np.sqrt(deviance), rest), expected), -self.shots
            )
            slopes = _finite(slopes, 0.0) / self._range
            return slopes if self.are_binomial else np.where(self.is_binomial, slopes, -1 / self.stderr)

    def for_search(self, model: Array) -> tuple[Array, Array]:
        """
        Return residuals whose slopes have no jump, and these slopes with respect to the model at each point.

        The deviance D of a point whose shots are all alike has a corner where the model leaves [0, 1]. Its residual is
        the root of D + `CORNER` here, and beyond the edge goes on along its tangent, which has reached 0 before the
        model is `CORNER` shots outside. So squares sum to the deviance and a constant. Both have shape (..., n).
        """
        with np.errstate(all="ignore"):
            deviance, expected, raw = self._deviances(model, self._edge_of_search)
            rest = self._observed - expected
            residuals = np.copysign(np.sqrt(deviance + self._corner), rest)
            slopes = self._slopes(residuals, expected)
            outside = expected != raw
            if outside.any():
                stiff = np.where(self._all_alike, self.shots / np.sqrt(CORNER), self.shots)
                slopes = np.where(outside, -stiff, slopes)
                residuals = residuals + (expected - raw) * stiff
            slopes = _finite(slopes, 0.0) / self._range
            if not self.are_binomial:
                residuals = np.where(self.is_binomial, residuals, (self.mean - model) / self.stderr)
                slopes = np.where(self.is_binomial, slopes, -1 / self.stderr)
            return _finite(residuals, NO_NUMBER), slopes

    def _slopes(self, residuals: Array, expected: Array) -> Array:
        """Return the slopes of roots of the deviance, given these and the fractions that are expected."""
        variance = expected * (1 - expected) / self.shots
        # Close to the point the quotient loses its digits; its limit is that of a normal residual.
        near = np.abs(residuals) < NEAR
        return np.where(near, -1 / np.sqrt(variance), (expected - self._observed) / (variance * residuals))

    def as_normal(self, deviations: Array) -> Array:
        """
        Return deviations in standard errors as the normal ones that are as unlikely, shape (..., n).

        One of 4 errors is no surprise where the error was found from how three circuits scatter. Tests of a fit ask for
        these, so that their laws hold; a fit weighs by the errors as they are.
        """
        if np.isinf(self.behind).all():
            return deviations
        distance = np.abs(deviations)
        with np.errstate(all="ignore"):  # so far away that no float has the probability: as far as it is
            as_likely = -ndtri_exp(np.log(stdtr(self.behind, -distance)))
        kept = np.isinf(self.behind) | ~np.isfinite(as_likely)
        return np.where(kept, deviations, np.copysign(as_likely, deviations))

    def chi_square(self, model: Array) -> Array:
        """
        Return the sum of the squared residuals, each `as_normal`, shape (...,).

        Of right models it has the law of chi-square.
        """
        return squared(self.as_normal(self.residuals(model)))

    def deviance(self, model: Array) -> Array:
        """Return the sum of the squared residuals, shape (...,)."""
        return squared(self.residuals(model))

    def variance(self, model: Array) -> Array:
        """
        Return the variance of the signal at each point under the model, shape (..., n).

        Where the model touches 0 or 1 it is that of half a count, so that it is never zero.
        """
        p = (np.clip(self.fraction(model), 0, 1) * self.shots + 0.5) / (self.shots + 1)
        binomial = self._range**2 * p * (1 - p) / self.shots
        variance: Array = binomial if self.are_binomial else np.where(self.is_binomial, binomial, self.stderr**2)
        return variance

    def _deviances(self, model: Array, edge: Array) -> tuple[Array, Array, Array]:
        """Return deviances of two-valued points, and the model as fractions: pulled inside of [0, 1], and as it is."""
        observed = self._observed
        raw = self.fraction(model)
        expected = np.minimum(np.maximum(raw, edge), 1 - edge)
        first, second = self._logarithms
        each = observed * (first - np.log(expected)) + (1 - observed) * (second - np.log1p(-expected))
        return np.maximum(2 * self.shots * each, 0.0), expected, raw


def joined(first: Points, second: Points) -> Points:
    """Return the points of both."""
    pairs = zip(_columns(first), _columns(second), strict=True)
    return Points(*(np.concatenate(pair, axis=-1) for pair in pairs))


def squared(values: Array) -> Array:
    """Return the sum of the squares over the last axis: the same of one target as of it among others."""
    total: Array = np.add.reduce(values * values, axis=-1)
    return total


def _columns(points: Points) -> tuple[Array, ...]:
    return points.mean, points.stderr, points.shots, points.low, points.high, points.behind


def _finite(values: Array, otherwise: float) -> Array:
    return np.where(np.isfinite(values), values, otherwise)
