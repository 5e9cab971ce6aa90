"""How the points leave a fit, asked once: in which directions and stretches, at which points, and what that moves."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import FitModel
from oqtopus_experiments_curvefit._departures import Departures, Kind, departures, followed
from oqtopus_experiments_curvefit._fit import Fit
from oqtopus_experiments_curvefit._limits import (
    LOCALIZED_PROBABILITY,
    OUTLIER_ALONE,
    OUTLIER_CONTRAST,
    OUTLIER_ERRORS,
)
from oqtopus_experiments_curvefit._problem import Problem
from oqtopus_experiments_curvefit._runs import Stretch, localized
from oqtopus_experiments_curvefit._score_test import ScoreTest, strictest_score_test
from oqtopus_experiments_curvefit._systematic import systematics

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
    distance = np.abs(problem.points.residuals(fit.fitted))
    return max(1.0, float(np.median(distance)) / MEDIAN)


def _outliers(problem: Problem, fit: Fit, contrast: float, usual: float) -> NDArray[np.bool_]:
    distance = np.abs(problem.points.mean - fit.fitted)
    errors = np.sqrt(problem.points.variance(fit.fitted))
    # At few counts many standard errors are less unlikely than they look.
    told = np.minimum(distance / errors, np.abs(problem.points.residuals(fit.fitted)))
    clear: NDArray[np.bool_] = (distance > OUTLIER_ERRORS * errors) & (distance > OUTLIER_CONTRAST * contrast)
    return clear | (told > OUTLIER_ALONE * usual)


def _contrast(model: FitModel, problem: Problem, fit: Fit) -> float:
    """Return what deviations are compared with: how far the signal moves, or could move where it need not."""
    moved, points = float(np.ptp(fit.fitted)), problem.points
    if must_move(model, problem) or not points.is_binomial.any():
        return moved
    return max(moved, float(np.nanmax(points.high - points.low)))


def must_move(model: FitModel, problem: Problem) -> bool:
    """Return whether a signal that does not change is none: not where the model is of labels alone, or says so."""
    return bool(model.flat and problem.positions.numeric)
