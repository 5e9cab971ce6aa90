"""What a fit is worth: findings about the data, the fit, and its parameters. The rules are in docs/statistics.md."""

from __future__ import annotations

import math
from collections.abc import Sequence

import lmfit
import numpy as np
from scipy.special import chdtrc, pdtrc

from oqtopus_experiments import FitModel, FitSummary, Reason
from oqtopus_experiments_curvefit.fit import Fit
from oqtopus_experiments_curvefit.likelihood import Points
from oqtopus_experiments_curvefit.problem import Problem

# With fewer shots the deviance of binomial counts has no chi-square law.
FEW_SHOTS = 20
# So many signals that are not there pass for one that is, all frequencies tried together.
SIGNAL_PROBABILITY = 1e-4
# Below this probability of so poor a fit the shots do not explain it.
FIT_PROBABILITY = 1e-3
# Deviations up to this part of the contrast (root mean square) come from gates and readout and spoil no number.
SYSTEMATIC = 0.015
# One point off by so many standard errors and this part of the contrast is an outlier.
OUTLIER_ERRORS, OUTLIER_CONTRAST = 5.0, 0.1
# Below this probability equal extreme values are no coincidence.
TIES_PROBABILITY = 1e-3


def has_signal(points: Points, fit: Fit) -> bool:
    """
    Return whether the fit explains the points better than a constant does.

    A likelihood ratio test with as many degrees of freedom as the model has parameters beyond a constant. An
    oscillation may hide at about as many frequencies as there are points, so the probability is shared among them.
    """
    constant = np.average(points.mean, weights=points.shots)
    gain = points.deviance(np.full_like(points.mean, constant)) - points.deviance(fit.fitted)
    extra = max(1, len(fit.best) - 1)
    return bool(chdtrc(extra, max(gain, 0.0)) < SIGNAL_PROBABILITY / len(points))


def findings(model: FitModel, problem: Problem, fit: Fit, summary: FitSummary) -> list[Reason]:
    """Return everything worth saying about a fit with a signal; never empty."""
    reasons = [
        *_missing(problem.missing),
        *_few_shots(problem.points),
        *_undetermined(summary),
        *_at_bounds(fit),
        *_misfit(problem.points, fit, _contrast(model, problem.points, fit)),
        *_clipped(problem.points, fit),
    ]
    for check in model.checks:
        reasons += check(summary)
    if all(reason.level == "good" for reason in reasons):
        reasons.insert(0, Reason("fits", f"the model describes the {len(problem.points)} points", "good"))
    return reasons


def _missing(missing: int) -> list[Reason]:
    if not missing:
        return []
    return [Reason("missing_points", f"{missing} point{'s' * (missing > 1)} without counts", "suspect")]


def _few_shots(points: Points) -> list[Reason]:
    shots = int(np.median(points.shots))
    if points.levels is None or shots >= FEW_SHOTS:
        return []
    return [Reason("few_shots", f"{shots} shots a point are too few to test the fit", "suspect")]


def _undetermined(summary: FitSummary) -> list[Reason]:
    names = [q.name for q in summary.quantities.values() if not (math.isfinite(q.stderr) and q.is_known)]
    return [Reason("undetermined", f"the data do not determine {', '.join(names)}", "bad")] if names else []


def _at_bounds(fit: Fit) -> list[Reason]:
    return [
        Reason("at_bound", f"{p.name} = {p.value:.4g} is at the limit of its range", "suspect")
        for p in fit.result.params.values()
        if p.vary and _is_at_bound(p)
    ]


def _is_at_bound(parameter: lmfit.Parameter) -> bool:
    return any(
        math.isfinite(bound) and abs(parameter.value - bound) <= 1e-6 * max(1.0, abs(bound))
        for bound in (parameter.min, parameter.max)
    )


def _contrast(model: FitModel, points: Points, fit: Fit) -> float:
    """Return what deviations are compared with: how far the signal moves, or could move where it need not."""
    moved = float(np.ptp(fit.fitted))
    return moved if model.flat or points.levels is None else max(moved, points.levels[1] - points.levels[0])


def _misfit(points: Points, fit: Fit, contrast: float) -> Sequence[Reason]:
    """
    Doubt a model that misses by more than the shots explain and by more than a percent-level systematic.

    The first alone would reject every fit at a million shots; the second alone every fit at few shots.
    """
    if fit.freedom < 1:
        return [Reason("too_few_points", "as many parameters as points: the fit cannot be tested", "suspect")]
    distance = points.mean - fit.fitted
    variance = points.variance(fit.fitted)
    reasons = []
    far = (np.abs(distance) > OUTLIER_ERRORS * np.sqrt(variance)) & (np.abs(distance) > OUTLIER_CONTRAST * contrast)
    if far.any():
        count = int(far.sum())
        reasons.append(Reason("outlier", f"{count} point{'s' * (count > 1)} far from the model", "suspect"))
    probability = float(chdtrc(fit.freedom, fit.deviance))
    if probability > FIT_PROBABILITY:
        return reasons
    excess = math.sqrt(max(0.0, float(np.mean(distance**2 - variance))))
    part = excess / contrast if contrast > 0 else math.inf
    size = f"{100 * part:.2g} % of the contrast beyond shot noise"
    if part > SYSTEMATIC:
        message = f"the model misses the points by {size} (chi-square {fit.deviance:.0f} for {fit.freedom})"
        return [*reasons, Reason("poor_fit", message, "bad")]
    return [*reasons, Reason("systematic", f"deviations of {size}; standard errors cover shot noise only", "good")]


def _clipped(points: Points, fit: Fit) -> list[Reason]:
    """
    Doubt data whose extreme value repeats: a saturated readout, cut off at a limit.

    Under the fit, each point takes a given value with a probability near that of a normal density, so about as many
    share the extreme by chance as these probabilities sum to, with a Poisson law. A signal of 0 or 1 may repeat.
    """
    if points.levels is None:
        return []
    low, high = points.levels
    step = (high - low) / points.shots
    sigma = np.maximum(np.sqrt(points.variance(fit.fitted)), step / 2)
    reasons = []
    for side, extreme in (("largest", float(points.mean.max())), ("smallest", float(points.mean.min()))):
        tied = int((points.mean == extreme).sum())
        if tied < 3 or extreme in points.levels:
            continue
        distance = (extreme - fit.fitted) / sigma
        by_chance = float((step / sigma * np.exp(-(distance**2) / 2)).sum()) / math.sqrt(2 * math.pi)
        if pdtrc(tied - 2, by_chance) < TIES_PROBABILITY:
            reasons.append(Reason("clipped", f"{tied} points share the {side} value: cut off at a limit?", "suspect"))
    return reasons
