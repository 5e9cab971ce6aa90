"""
The likelihood of the points: residuals whose squares sum to the deviance, and the Fisher information.

For a two-valued signal, k of n shots at the high level with model probability p, the deviance is
2 [k ln(k / np) + (n - k) ln((n - k) / n(1 - p))] (McCullagh and Nelder, Generalized Linear Models, 1989, section 4.4);
for others it is the squared distance in standard errors.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Array = NDArray[np.float64]

# A model may touch or leave [0, 1] on its way to the optimum: stay this far inside, in units of one shot.
EDGE = 1e-3


@frozen(eq=False)
class Points:
    """
    The points of one target that have counts.

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

    def residuals(self, model: Array) -> Array:
        """Return signed deviance residuals, shape (n,): their squares sum to the deviance."""
        if self.levels is None:
            distance: Array = (self.mean - model) / self.stderr
            return distance
        observed = self._fraction(self.mean)
        edge = EDGE / self.shots
        raw = self._fraction(model)
        expected = np.clip(raw, edge, 1 - edge)
        deviance = 2 * self.shots * (_term(observed, expected) + _term(1 - observed, 1 - expected))
        inside: Array = np.sign(observed - expected) * np.sqrt(np.maximum(deviance, 0))
        # Outside of [0, 1] no probability exists; a slope leads back in.
        return inside + (expected - raw) * self.shots

    def information(self, model: Array) -> Array:
        """
        Return the Fisher information of the signal at each point, shape (n,): 1 over its variance under the model.

        Where the model touches 0 or 1 the variance is that of half a count, so that it is never zero.
        """
        if self.levels is None:
            result: Array = 1 / self.stderr**2
            return result
        low, high = self.levels
        p = (np.clip(self._fraction(model), 0, 1) * self.shots + 0.5) / (self.shots + 1)
        information: Array = self.shots / (p * (1 - p)) / (high - low) ** 2
        return information

    def _fraction(self, signal: Array) -> Array:
        low, high = self.levels or (0.0, 1.0)
        fraction: Array = (signal - low) / (high - low)
        return fraction


def _term(observed: Array, expected: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(observed > 0, observed * np.log(observed / expected), 0.0)
