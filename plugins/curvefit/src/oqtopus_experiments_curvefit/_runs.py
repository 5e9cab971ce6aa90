"""
Localized damage: a stretch of circuits, in time or along the sweep, that does not belong to the rest.

A scan statistic (Glaz, Naus and Wallenstein, Scan Statistics, 2001): every stretch of 2, 4, 8, ... points in a row is
asked whether the signal or a parameter was another one there (a jump), and whether its points scatter by more than
their shots (a burst); its probability is shared among all that is asked. A stretch of circuits that return exactly the
same counts, where the model moves, was read from a buffer that was not renewed.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from scipy.special import chdtrc, gammaln, log_ndtr, xlog1py, xlogy

from oqtopus_experiments_curvefit._departures import place_on_axis
from oqtopus_experiments_curvefit._fit import Fit
from oqtopus_experiments_curvefit._problem import Problem

Array = NDArray[np.float64]

# Longer stretches, up to half of the points, are the business of trends.
SHORTEST = 2
# A stretch that holds so little of what all points know of a parameter cannot be asked about it.
NOTHING = 1e-6


@frozen(eq=False)
class Stretch:
    """
    Points in a row that do not belong to the rest.

    Args:
        told: What happened there, and where.
        points: Which of the points, shape (n,).
        chance: Logarithm of the probability of it, shared among all stretches that were asked.
    """

    told: str
    points: NDArray[np.bool_]
    chance: float


def localized(problem: Problem, fit: Fit, usual: float, probability: float) -> list[Stretch]:
    """
    Return the least likely stretch in time or along the sweep, where it is less likely than this by chance.

    A run in the order of the sweep is asked once. All that is asked shares the probability. Deviations count in units
    of the usual ones, at least those of the shots. Equal counts say more of what they are than that they deviate.
    """
    orders = _orders(problem)
    points, variance = problem.points, fit.variance
    # Those of counts have too heavy a tail at few counts; squares of both agree where there are many.
    pearson = points.as_normal((points.mean - fit.fitted) / np.sqrt(variance)) / usual
    signed = points.as_normal(fit.residuals) / usual
    if not orders or len(points) < 2 * SHORTEST or not np.isfinite(pearson).all():
        return []
    allowed = math.log(probability / (3 * len(orders)))
    if "run" in orders and (repeated := _repeats("run", orders["run"], problem, fit)) and repeated.chance < allowed:
        return [repeated]
    slopes = np.column_stack([np.ones(len(points)), fit.jacobian[: len(points)]]) / np.sqrt(variance)[:, None]
    found = [
        stretch
        for name, order in orders.items()
        for stretch in (_jump(name, order, slopes, pearson, signed), _burst(name, order, signed))
    ]
    least = min(found, key=lambda stretch: stretch.chance)
    return [least] if least.chance < allowed else []


def _orders(problem: Problem) -> dict[str, NDArray[np.intp]]:
    """Return the orders in which points follow each other."""
    orders = {}
    if problem.has_times:
        orders["run"] = np.argsort(problem.when[: len(problem.points)], kind="stable")
    if len(problem.positions.numeric) == 1 and len(problem.positions.names) == 1:
        (axis,) = problem.positions.numeric
        along = np.argsort(place_on_axis(problem.axes[axis], np.ones(len(problem.points), dtype=bool)), kind="stable")
        if "run" not in orders or not np.array_equal(along, orders["run"]):
            orders["sweep"] = along
    return orders


@lru_cache(maxsize=32)
def _stretches(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where each stretch of so many points begins, and where the next begins."""
    lengths = [length for length in 2 ** np.arange(1, 20) if length <= max(SHORTEST, count // 2)]
    starts = [np.arange(count - length + 1) for length in lengths]
    ends = [start + length for start, length in zip(starts, lengths, strict=True)]
    return np.concatenate(starts), np.concatenate(ends)


def _jump(name: str, order: NDArray[np.intp], slopes: Array, pearson: Array, signed: Array) -> Stretch:
    """Return the stretch where the signal or a parameter was most clearly another one."""
    start, end = _stretches(len(order))
    slopes = slopes[order]
    summed = np.zeros((3, len(order) + 1, slopes.shape[1]))
    terms = np.stack([slopes * pearson[order, None], slopes * signed[order, None], slopes**2])
    np.cumsum(terms, axis=1, out=summed[:, 1:])
    by_pearson, by_deviance, squares = summed[:, end] - summed[:, start]
    # Both kinds of residual must say so: each has its own bias at few counts.
    agreed = np.where(by_pearson * by_deviance > 0, np.minimum(np.abs(by_pearson), np.abs(by_deviance)), 0.0)
    # Where a parameter moves nothing there is nothing to ask about it.
    asks = squares > NOTHING * summed[2, -1]
    score = np.where(asks, agreed / np.sqrt(np.where(asks, squares, 1.0)), 0.0)
    best, most = int(np.argmax(score.max(axis=1))), float(score.max())
    chance = float(log_ndtr(-most)) + math.log(2 * score.size)
    told = f"{{}} differ from the rest by {most:.1f} standard errors"
    return _stretch(told, name, order, start[best], end[best], chance)


def _burst(name: str, order: NDArray[np.intp], signed: Array) -> Stretch:
    """Return the stretch whose points scatter most."""
    start, end = _stretches(len(order))
    summed = np.concatenate([[0.0], np.cumsum(signed[order] ** 2)])
    squares = summed[end] - summed[start]
    chances = chdtrc(end - start, squares)
    best = int(np.argmin(chances))
    chance = math.log(max(float(chances[best]) * len(chances), 1e-300))
    told = f"{{}} scatter by more than their shots (chi-square {squares[best]:.0f} for {end[best] - start[best]})"
    return _stretch(told, name, order, start[best], end[best], chance)


def _repeats(name: str, order: NDArray[np.intp], problem: Problem, fit: Fit) -> Stretch | None:
    """Return the stretch of points with the same counts that chance repeats least."""
    points = problem.points
    if not points.are_binomial:
        return None
    shots, mean = points.shots[order], points.fraction(points.mean)[order]
    same = np.concatenate([[False], (np.diff(mean) == 0) & (np.diff(shots) == 0), [False]])
    if not same.any():
        return None
    expected = np.clip(points.fraction(fit.fitted)[order], 0.5 / shots, 1 - 0.5 / shots)
    counts = np.rint(mean * shots)
    # Of each point that its counts are those of the one before.
    ways = gammaln(shots + 1) - gammaln(counts + 1) - gammaln(shots - counts + 1)
    likely = ways + xlogy(counts, expected) + xlog1py(shots - counts, -expected)
    edges = np.diff(same.astype(int))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) + 1
    summed = np.concatenate([[0.0], np.cumsum(likely)])
    logarithms = summed[ends] - summed[starts + 1]
    best = int(np.argmin(logarithms))
    chance = float(logarithms[best]) + math.log(len(order))
    told = "{} have exactly the same counts: a buffer that was not renewed?"
    return _stretch(told, name, order, starts[best], ends[best], chance)


def _stretch(told: str, name: str, order: NDArray[np.intp], start: int, end: int, chance: float) -> Stretch:
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[start:end]] = True
    what = "circuits" if name == "run" else "points"
    where = f"{what} {start + 1} to {end} of {len(order)} in the order of the {name}"
    return Stretch(told.format(where), chosen, chance)
