"""Signs of a readout that is cut off: extreme values that repeat, or agree with each other and not with the model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, chdtrc

from oqtopus_experiments import Reason, ReasonCode
from oqtopus_experiments_curvefit._fit import Fit
from oqtopus_experiments_curvefit._likelihood import Points
from oqtopus_experiments_curvefit._limits import FLAT_PROBABILITY, MOVES, TIES_PROBABILITY
from oqtopus_experiments_curvefit._problem import Problem

Array = NDArray[np.float64]


def clipped(problem: Problem, fit: Fit) -> list[Reason]:
    """Return the signs of a cut-off in each series: signals of different series differ in what is extreme."""
    found = []
    for number, name in enumerate(problem.positions.names):
        chosen = problem.series == number
        for reason in clipping(problem.points.where(chosen), fit.fitted[chosen], len(problem.positions.names)):
            where = f"{name}: " if name else ""
            found.append(Reason(reason.code, f"{where}{reason.message}", reason.level))
    return found


def clipping(points: Points, fitted: Array, series: int = 1) -> list[Reason]:
    """Return a reason for each end of the range at which two-valued points, of one of so many series, are cut off."""
    # Points of one series may have two values of their own.
    points, fitted = points.as_fractions(), points.fraction(fitted)
    if not points.is_binomial.all():
        points, fitted = points.where(points.is_binomial), fitted[points.is_binomial]
    if len(points) < 2:
        return []
    return [
        reason
        for sign, side in ((1, "largest"), (-1, "smallest"))
        for reason in (_ties(points, fitted, sign, side, series) or _plateau(points, fitted, sign, side))
    ]


def _ties(points: Points, fitted: Array, sign: int, side: str, series: int) -> list[Reason]:
    """
    Doubt data whose extreme value repeats exactly.

    Each point that is as extreme as this value would, under the fit, be exactly this value with a conditional
    probability that the binomial law gives. Their product, without the largest, is that of so many ties. A signal of
    0 or 1 may repeat.
    """
    start, end = (points.low, points.high) if sign > 0 else (points.high, points.low)
    reached, expected = ((values - start) / (end - start) for values in (points.mean, fitted))
    extreme = float(reached.max())
    tied = reached == extreme
    count = int(tied.sum())
    if count < 2 or extreme in (0, 1):
        return []
    shots = points.shots[tied]
    counts, chance = np.rint(extreme * shots), np.clip(expected[tied], 0.5 / shots, 1 - 0.5 / shots)
    # The tail of a binomial law is an incomplete beta function.
    further, so_far = betainc(counts + 1, shots - counts, chance), betainc(counts, shots - counts + 1, chance)
    exactly = 1 - further / so_far
    by_chance = float(np.prod(np.sort(np.where(np.isfinite(exactly), exactly, 1.0))[:-1]))
    if by_chance >= TIES_PROBABILITY / series:
        return []
    return [Reason(ReasonCode.CLIPPED, f"{count} points share the {side} value: cut off at a limit?", "suspect")]


def _plateau(points: Points, fitted: Array, sign: int, side: str) -> list[Reason]:
    """
    Doubt the points where the model is most extreme when they agree with each other, and better than with the model.

    Of many points a model that moves within their shot noise alone differs little from none: each must be asked.
    """
    order = np.argsort(-sign * fitted, kind="stable")[: max(3, len(fitted) // 2)]
    weight = 1 / points.variance(fitted)[order]
    flat = _squares_about_mean(points.mean[order], weight)
    moves = _squares_about_mean(fitted[order], weight)
    bent = np.cumsum(weight * (points.mean - fitted)[order] ** 2)
    count = np.arange(1, len(order) + 1)
    found = (count >= 3) & (moves > MOVES) & (flat < bent) & (chdtrc(np.maximum(count - 1, 1), flat) > FLAT_PROBABILITY)
    if not found.any():
        return []
    number = int(count[found].max())
    message = f"the {number} {side} points are equal to shot noise where the model moves: cut off at a limit?"
    return [Reason(ReasonCode.CLIPPED, message, "suspect")]


def _squares_about_mean(values: Array, weight: Array) -> Array:
    """Return for the first 1, 2, ... values their weighted sum of squares about their mean."""
    total = np.cumsum(weight)
    centered = values - values[0]
    squares: Array = np.cumsum(weight * centered**2) - np.cumsum(weight * centered) ** 2 / total
    return np.maximum(squares, 0.0)
