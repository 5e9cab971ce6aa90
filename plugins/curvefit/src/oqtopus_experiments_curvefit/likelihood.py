"""
The likelihood of the points: residuals whose squares sum to the deviance, and the Fisher information.

For a two-valued signal, k of n shots at the high level with model probability p, the deviance is
2 [k ln(k / np) + (n - k) ln((n - k) / n(1 - p))] (McCullagh and Nelder, Generalized Linear Models, 1989, section 4.4);
for others it is the squared distance in standard errors.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

Array = NDArray[np.float64]

# A model may touch or leave [0, 1] on its way to the optimum: stay this far inside, in units of one shot.
EDGE = 1e-3
# What a model that returns no number costs, in standard errors: far more than any that does.
NO_NUMBER = 1e6


@frozen(eq=False)
class Points:
    """
    Points of one target that have counts.

    Args:
        mean: Signal, shape (n,).
        stderr: Its standard error, shape (n,).
        shots: Shots, shape (n,).
        levels: The two values of the signal, or None.
    """

    mean: Array
    stderr: Array
    shots: Array
    levels: tuple[float, float] | None

    def __len__(self) -> int:
        return len(self.mean)

    def where(self, chosen: NDArray[np.bool_] | slice) -> Points:
        """Return some of the points."""
        return evolve(self, mean=self.mean[chosen], stderr=self.stderr[chosen], shots=self.shots[chosen])

    def residuals(self, model: Array) -> Array:
        """Return signed deviance residuals, shape (n,): their squares sum to the deviance. Always finite."""
        with np.errstate(all="ignore"):
            return _finite(self._deviance_residuals(model)[0], NO_NUMBER)

    def residual_derivatives(self, model: Array) -> Array:
        """Return the derivative of each residual with respect to the model at its point, shape (n,)."""
        if self.levels is None:
            return -1 / self.stderr
        low, high = self.levels
        with np.errstate(all="ignore"):
            residuals, expected, raw = self._deviance_residuals(model)
            inside = residuals - (expected - raw) * self.shots
            variance = expected * (1 - expected) / self.shots
            # Close to the point the quotient loses its digits; its limit is that of a normal residual.
            near = np.abs(inside) < 1e-4
            ratio = (self._fraction(self.mean) - expected) / np.where(near, 1.0, inside)
            slope = np.where(near, -1 / np.sqrt(variance), -ratio / variance)
            return _finite(np.where(expected == raw, slope, -self.shots), 0.0) / (high - low)

    def deviance(self, model: Array) -> float:
        """Return the sum of the squared residuals."""
        residuals = self.residuals(model)
        with np.errstate(over="ignore"):
            return float(residuals @ residuals)

    def variance(self, model: Array) -> Array:
        """
        Return the variance of the signal at each point under the model, shape (n,).

        Where the model touches 0 or 1 it is that of half a count, so that it is never zero.
        """
        if self.levels is None:
            squared: Array = self.stderr**2
            return squared
        low, high = self.levels
        p = (np.clip(self._fraction(model), 0, 1) * self.shots + 0.5) / (self.shots + 1)
        variance: Array = (high - low) ** 2 * p * (1 - p) / self.shots
        return variance

    def _deviance_residuals(self, model: Array) -> tuple[Array, Array, Array]:
        """Return residuals, and the model as fractions: pulled inside of [0, 1], and as it is."""
        if self.levels is None:
            return (self.mean - model) / self.stderr, model, model
        observed = self._fraction(self.mean)
        edge = EDGE / self.shots
        raw = self._fraction(model)
        expected = np.minimum(np.maximum(raw, edge), 1 - edge)
        deviance = 2 * self.shots * (_term(observed, expected) + _term(1 - observed, 1 - expected))
        inside = np.copysign(np.sqrt(np.maximum(deviance, 0)), observed - expected)
        # Outside of [0, 1] no probability exists; a slope leads back in.
        return inside + (expected - raw) * self.shots, expected, raw

    def _fraction(self, signal: Array) -> Array:
        low, high = self.levels or (0.0, 1.0)
        return signal if (low, high) == (0.0, 1.0) else (signal - low) / (high - low)


def joined(first: Points, second: Points) -> Points:
    """Return the points of both; of one signal."""
    return evolve(
        first,
        mean=np.concatenate([first.mean, second.mean]),
        stderr=np.concatenate([first.stderr, second.stderr]),
        shots=np.concatenate([first.shots, second.shots]),
    )


def _term(observed: Array, expected: Array) -> Array:
    # observed ln(observed / expected), which is 0 where nothing was observed.
    term: Array = observed * np.log(np.maximum(observed, 1e-300) / expected)
    return term


def _finite(values: Array, otherwise: float) -> Array:
    return np.where(np.isfinite(values), values, otherwise)
