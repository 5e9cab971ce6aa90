"""
How the points leave a fit, asked once: in which directions and stretches, at which points, and what that moves.

Chi-square asks about every deviation at once and therefore sees a smooth one late. A score test (Rao 1948, Proc. Camb.
Phil. Soc. 44, 50) asks about the few directions of one kind of wrong model (`departures`).

A systematic is how far a quantity would move if the model were let to follow what the points show. For each direction
in which they leave the model by more than two standard errors (more where several series make for more directions), one
step of Newton's method with this direction let in, carried to derived quantities by the same slopes as their errors. Of
a parameter that changes along the sweep or the run that is its value in the middle, and how far the ends are from it is
added. The largest is taken, since the points do
not say which of them it is. Scatter beyond the shots that has no direction widens errors as the root of chi-square per
degree of freedom does (Birge 1932, Phys. Rev. 40, 207).
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtri

from oqtopus_experiments import FitModel
from oqtopus_experiments_curvefit._departures import EXPLAINED, Departures, Kind, departures, followed
from oqtopus_experiments_curvefit._fit import Fits
from oqtopus_experiments_curvefit._likelihood import squared
from oqtopus_experiments_curvefit._limits import (
    FIT_PROBABILITY,
    LOCALIZED_PROBABILITY,
    OUTLIER_ALONE,
    OUTLIER_CONTRAST,
    OUTLIER_ERRORS,
    SEEN_PROBABILITY,
)
from oqtopus_experiments_curvefit._median import median
from oqtopus_experiments_curvefit._problem import Problem
from oqtopus_experiments_curvefit._runs import Stretch, localized

Array = NDArray[np.float64]

# Of the distance of a normal variable from its mean, in standard deviations.
MEDIAN = 0.6745


@frozen(eq=False)
class Misfit:
    """
    How the points of one target leave the fit.

    Args:
        contrast: What deviations are compared with, in units of the signal.
        score_test: The kind of wrong model they lean to most; None where nothing can be asked.
        stretches: Stretches of points that do not belong to the rest.
        outliers: Single points that do not, shape (points,).
        systematics: What all of this moves each parameter and derived quantity by, shape (n,).
    """

    contrast: float
    score_test: ScoreTest | None
    stretches: list[Stretch]
    outliers: NDArray[np.bool_]
    systematics: Array


def misfits(model: FitModel, fits: Fits) -> list[Misfit]:
    """Ask how the points leave each fit; nothing of those that have as many parameters as points."""
    contrast, size = _contrast(model, fits), len(fits)
    outliers = np.zeros((size, len(fits.problem.points)), dtype=bool)
    if fits.degrees_of_freedom < 1:
        unknown = np.full(fits.errors.shape, np.nan)
        return [Misfit(contrast[i], None, [], outliers[i], unknown[i]) for i in range(size)]
    there, given = departures(fits)
    shift = np.zeros(fits.errors.shape)
    tests: dict[int, ScoreTest | None] = {}
    stretches: dict[int, list[Stretch]] = {}
    if given is not None:
        asked = fits.of(there)
        usual = _usual(asked)
        found = localized(asked, usual, LOCALIZED_PROBABILITY)
        outliers[there] = _outliers(asked, contrast[there], usual)
        shift[there] = _largest(asked, given)
        for index, target in enumerate(there.tolist()):
            damage = _let_in(asked, given, index, found[index], outliers[target])
            if damage is not None:
                shift[target] = np.maximum(shift[target], _largest(asked.of(np.array([index])), damage)[0])
        tests = dict(zip(there.tolist(), strictest_score_tests(given, asked), strict=True))
        stretches = dict(zip(there.tolist(), found, strict=True))
    known = np.isfinite(fits.errors)
    systematics = np.where(known, np.hypot(shift, fits.errors * _widened(fits)[:, None]), np.nan)
    return [Misfit(contrast[i], tests.get(i), stretches.get(i, []), outliers[i], systematics[i]) for i in range(size)]


def _let_in(
    fits: Fits, given: Departures, index: int, stretches: list[Stretch], outliers: NDArray[np.bool_]
) -> Departures | None:
    """Return the directions in which a stretch, or a point, of one target has a signal of its own."""
    if not (stretches or outliers.any()):
        return None
    points = [np.eye(len(outliers))[[number]] for number in np.flatnonzero(outliers)]
    slopes = [np.ones(len(outliers)), *fits.jacobian[index, : len(outliers)].T]
    columns = points + [(stretch.points * slope)[None] for stretch in stretches for slope in slopes]
    return followed(fits.of(np.array([index])), given.weight[[index]], [Kind("", len(columns))], columns)


def _usual(fits: Fits) -> Array:
    """Return how far points usually are, in standard errors, shape (targets,): of many far ones none stands out."""
    distance = np.abs(fits.problem.points.as_normal(fits.residuals))
    return np.maximum(1.0, np.array([median(row) for row in distance]) / MEDIAN)


def _outliers(fits: Fits, contrast: Array, usual: Array) -> NDArray[np.bool_]:
    points = fits.problem.points
    distance = np.abs(points.mean - fits.fitted)
    errors = points.as_normal(distance / np.sqrt(fits.variance))
    # At few counts many standard errors are less unlikely than they look.
    told = np.minimum(errors, np.abs(points.as_normal(fits.residuals)))
    clear: NDArray[np.bool_] = (errors > OUTLIER_ERRORS) & (distance > OUTLIER_CONTRAST * contrast[:, None])
    return clear | (told > OUTLIER_ALONE * usual[:, None])


def _contrast(model: FitModel, fits: Fits) -> Array:
    """
    Return what deviations are compared with, shape (targets,): how far the signal moves, or could move where it need
    not.
    """
    points = fits.problem.points
    contrast: Array = fits.fitted.max(axis=-1) - fits.fitted.min(axis=-1)
    if not must_move(model, fits.problem) and points.is_binomial.any():
        contrast = np.maximum(contrast, np.nanmax(points.high - points.low, axis=-1))
    return contrast


def must_move(model: FitModel, problem: Problem) -> bool:
    """Return whether a signal must change to count: not where the model is of labels alone, or says so."""
    return bool(model.flat and problem.positions.numeric)


@frozen
class ScoreTest:
    """
    How far the points lean towards one kind of wrong model.

    Args:
        kind: How.
        probability: Of so much, were the model right; shared among the kinds.
        size: Root mean square of the departure over the points, in units of the signal.
    """

    kind: Kind
    probability: float
    size: float


def strictest_score_tests(given: Departures, fits: Fits) -> list[ScoreTest | None]:
    """
    Return the least probable of the departures from each fit, or None where no direction is left to ask about.

    Where the points scatter by more than their shots also beyond a departure, it is compared with that scatter: of
    points that lie anywhere some lie in every direction.
    """
    least, which = np.full(len(fits), np.inf), np.full(len(fits), -1)
    along: list[Array] = []
    points, start = len(fits.problem.points), 0
    for number, kind in enumerate(given.kinds):
        chosen = slice(start, start + kind.number)
        start += kind.number
        squares, vectors = np.linalg.eigh(given.products[:, chosen, chosen])
        asks = squares > EXPLAINED**2
        roots = np.sqrt(np.where(asks, squares, 1.0))
        projected = (vectors * given.along[:, chosen, None]).sum(axis=1)
        amounts = np.where(asks, projected / roots, 0.0)
        score, asked = squared(amounts), asks.sum(axis=-1)
        probability = chdtrc(np.maximum(asked, 1), score / _beyond(fits, score, asked))
        less = (asked > 0) & (np.isinf(least) | (probability < least))
        least, which = np.where(less, probability, least), np.where(less, number, which)
        along.append((vectors * (amounts / roots)[:, None]).sum(axis=-1))
    shared = np.minimum(1.0, len(given.kinds) * least).tolist()
    best: list[ScoreTest | None] = [None] * len(fits)
    for number in np.unique(which[which >= 0]).tolist():
        there = np.flatnonzero(which == number)
        start = sum(kind.number for kind in given.kinds[:number])
        beyond = given.beyond[there, start : start + given.kinds[number].number, :points]
        departure = (beyond * along[number][there, :, None]).sum(axis=1) / given.weight[there, :points]
        for index, size in zip(there.tolist(), np.sqrt(squared(departure) / points).tolist(), strict=True):
            best[index] = ScoreTest(given.kinds[number], shared[index], size)
    return best


def _beyond(fits: Fits, score: Array, directions: NDArray[np.intp]) -> Array:
    """Return the chi-square per degree of freedom beyond some directions, or 1 where the shots explain it."""
    remains, degrees_of_freedom = fits.chi_square - score, fits.degrees_of_freedom - directions
    counted = np.maximum(degrees_of_freedom, 1)
    explained = (degrees_of_freedom < 1) | (chdtrc(counted, np.maximum(remains, 0.0)) > FIT_PROBABILITY)
    return np.where(explained, 1.0, np.maximum(1.0, remains / counted))


def _largest(fits: Fits, given: Departures) -> Array:
    """Return how far what is seen moves each parameter and derived quantity at most, shape (targets, n)."""
    seen = np.abs(given.seen) > -ndtri(SEEN_PROBABILITY * given.share / 2)[:, None]
    if not seen.any():
        return np.zeros(fits.gradient.shape[:2])
    moved = np.abs(fits.gradient @ given.moved) + np.abs(fits.gradient @ given.ends)
    largest: Array = np.where(seen[:, None], moved * np.abs(given.amounts)[:, None], 0.0).max(axis=-1)
    return largest


def _widened(fits: Fits) -> Array:
    """Return what the scatter of the points adds to their errors, in quadrature in units of these, (targets,)."""
    degrees_of_freedom = max(1, fits.degrees_of_freedom)
    explained = chdtrc(degrees_of_freedom, fits.chi_square) > SEEN_PROBABILITY
    return np.where(explained, 0.0, np.sqrt(np.maximum(0.0, fits.chi_square / degrees_of_freedom - 1)))
