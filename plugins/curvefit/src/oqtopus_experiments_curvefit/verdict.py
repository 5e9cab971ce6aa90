"""What a fit is worth: findings about the data, the fit, and its parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence

import lmfit
import numpy as np
from scipy import stats

from oqtopus_experiments import FitModel, FitSummary, Reason
from oqtopus_experiments_curvefit.fit import Fit
from oqtopus_experiments_curvefit.likelihood import Points

# One in a thousand signals that are not there passes for one that is.
SIGNAL_PROBABILITY = 1e-3
# Below this probability of so poor a fit the model is doubted.
FIT_PROBABILITY = 1e-3
# A percent of the signal: deviations of this size come from gates and readout, and do not spoil the number.
SYSTEMATIC = 0.01


def has_signal(points: Points, fit: Fit | None) -> bool:
    """Return whether the fit explains the points better than a constant does (likelihood ratio test)."""
    if fit is None:
        return False
    constant = np.average(points.mean, weights=points.shots)
    deviance = float((points.residuals(np.full_like(points.mean, constant)) ** 2).sum())
    extra = max(1, len(points.mean) - fit.freedom - 1)
    return bool(stats.chi2.sf(deviance - fit.deviance, extra) < SIGNAL_PROBABILITY)


def findings(model: FitModel, points: Points, fit: Fit, summary: FitSummary, missing: int) -> list[Reason]:
    """Return everything worth saying about a fit with a signal; never empty."""
    reasons = [*_missing(missing), *_undetermined(summary), *_at_bounds(fit), *_poor_fit(points, fit, summary)]
    for check in model.checks:
        reasons += check(summary)
    if all(reason.level == "good" for reason in reasons):
        reasons.insert(0, Reason("fits", f"the model describes the {len(points.mean)} points", "good"))
    return reasons


def _missing(missing: int) -> list[Reason]:
    if not missing:
        return []
    return [Reason("missing_points", f"{missing} point{'s' * (missing > 1)} without counts", "suspect")]


def _undetermined(summary: FitSummary) -> list[Reason]:
    names = [q.name for q in summary.quantities.values() if not (math.isfinite(q.stderr) and q.is_known)]
    return [Reason("undetermined", f"the data do not determine {', '.join(names)}", "bad")] if names else []


def _at_bounds(fit: Fit) -> list[Reason]:
    return [
        Reason("at_bound", f"{p.name} = {p.value:.4g} is at the limit of its range", "suspect")
        for p in fit.parameters.values()
        if p.vary and _is_at_bound(p)
    ]


def _is_at_bound(parameter: lmfit.Parameter) -> bool:
    return any(
        math.isfinite(bound) and abs(parameter.value - bound) <= 1e-6 * max(1.0, abs(bound))
        for bound in (parameter.min, parameter.max)
    )


def _poor_fit(points: Points, fit: Fit, summary: FitSummary) -> Sequence[Reason]:
    """
    Doubt a model that misses by more than the shots allow and by more than a percent-level systematic would.

    The first alone would reject every fit at a million shots; the second alone every fit at few shots.
    """
    if fit.freedom < 1:
        return [Reason("saturated", "as many parameters as points: the fit cannot be tested", "suspect")]
    probability = float(stats.chi2.sf(fit.deviance, fit.freedom))
    if probability > FIT_PROBABILITY:
        return []
    contrast = float(np.ptp(summary.fitted))
    allowance = np.hypot(1 / np.sqrt(points.information(summary.fitted)), SYSTEMATIC * max(contrast, 1e-12))
    relaxed = float((((summary.mean - summary.fitted) / allowance) ** 2).sum())
    if float(stats.chi2.sf(relaxed, fit.freedom)) > FIT_PROBABILITY:
        return []
    message = (
        f"the model misses the points: chi-square {fit.deviance:.0f} for {fit.freedom} degrees of freedom "
        f"(probability {probability:.1g})"
    )
    return [Reason("poor_fit", message, "bad")]
