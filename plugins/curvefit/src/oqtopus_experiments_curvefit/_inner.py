"""
The limits of parameters: what a search moves has none, and is what lmfit moves.

The formulas are those of MINUIT (James and Roos 1975, Comput. Phys. Commun. 10, 343) as `lmfit.Parameter` has them for
one value, here for those of many targets at once.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments_curvefit._model import BoundModel

Array = NDArray[np.float64]

# As lmfit has it: what is moved begins at 0 rather than so near to it.
TINY = 1e-15


@frozen(eq=False)
class Limits:
    """
    The limits of the free parameters of a model, infinite where there is none, shape (free,) each.

    What a search moves is called inner here, a parameter outer; arrays of either have shape (..., free).
    """

    low: Array
    high: Array
    # Which have a lower limit alone, an upper one alone, both.
    below: NDArray[np.intp]
    above: NDArray[np.intp]
    between: NDArray[np.intp]

    @staticmethod
    def of(model: BoundModel) -> Limits:
        """Return those of a model."""
        free = [model.parameters[name] for name in model.free]
        low, high = (np.array([getattr(p, end) for p in free], dtype=float) for end in ("min", "max"))
        has_low, has_high = np.isfinite(low), np.isfinite(high)
        kinds = has_low & ~has_high, has_high & ~has_low, has_low & has_high
        return Limits(low, high, *(np.flatnonzero(kind) for kind in kinds))

    def outer(self, inner: Array) -> Array:
        """Return the parameters of what is moved, never beyond a limit."""
        outer = inner.copy()
        if (at := self.below).size:
            outer[..., at] = self.low[at] - 1.0 + np.sqrt(inner[..., at] ** 2 + 1)
        if (at := self.above).size:
            outer[..., at] = self.high[at] + 1 - np.sqrt(inner[..., at] ** 2 + 1)
        if (at := self.between).size:
            outer[..., at] = self.low[at] + (np.sin(inner[..., at]) + 1) * (self.high[at] - self.low[at]) / 2
        return np.minimum(np.maximum(outer, self.low), self.high)

    def inner(self, outer: Array) -> Array:
        """Return what is moved for parameters between their limits."""
        inner = outer.copy()
        if (at := self.below).size:
            inner[..., at] = np.sqrt((outer[..., at] - self.low[at] + 1.0) ** 2 - 1)
        if (at := self.above).size:
            inner[..., at] = np.sqrt((self.high[at] - outer[..., at] + 1.0) ** 2 - 1)
        if (at := self.between).size:
            inner[..., at] = np.arcsin(2 * (outer[..., at] - self.low[at]) / (self.high[at] - self.low[at]) - 1)
        inner[np.abs(inner) < TINY] = 0.0
        return inner

    def slopes(self, inner: Array) -> Array:
        """Return the slope of each parameter along what is moved."""
        slopes = np.ones_like(inner)
        for at, sign in ((self.below, 1.0), (self.above, -1.0)):
            if at.size:
                slopes[..., at] = sign * inner[..., at] / np.sqrt(inner[..., at] ** 2 + 1)
        if (at := self.between).size:
            slopes[..., at] = np.cos(inner[..., at]) * (self.high[at] - self.low[at]) / 2
        return slopes
