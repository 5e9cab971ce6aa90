"""Whether a model describes its points: outliers, the size of the misfit, and where it leans."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import chdtrc

from oqtopus_experiments import LEVELS, FitModel, Reason, ReasonCode
from oqtopus_experiments_curvefit.fit import Fit
from oqtopus_experiments_curvefit.likelihood import Points
from oqtopus_experiments_curvefit.problem import Problem
from oqtopus_experiments_curvefit.score_test import ScoreTest, strictest_score_test

# Below this probability of so poor a fit the shots do not explain it.
FIT_PROBABILITY = 1e-3
# Deviations up to this part of the contrast (root mean square) come from gates and readout and spoil no number.
SYSTEMATIC = 0.015
# Directed tests: so many right models are doubted, and departures shown to be below this part of the contrast are not.
SCORE_PROBABILITY, SCORE_SIZE = 0.02, 0.01
# One point off by so many standard errors and this part of the contrast is an outlier.
OUTLIER_ERRORS, OUTLIER_CONTRAST = 5.0, 0.1


def misfit(model: FitModel, problem: Problem, fit: Fit) -> list[Reason]:
    """Return what there is to say about how well the model describes the points; nothing when it does."""
    contrast = _contrast(model, problem.points, fit)
    if fit.degrees_of_freedom < 1:
        return [Reason(ReasonCode.TOO_FEW_POINTS, "as many parameters as points: the fit cannot be tested", "suspect")]
    score_test = strictest_score_test(problem, fit)
    if score_test is not None and score_test.probability > SCORE_PROBABILITY:
        score_test = None
    found = [*_size(problem.points, fit, contrast, score_test), *_lean(score_test, contrast)]
    # Both speak of the same deviations: the worse says it.
    return [*_outliers(problem.points, fit, contrast), *sorted(found, key=_severity)[-1:]]


def _contrast(model: FitModel, points: Points, fit: Fit) -> float:
    """Return what deviations are compared with: how far the signal moves, or could move where it need not."""
    moved = float(np.ptp(fit.fitted))
    return moved if model.flat or not points.are_binomial else max(moved, float(np.max(points.high - points.low)))


def _severity(reason: Reason) -> int:
    return LEVELS.index(reason.level)


def _outliers(points: Points, fit: Fit, contrast: float) -> list[Reason]:
    distance = np.abs(points.mean - fit.fitted)
    far = (distance > OUTLIER_ERRORS * np.sqrt(points.variance(fit.fitted))) & (distance > OUTLIER_CONTRAST * contrast)
    count = int(far.sum())
    message = f"{count} point{'s' * (count > 1)} far from the model"
    return [Reason(ReasonCode.OUTLIER, message, "suspect")] if count else []


def _size(points: Points, fit: Fit, contrast: float, score_test: ScoreTest | None) -> list[Reason]:
    """
    Reject a model that misses by more than the shots explain and by more than a percent-level systematic.

    The first alone would reject every fit at a million shots; the second alone every fit at few shots.
    """
    if chdtrc(fit.degrees_of_freedom, fit.deviance) > FIT_PROBABILITY:
        return []
    excess = math.sqrt(max(0.0, float(np.mean((points.mean - fit.fitted) ** 2 - points.variance(fit.fitted)))))
    size = f"{_part(excess, contrast)} beyond shot noise"
    if excess > SYSTEMATIC * contrast:
        manner = f", as if {score_test.kind}" if score_test is not None else ""
        test = f"chi-square {fit.deviance:.0f} for {fit.degrees_of_freedom}"
        message = f"the model misses the points by {size} ({test}){manner}"
        return [Reason(ReasonCode.POOR_FIT, message, "bad")]
    return [_systematic(size)]


def _lean(score_test: ScoreTest | None, contrast: float) -> list[Reason]:
    """Doubt a model that the points leave as they would leave a wrong one, unless they show that it is by a percent."""
    if score_test is None:
        return []
    size = _part(score_test.size, contrast)
    if score_test.at_most <= SCORE_SIZE * contrast:
        return [_systematic(size)] if score_test.probability < FIT_PROBABILITY else []
    return [Reason(ReasonCode.POOR_FIT, f"the points leave the model by {size}, as if {score_test.kind}", "suspect")]


def _systematic(size: str) -> Reason:
    return Reason(ReasonCode.SYSTEMATIC, f"deviations of {size}; standard errors cover shot noise only", "good")


def _part(size: float, contrast: float) -> str:
    return f"{100 * size / contrast:.2g} % of the contrast" if contrast > 0 else f"{size:.2g}"
