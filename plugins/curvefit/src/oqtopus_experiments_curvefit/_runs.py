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
from scipy.special import chdtrc, chdtri, gammaln, log_ndtr, xlog1py, xlogy

from oqtopus_experiments_curvefit._departures import place_on_axis
from oqtopus_experiments_curvefit._fit import Fits
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


def localized(fits: Fits, usual: Array, probability: float) -> list[list[Stretch]]:
    """
    Return the least likely stretch of each target in time or along the sweep, where it is less likely than this.

    A run in the order of the sweep is asked once. All that is asked shares the probability. Deviations count in units
    of the usual ones, at least those of the shots. Equal counts say more of what they are than that they deviate.

    Args:
        fits: What the points deviate from.
        usual: How far points usually are, shape (targets,).
        probability: Of any stretch, were all points sound.
    """
    problem = fits.problem
    orders, points = _orders(problem), problem.points
    nothing: list[list[Stretch]] = [[] for _ in range(len(fits))]
    if not orders or len(points) < 2 * SHORTEST:
        return nothing
    # Those of counts have too heavy a tail at few counts; squares of both agree where there are many.
    pearson = points.as_normal((points.mean - fits.fitted) / np.sqrt(fits.variance)) / usual[:, None]
    signed = points.as_normal(fits.residuals) / usual[:, None]
    ones = np.ones((len(fits), len(points), 1))
    slopes = np.concatenate([ones, fits.jacobian[:, : len(points)]], axis=-1) / np.sqrt(fits.variance)[..., None]
    allowed = math.log(probability / (3 * len(orders)))
    repeated = _repeats("run", orders["run"], fits, allowed) if "run" in orders else nothing
    found = [[*one] for one in nothing]
    for name, order in orders.items():
        for there in (
            _jumps(name, order, slopes[:, order], pearson[:, order], signed[:, order], allowed),
            _bursts(name, order, signed[:, order], allowed),
        ):
            for one, more in zip(found, there, strict=True):
                one.extend(more)
    finite = np.asarray(np.isfinite(pearson).all(axis=-1))
    return [
        (same or sorted(one, key=lambda stretch: stretch.chance)[:1]) if sound else []
        for sound, same, one in zip(finite, repeated, found, strict=True)
    ]


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


def _jumps(
    name: str, order: NDArray[np.intp], slopes: Array, pearson: Array, signed: Array, allowed: float
) -> list[list[Stretch]]:
    """Return the stretch of each target where the signal or a parameter was most clearly another one."""
    start, end = _stretches(len(order))
    terms = np.stack([slopes * pearson[..., None], slopes * signed[..., None], slopes**2])
    summed = np.zeros((*terms.shape[:2], len(order) + 1, slopes.shape[-1]))
    np.cumsum(terms, axis=2, out=summed[:, :, 1:])
    by_pearson, by_deviance, squares = summed[:, :, end] - summed[:, :, start]
    # Both kinds of residual must say so: each has its own bias at few counts.
    agreed = np.where(by_pearson * by_deviance > 0, np.minimum(np.abs(by_pearson), np.abs(by_deviance)), 0.0)
    # Where a parameter moves nothing there is nothing to ask about it.
    asks = squares > NOTHING * summed[2, :, -1:]
    score = np.where(asks, agreed / np.sqrt(np.where(asks, squares, 1.0)), 0.0).max(axis=-1)
    best, most = score.argmax(axis=-1), score.max(axis=-1)
    chances = log_ndtr(-most) + math.log(2 * score.shape[-1] * slopes.shape[-1])
    return [
        [_stretch(f"{{}} differ from the rest by {size:.1f} standard errors", name, order, start[at], end[at], chance)]
        if chance < allowed
        else []
        for size, at, chance in zip(most.tolist(), best.tolist(), chances.tolist(), strict=True)
    ]


def _bursts(name: str, order: NDArray[np.intp], signed: Array, allowed: float) -> list[list[Stretch]]:
    """Return the stretch of each target whose points scatter most."""
    start, end = _stretches(len(order))
    summed = np.concatenate([np.zeros((len(signed), 1)), np.cumsum(signed**2, axis=-1)], axis=-1)
    squares = summed[:, end] - summed[:, start]
    found: list[list[Stretch]] = [[] for _ in signed]
    # Most points are sound, and whether a chi-square is large takes less time than how likely it is.
    large = _large(len(order), allowed)
    for target in np.flatnonzero((squares > large).any(axis=-1)):
        chances = chdtrc(end - start, squares[target])
        best = int(np.argmin(chances))
        chance = math.log(max(float(chances[best]) * len(chances), 1e-300))
        length = end[best] - start[best]
        told = f"{{}} scatter by more than their shots (chi-square {squares[target, best]:.0f} for {length})"
        if chance < allowed:
            found[target] = [_stretch(told, name, order, start[best], end[best], chance)]
    return found


@lru_cache(maxsize=32)
def _large(count: int, allowed: float) -> Array:
    """Return the chi-square of each stretch of so many points, nearly, that is as unlikely as is allowed."""
    start, end = _stretches(count)
    large: Array = chdtri(end - start, min(1.0, 1.01 * math.exp(allowed) / len(start)))
    return large


def _repeats(name: str, order: NDArray[np.intp], fits: Fits, allowed: float) -> list[list[Stretch]]:
    """Return the stretch of points with the same counts of each target that chance repeats least."""
    points = fits.problem.points
    found: list[list[Stretch]] = [[] for _ in range(len(fits))]
    if not points.are_binomial:
        return found
    shots, mean = points.shots[:, order], points.fraction(points.mean)[:, order]
    nowhere = np.zeros((len(fits), 1), dtype=bool)
    same = np.concatenate([nowhere, (np.diff(mean) == 0) & (np.diff(shots) == 0), nowhere], axis=-1)
    if not same.any():
        return found
    expected = np.clip(points.fraction(fits.fitted)[:, order], 0.5 / shots, 1 - 0.5 / shots)
    counts = np.rint(mean * shots)
    # Of each point that its counts are those of the one before.
    ways = gammaln(shots + 1) - gammaln(counts + 1) - gammaln(shots - counts + 1)
    likely = ways + xlogy(counts, expected) + xlog1py(shots - counts, -expected)
    summed = np.concatenate([np.zeros((len(fits), 1)), np.cumsum(likely, axis=-1)], axis=-1)
    edges = np.diff(same.astype(np.int8), axis=-1)
    targets, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1] + 1
    logarithms = summed[targets, ends] - summed[targets, starts + 1]
    chances = logarithms + math.log(len(order))
    told = "{} have exactly the same counts: a buffer that was not renewed?"
    for at in np.flatnonzero(chances < allowed):
        target, chance = targets[at], float(chances[at])
        if not found[target] or chance < found[target][0].chance:
            found[target] = [_stretch(told, name, order, int(starts[at]), int(ends[at]), chance)]
    return found


def _stretch(told: str, name: str, order: NDArray[np.intp], start: int, end: int, chance: float) -> Stretch:
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[start:end]] = True
    what = "circuits" if name == "run" else "points"
    where = f"{what} {start + 1} to {end} of {len(order)} in the order of the {name}"
    return Stretch(told.format(where), chosen, chance)
