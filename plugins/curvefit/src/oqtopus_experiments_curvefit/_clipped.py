"""Signs of a readout that is cut off: extreme values that repeat, or agree with each other and not with the model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, chdtrc

from oqtopus_experiments import Reason, ReasonCode
from oqtopus_experiments_curvefit._fit import Fits
from oqtopus_experiments_curvefit._likelihood import Points
from oqtopus_experiments_curvefit._limits import FLAT_PROBABILITY, MOVES, TIES_PROBABILITY

Array = NDArray[np.float64]


def clipped(fits: Fits) -> list[list[Reason]]:
    """Return the signs of a cut-off in each series: signals of different series differ in what is extreme."""
    problem = fits.problem
    names = problem.positions.names
    found: list[list[Reason]] = [[] for _ in range(len(fits))]
    for number, name in enumerate(names):
        chosen = problem.series == number
        where = f"{name}: " if name else ""
        for reasons, signs in zip(
            found, clipping(problem.points.where(chosen), fits.fitted[:, chosen], len(names)), strict=True
        ):
            reasons += [Reason(one.code, f"{where}{one.message}", one.level) for one in signs]
    return found


def clipping(points: Points, fitted: Array, series: int = 1) -> list[list[Reason]]:
    """
    Return for each target a reason for each end of the range at which its two-valued points are cut off.

    Args:
        points: Those of one of so many series, shape (targets, n).
        fitted: The model at them, likewise.
        series: How many there are.
    """
    # Points of one series may have two values of their own.
    points, fitted = points.as_fractions(), points.fraction(fitted)
    if not points.are_binomial:
        chosen = points.is_binomial[0]  # the same points of all targets
        points, fitted = points.where(chosen), fitted[:, chosen]
    if len(points) < 2:
        return [[] for _ in fitted]
    ends = [
        (_ties(points, fitted, sign, side, series), _plateau(points, fitted, sign, side))
        for sign, side in ((1, "largest"), (-1, "smallest"))
    ]
    return [
        [reason for ties, plateau in ends for reason in (ties[index] or plateau[index])] for index in range(len(fitted))
    ]


def _ties(points: Points, fitted: Array, sign: int, side: str, series: int) -> list[list[Reason]]:
    """
    Doubt data whose extreme value repeats exactly.

    Each point that is as extreme as this value would, under the fit, be exactly this value with a conditional
    probability that the binomial law gives. Their product, without the largest, is that of so many ties. A signal of
    0 or 1 may repeat.
    """
    start, end = (points.low, points.high) if sign > 0 else (points.high, points.low)
    reached, expected = ((values - start) / (end - start) for values in (points.mean, fitted))
    extreme = reached.max(axis=-1)
    tied = reached == extreme[:, None]
    found: list[list[Reason]] = [[] for _ in fitted]
    for target in np.flatnonzero((tied.sum(axis=-1) > 1) & (extreme != 0) & (extreme != 1)):
        at = tied[target]
        shots = points.shots[target, at]
        counts = np.rint(extreme[target] * shots)
        chance = np.clip(expected[target, at], 0.5 / shots, 1 - 0.5 / shots)
        # The tail of a binomial law is an incomplete beta function.
        further, so_far = betainc(counts + 1, shots - counts, chance), betainc(counts, shots - counts + 1, chance)
        exactly = 1 - further / so_far
        by_chance = float(np.prod(np.sort(np.where(np.isfinite(exactly), exactly, 1.0))[:-1]))
        if by_chance < TIES_PROBABILITY / series:
            message = f"{len(shots)} points share the {side} value: cut off at a limit?"
            found[target] = [Reason(ReasonCode.CLIPPED, message, "suspect")]
    return found


def _plateau(points: Points, fitted: Array, sign: int, side: str) -> list[list[Reason]]:
    """
    Doubt the points where the model is most extreme when they agree with each other, and better than with the model.

    Of many points a model that moves within their shot noise alone differs little from none: each must be asked.
    """
    order = np.argsort(-sign * fitted, axis=-1, kind="stable")[:, : max(3, fitted.shape[-1] // 2)]
    weight, mean, expected = (
        np.take_along_axis(values, order, axis=-1) for values in (1 / points.variance(fitted), points.mean, fitted)
    )
    flat = _squares_about_mean(mean, weight)
    moves = _squares_about_mean(expected, weight)
    bent = np.cumsum(weight * (mean - expected) ** 2, axis=-1)
    count = np.arange(1, order.shape[-1] + 1)
    asked = (count >= 3) & (moves > MOVES) & (flat < bent)
    found: list[list[Reason]] = [[] for _ in fitted]
    for target in np.flatnonzero(asked.any(axis=-1)):
        is_flat = chdtrc(np.maximum(count - 1, 1), flat[target]) > FLAT_PROBABILITY
        if (asked[target] & is_flat).any():
            number = int(count[asked[target] & is_flat].max())
            message = f"the {number} {side} points are equal to shot noise where the model moves: cut off at a limit?"
            found[target] = [Reason(ReasonCode.CLIPPED, message, "suspect")]
    return found


def _squares_about_mean(values: Array, weight: Array) -> Array:
    """Return for the first 1, 2, ... values their weighted sum of squares about their mean, shape (targets, n)."""
    total = np.cumsum(weight, axis=-1)
    centered = values - values[:, :1]
    squares: Array = np.cumsum(weight * centered**2, axis=-1) - np.cumsum(weight * centered, axis=-1) ** 2 / total
    return np.maximum(squares, 0.0)
