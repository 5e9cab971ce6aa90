"""What a fit is worth: findings about the data, the fit, and its parameters. The rules are in docs/statistics.md."""

from __future__ import annotations

import math

import lmfit
import numpy as np
from scipy.special import chdtrc

from oqtopus_experiments import FitModel, FitSummary, Reason, ReasonCode
from oqtopus_experiments_curvefit.clipping import clipping
from oqtopus_experiments_curvefit.fit import Fit
from oqtopus_experiments_curvefit.likelihood import Points
from oqtopus_experiments_curvefit.misfit import misfit
from oqtopus_experiments_curvefit.problem import Problem

# With fewer shots the deviance of binomial counts has no chi-square law.
FEW_SHOTS = 20
# The last step towards a limit is not worth taking: a fit that would go on beyond it ends so many standard errors away.
AT_BOUND = 0.01
# So many signals that are not there pass for one that is, all frequencies tried together.
SIGNAL_PROBABILITY = 1e-4


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
        *_at_bounds(fit, summary),
        *misfit(model, problem, fit),
        *clipping(problem.points, fit.fitted),
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
    shots = int(np.median(points.shots))
    if not points.are_binomial or shots >= FEW_SHOTS:
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
