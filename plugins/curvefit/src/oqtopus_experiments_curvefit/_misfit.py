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

import math

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtri

from oqtopus_experiments import FitModel
from oqtopus_experiments_curvefit._departures import EXPLAINED, Departures, Kind, departures, followed
from oqtopus_experiments_curvefit._fit import Fit, standard_errors
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


def misfit(model: FitModel, problem: Problem, fit: Fit) -> Misfit:
    """Ask how the points leave a fit; nothing of one that has as many parameters as points."""
    contrast, nowhere = _contrast(model, problem, fit), np.zeros(len(problem.points), dtype=bool)
    if fit.degrees_of_freedom < 1:
        return Misfit(contrast, None, [], nowhere, np.full(len(fit.names), np.nan))
    given = departures(problem, fit)
    if given is None:
        return Misfit(contrast, None, [], nowhere, systematics(fit))
    usual = _usual(problem, fit)
    stretches = localized(problem, fit, usual, LOCALIZED_PROBABILITY)
    outliers = _outliers(problem, fit, contrast, usual)
    damage = _let_in(problem, fit, given, stretches, outliers)
    score_test = strictest_score_test(given, fit)
    return Misfit(contrast, score_test, stretches, outliers, systematics(fit, given, damage))


def _let_in(
    problem: Problem, fit: Fit, given: Departures, stretches: list[Stretch], outliers: NDArray[np.bool_]
) -> Departures | None:
    """Return the directions in which a stretch, or a point, has a signal of its own."""
    points = [np.eye(len(outliers))[index] for index in np.flatnonzero(outliers)]
    slopes = [np.ones(len(outliers)), *fit.jacobian[: len(outliers)].T]
    columns = points + [stretch.points * slope for stretch in stretches for slope in slopes]
    return followed(problem, fit, given.weight, [Kind("", len(columns))], columns) if columns else None


def _usual(problem: Problem, fit: Fit) -> float:
    """Return how far points usually are, in standard errors: where all are far, none stands out."""
    points = problem.points
    return max(1.0, median(np.abs(points.as_normal(fit.residuals))) / MEDIAN)


def _outliers(problem: Problem, fit: Fit, contrast: float, usual: float) -> NDArray[np.bool_]:
    points = problem.points
    distance = np.abs(points.mean - fit.fitted)
    errors = points.as_normal(distance / np.sqrt(fit.variance))
    # At few counts many standard errors are less unlikely than they look.
    told = np.minimum(errors, np.abs(points.as_normal(fit.residuals)))
    clear: NDArray[np.bool_] = (errors > OUTLIER_ERRORS) & (distance > OUTLIER_CONTRAST * contrast)
    return clear | (told > OUTLIER_ALONE * usual)


def _contrast(model: FitModel, problem: Problem, fit: Fit) -> float:
    """Return what deviations are compared with: how far the signal moves, or could move where it need not."""
    moved, points = float(np.ptp(fit.fitted)), problem.points
    if must_move(model, problem) or not points.is_binomial.any():
        return moved
    return max(moved, float(np.nanmax(points.high - points.low)))


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
        directions: Which directions belong to the kind, as a slice of all.
    """

    kind: Kind
    probability: float
    size: float
    directions: slice


def strictest_score_test(given: Departures, fit: Fit) -> ScoreTest | None:
    """
    Return the least probable of the departures from a fit, or None when no direction is left to ask about.

    Where the points scatter by more than their shots also beyond a departure, it is compared with that scatter: of
    points that lie anywhere some lie in every direction.
    """
    best: tuple[float, Kind, slice, Array] | None = None
    start = 0
    for kind in given.kinds:
        chosen = slice(start, start + kind.number)
        start += kind.number
        squares, vectors = np.linalg.eigh(given.products[chosen, chosen])
        asks = squares > EXPLAINED**2
        if not asks.any():
            continue
        amounts = (vectors[:, asks].T @ given.along[chosen]) / np.sqrt(squares[asks])
        score = float(amounts @ amounts)
        probability = float(chdtrc(len(amounts), score / _beyond(fit, score, len(amounts))))
        if best is None or probability < best[0]:
            best = probability, kind, chosen, vectors[:, asks] @ (amounts / np.sqrt(squares[asks]))
    if best is None:
        return None
    probability, kind, chosen, amounts = best
    departure = (given.beyond[:, chosen] @ amounts / given.weight)[: len(fit.fitted)]
    size = math.sqrt(float(np.mean(departure**2)))
    return ScoreTest(kind, min(1.0, len(given.kinds) * probability), size, chosen)


def _beyond(fit: Fit, score: float, directions: int) -> float:
    """Return the chi-square per degree of freedom beyond some directions, or 1 where the shots explain it."""
    remains, degrees_of_freedom = fit.chi_square - score, fit.degrees_of_freedom - directions
    if degrees_of_freedom < 1 or chdtrc(degrees_of_freedom, max(remains, 0.0)) > FIT_PROBABILITY:
        return 1.0
    return max(1.0, remains / degrees_of_freedom)


def systematics(fit: Fit, *looked: Departures | None) -> Array:
    """
    Return the systematic of every parameter and derived quantity, shape (n,): 0 where nothing is seen, NaN where not
    looked for.
    """
    errors = standard_errors(fit.covariance)
    shift = np.zeros(len(errors))
    for given in looked:
        if given is not None:
            shift = np.maximum(shift, _largest(fit, given))
    return np.where(np.isfinite(errors), np.hypot(shift, errors * _widened(fit)), np.nan)


def _largest(fit: Fit, given: Departures) -> Array:
    seen = np.abs(given.seen) > -ndtri(SEEN_PROBABILITY * given.share / 2)
    if not seen.any():
        return np.zeros(len(fit.gradient))
    amounts = given.amounts[seen]
    moved = np.abs(fit.gradient @ given.moved[:, seen]) + np.abs(fit.gradient @ given.ends[:, seen])
    largest: Array = (moved * np.abs(amounts)).max(axis=1)
    return largest


def _widened(fit: Fit) -> float:
    """Return what the scatter of the points adds to their errors, in quadrature and in units of these."""
    if fit.degrees_of_freedom < 1 or chdtrc(fit.degrees_of_freedom, fit.chi_square) > SEEN_PROBABILITY:
        return 0.0
    return math.sqrt(max(0.0, fit.chi_square / fit.degrees_of_freedom - 1))
