"""How unlikely counts are: bounds that hold for any number of shots, not only for many."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts

RARE = 1e-6
"""How often a check that compares counts fails for a backend that is sound, at most."""
_NEVER = 1e-12
"""An outcome of a smaller probability is one that cannot be: rounding leaves as much."""


def histogram(counts: Counts) -> NDArray[np.int64]:
    """Return how often each outcome was seen, shape (2**width,); bit j of the index is classical bit j."""
    found = np.zeros(2**counts.width, dtype=np.int64)
    indices = (counts.bits * (1 << np.arange(counts.width))).sum(axis=1)
    np.add.at(found, indices, counts.occurrences)
    return found


def chance(counts: Counts, probabilities: NDArray[np.float64]) -> float:
    """
    Return a bound on the probability of counts as far from what is expected as these, or farther.

    The distance is the likelihood ratio, which is the chi-square of many shots. The bound holds for few shots, too
    (R. Agrawal, IEEE Trans. Inf. Theory 66, 6297 (2020), theorem I.2).

    Args:
        counts: What was read.
        probabilities: Of each outcome, as `histogram`.
    """
    observed = histogram(counts)
    possible = probabilities > _NEVER
    if observed[~possible].any():
        return 0.0
    seen = observed > 0
    expected = probabilities[seen] / probabilities.sum() * counts.shots
    ratio = float((observed[seen] * np.log(observed[seen] / expected)).sum())
    free = int(possible.sum()) - 1
    if free == 0 or ratio <= free:
        return 1.0
    return math.exp(-ratio + free * (1 + math.log(ratio / free)))


def spread_chance(relative_variance: float, freedom: int) -> float:
    """
    Return a bound on the probability of a variance as far from 1 as this: Chernoff's, for a normal law.

    Args:
        relative_variance: Variance of equal measurements over that of independent shots.
        freedom: Number of measurements - 1.
    """
    if relative_variance <= 0:
        return 0.0
    return math.exp(freedom / 2 * (math.log(relative_variance) + 1 - relative_variance))
