"""
Directed tests of a fit: do the points leave the model the way a wrong model would lead them?

Chi-square asks about every deviation at once and therefore sees a smooth one late. A score test asks about a few
directions: what the model would gain if its parameters changed along the sweep (parameter stability; Nyblom 1989,
J. Am. Stat. Assoc. 84, 223), along one series or between the series that share them, if the readout were bent (powers
of the fitted values: RESET; Ramsey 1969, J. R. Stat. Soc. B 31, 350), or if it were cut off near its extremes. No other
model is fitted.
"""

from __future__ import annotations

import math

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from scipy.special import chdtrc

from oqtopus_experiments_curvefit._fit import Fit
from oqtopus_experiments_curvefit._problem import Problem

Array = NDArray[np.float64]

# The parts of the range next to the extremes in which a cut-off is looked for.
LIMITS = (0.05, 0.15)
# A direction that the parameters explain to this part of its length asks nothing.
EXPLAINED = 1e-3
# One-sided 95 %.
CONFIDENCE = 1.645


@frozen
class ScoreTest:
    """
    How far the points lean towards one kind of wrong model.

    Args:
        kind: Completes "the points leave the model as if ...".
        probability: Of so much, were the model right; shared among the kinds.
        size: Root mean square of the departure over the points, in units of the signal.
        at_most: What the size is below with 95 % confidence.
    """

    kind: str
    probability: float
    size: float
    at_most: float


def strictest_score_test(problem: Problem, fit: Fit) -> ScoreTest | None:
    """Return the least probable departure, or None when no direction is left to ask about, or a point has no weight."""
    everything = problem.everything
    weight = 1 / np.sqrt(everything.variance(fit.expected))
    # Of a model that is not a number at a point, or of a mean without scatter.
    if not (np.isfinite(weight).all() and np.isfinite(fit.expected).all()):
        return None
    explained, _ = np.linalg.qr(fit.jacobian * weight[:, None])
    residual = _without(explained, (everything.mean - fit.expected) * weight)
    kinds = _kinds(problem, fit)
    found = []
    for kind, columns in kinds.items():
        directions = _basis(explained, columns, weight)
        if not directions.shape[1]:
            continue
        along = directions.T @ residual
        score = float(along @ along)
        probability = min(1.0, len(kinds) * float(chdtrc(directions.shape[1], score)))
        departure = (directions @ along / weight)[: len(problem.points)]
        size = math.sqrt(float(np.mean(departure**2)))
        # `score` is the squared size in units of its noise.
        at_most = size * (1 + CONFIDENCE / math.sqrt(score)) if score > 0 else 0.0
        found.append(ScoreTest(kind, probability, size, at_most))
    return min(found, key=lambda departure: departure.probability, default=None)


def _kinds(problem: Problem, fit: Fit) -> dict[str, list[Array]]:
    """Return for each kind of departure its directions: changes of the signal at the points, shape (n,) each."""
    # The readout of a signal of other values is bent at the same fraction of its range.
    fitted = problem.points.fraction(fit.fitted)
    middle, half = (fitted.max() + fitted.min()) / 2, np.ptp(fitted) / 2
    if not half > 0:
        return {}
    bent = (fitted - middle) / half
    slopes = list(fit.jacobian[: len(fitted)].T)
    everywhere = np.ones(len(fitted), dtype=bool)
    return {
        **_along("a parameter changed along the sweep: another law?", problem, everywhere, slopes),
        **_series(problem, slopes),
        "the readout were not linear: another law?": [bent**2, bent**3],
        **{
            f"the signal were cut off near an end of its range ({100 * part:.0f} %)": [
                np.maximum(bent - (1 - 2 * part), 0),
                np.minimum(bent + (1 - 2 * part), 0),
            ]
            for part in LIMITS
        },
    }


def _series(problem: Problem, slopes: list[Array]) -> dict[str, list[Array]]:
    """Return the departures of one series, and those between series that share their parameters."""
    names = problem.positions.names
    if len(names) == 1:
        return {}
    found: dict[str, list[Array]] = {}
    for number, name in enumerate(names):
        found |= _along(f"a parameter changed along {name}: another law?", problem, problem.series == number, slopes)
    within = [problem.series == number for number in range(len(names))]
    found["a parameter differed between the series that share it: another law?"] = [
        chosen * slope for chosen in within for slope in slopes
    ]
    return found


def _along(kind: str, problem: Problem, chosen: NDArray[np.bool_], slopes: list[Array]) -> dict[str, list[Array]]:
    """Return the departures of some points along each axis of numbers on which they differ."""
    places = [_place(problem.axes[name], chosen) for name in problem.positions.numeric]
    directions = [place * slope for place in places if place.any() for slope in slopes]
    return {kind: directions} if directions else {}


def _place(values: Array, chosen: NDArray[np.bool_]) -> Array:
    """
    Return where each of the chosen points lies in the order of its axis, from -1 to 1: evenly also for a logarithmic
    sweep. Where a point is not chosen, or has no value, 0; everywhere where there is but one value.
    """
    place = np.zeros(len(values))
    there = chosen & np.isfinite(values)
    different, rank = np.unique(values[there], return_inverse=True)
    if len(different) > 1:
        place[there] = 2 * rank.ravel() / (len(different) - 1) - 1
    return place


def _basis(explained: Array, columns: list[Array], weight: Array) -> Array:
    """Return orthonormal directions of what the columns hold beyond what the parameters explain, shape (n, k)."""
    given = np.zeros((len(weight), len(columns)))
    for j, column in enumerate(columns):
        weighted = column * weight[: len(column)]
        length = math.sqrt(float(weighted @ weighted))
        if length > 0:
            given[: len(column), j] = weighted / length
    left, lengths, _ = np.linalg.svd(_without(explained, given), full_matrices=False)
    chosen: Array = left[:, lengths > EXPLAINED]
    return chosen


def _without(explained: Array, values: Array) -> Array:
    rest: Array = values - explained @ (explained.T @ values)
    return rest
