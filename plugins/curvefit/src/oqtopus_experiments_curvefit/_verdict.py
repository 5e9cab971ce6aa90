"""
What a fit is worth: all rules and limits behind a verdict; the table in docs/statistics.md says them in words.

Findings about the data, the parameters, how well the model describes the points (outliers, the size of the misfit, and
where it leans: `score_test`), and signs of a readout that is cut off.
"""

from __future__ import annotations

import math

import lmfit
import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, chdtrc

from oqtopus_experiments import LEVELS, FitModel, FitSummary, Reason, ReasonCode
from oqtopus_experiments_curvefit._fit import Fit
from oqtopus_experiments_curvefit._likelihood import Points
from oqtopus_experiments_curvefit._problem import Problem
from oqtopus_experiments_curvefit._score_test import ScoreTest, strictest_score_test

Array = NDArray[np.float64]

# With fewer shots the deviance of binomial counts has no chi-square law.
FEW_SHOTS = 20
# The last step towards a limit is not worth taking: a fit that would go on beyond it ends so many standard errors away.
AT_BOUND = 0.01
# Below this probability of so poor a fit the shots do not explain it.
FIT_PROBABILITY = 1e-3
# Deviations up to this part of the contrast (root mean square) come from gates and readout and spoil no number.
SYSTEMATIC = 0.015
# Directed tests: so many right models are doubted, and departures shown to be below this part of the contrast are not.
SCORE_PROBABILITY, SCORE_SIZE = 0.02, 0.01
# One point off by so many standard errors and this part of the contrast is an outlier.
OUTLIER_ERRORS, OUTLIER_CONTRAST = 5.0, 0.1
# Below this probability equal extreme values are not coincidence.
TIES_PROBABILITY = 0.01
# A plateau is flat to shot noise (probability above the first) where the model moves by this much (deviance).
FLAT_PROBABILITY, MOVES = 0.01, 60.0


def findings(model: FitModel, problem: Problem, fit: Fit, summary: FitSummary) -> list[Reason]:
    """Return everything worth saying about a fit with a signal; never empty."""
    reasons = [
        *_missing(problem.missing),
        *_few_shots(problem.points),
        *_undetermined(summary),
        *_at_bounds(fit, summary),
        *misfit(model, problem, fit),
        *_clipped(problem, fit),
    ]
    for check in model.checks:
        reasons += check(summary)
    if all(reason.level == "good" for reason in reasons):
        reasons.insert(0, Reason(ReasonCode.FITS, f"the model describes the {len(problem.points)} points", "good"))
    return reasons


def _missing(missing: int) -> list[Reason]:
    if not missing:
        return []
    return [Reason(ReasonCode.MISSING_POINTS, f"{missing} point{'s' * (missing > 1)} without counts", "suspect")]


def _few_shots(points: Points) -> list[Reason]:
    if not points.is_binomial.any():
        return []
    shots = int(np.median(points.shots[points.is_binomial]))
    if shots >= FEW_SHOTS:
        return []
    return [Reason(ReasonCode.FEW_SHOTS, f"{shots} shots a point are too few to test the fit", "suspect")]


def _undetermined(summary: FitSummary) -> list[Reason]:
    names = [q.name for q in summary.quantities.values() if not (math.isfinite(q.stderr) and q.is_known)]
    return [Reason(ReasonCode.UNDETERMINED, f"the data do not determine {', '.join(names)}", "bad")] if names else []


def _at_bounds(fit: Fit, summary: FitSummary) -> list[Reason]:
    return [
        Reason(ReasonCode.AT_BOUND, f"{p.name} = {p.value:.4g} is at the limit of its range", "suspect")
        for p in fit.result.params.values()
        if p.vary and _is_at_bound(p, summary.quantities[p.name].stderr)
    ]


def _is_at_bound(parameter: lmfit.Parameter, stderr: float) -> bool:
    near = AT_BOUND * stderr if math.isfinite(stderr) else 0.0
    return any(
        math.isfinite(bound) and abs(parameter.value - bound) <= max(near, 1e-6 * max(1.0, abs(bound)))
        for bound in (parameter.min, parameter.max)
    )


def misfit(model: FitModel, problem: Problem, fit: Fit) -> list[Reason]:
    """Return what there is to say about how well the model describes the points; nothing when it does."""
    contrast = _contrast(model, problem, fit)
    if fit.degrees_of_freedom < 1:
        return [Reason(ReasonCode.TOO_FEW_POINTS, "as many parameters as points: the fit cannot be tested", "suspect")]
    score_test = strictest_score_test(problem, fit)
    if score_test is not None and score_test.probability > SCORE_PROBABILITY:
        score_test = None
    found = [*_size(problem.points, fit, contrast, score_test), *_lean(score_test, contrast)]
    # Both speak of the same deviations: the worse says it.
    return [*_outliers(problem.points, fit, contrast), *sorted(found, key=_severity)[-1:]]


def _contrast(model: FitModel, problem: Problem, fit: Fit) -> float:
    """Return what deviations are compared with: how far the signal moves, or could move where it need not."""
    moved, points = float(np.ptp(fit.fitted)), problem.points
    if must_move(model, problem) or not points.is_binomial.any():
        return moved
    return max(moved, float(np.nanmax(points.high - points.low)))


def must_move(model: FitModel, problem: Problem) -> bool:
    """Return whether a signal that does not change is none: not where the model is of labels alone, or says so."""
    return bool(model.flat and problem.positions.numeric)


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


def _clipped(problem: Problem, fit: Fit) -> list[Reason]:
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
    """Doubt the points where the model is most extreme when they agree with each other and not with the model."""
    order = np.argsort(-sign * fitted, kind="stable")[: max(3, len(fitted) // 2)]
    weight = 1 / points.variance(fitted)[order]
    flat = _squares_about_mean(points.mean[order], weight)
    moves = _squares_about_mean(fitted[order], weight)
    count = np.arange(1, len(order) + 1)
    found = (count >= 3) & (moves > MOVES) & (chdtrc(np.maximum(count - 1, 1), flat) > FLAT_PROBABILITY)
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
