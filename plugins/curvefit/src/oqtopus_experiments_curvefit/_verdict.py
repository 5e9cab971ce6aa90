"""
What a fit is worth: the rules behind a verdict; the table in docs/statistics.md says them in words.

Findings about the data, the parameters, how well the model describes the points (`misfit`), and signs of a readout that
is cut off (`clipped`). Their limits are in `_limits.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import lmfit
import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from oqtopus_experiments import LEVELS, FitSummary, Reason, ReasonCode
from oqtopus_experiments_curvefit._fit import Fit
from oqtopus_experiments_curvefit._limits import (
    ADMITTED,
    AT_BOUND,
    FEW_SHOTS,
    FIT_PROBABILITY,
    MISSING,
    SCATTER,
    SCORE_PROBABILITY,
)
from oqtopus_experiments_curvefit._median import median
from oqtopus_experiments_curvefit._misfit import Misfit, ScoreTest

Array = NDArray[np.float64]


def findings(
    fit: Fit,
    summary: FitSummary,
    misfit: Misfit,
    clipped: Sequence[Reason],
    headline: str,
    checked: Sequence[Reason],
) -> list[Reason]:
    """
    Return everything worth saying about a fit with a signal; never empty.

    Args:
        fit: The fit.
        summary: What checks of the model saw of it.
        misfit: How the points leave it.
        clipped: Signs of a readout that is cut off.
        headline: The quantity that is worth most.
        checked: What the checks of the model found.
    """
    reasons = [
        *_missing(fit),
        *few_shots(fit.shots),
        *_undetermined(summary),
        *_at_bounds(fit, summary),
        *_misfit(fit, summary, misfit, headline),
        *clipped,
        *checked,
    ]
    if all(reason.level == "good" for reason in reasons):
        reasons.insert(0, Reason(ReasonCode.FITS, f"the model describes the {len(fit.fitted)} points", "good"))
    return reasons


def _missing(fit: Fit) -> list[Reason]:
    """Doubt what lacks many of its points; of a few, the others and their errors tell as much as they would."""
    missing = fit.missing
    if not missing:
        return []
    message = f"{missing} point{'s' * (missing > 1)} without counts"
    return [
        Reason(
            ReasonCode.MISSING_POINTS, message, "good" if missing < MISSING * fit.among.problem.circuits else "suspect"
        )
    ]


def few_shots(behind: Array) -> list[Reason]:
    """Return that shots are too few to test a fit, where they are; those behind each two-valued point, shape (n,)."""
    if not len(behind):
        return []
    shots = int(median(behind))
    if shots >= FEW_SHOTS:
        return []
    return [Reason(ReasonCode.FEW_SHOTS, f"{shots} shots a point are too few to test the fit", "suspect")]


def _undetermined(summary: FitSummary) -> list[Reason]:
    names = [q.name for q in summary.quantities.values() if not (math.isfinite(q.stderr) and q.is_known)]
    return [Reason(ReasonCode.UNDETERMINED, f"the data do not determine {', '.join(names)}", "bad")] if names else []


def _at_bounds(fit: Fit, summary: FitSummary) -> list[Reason]:
    return [
        Reason(ReasonCode.AT_BOUND, f"{_told(name, value, summary)} is at the limit of its range", "suspect")
        for name, value in zip(fit.free, fit.best.tolist(), strict=True)
        if _is_at_bound(value, fit.among.problem.model.parameters[name], summary.quantities[name].stderr)
    ]


def _told(name: str, value: float, summary: FitSummary) -> str:
    return f"{name} = {value:.4g} {summary.quantities[name].unit}".rstrip()


def _is_at_bound(value: float, parameter: lmfit.Parameter, stderr: float) -> bool:
    """Return whether a parameter is at a limit: as near as matters to its error, or to its limits where it has none."""
    limits = [bound for bound in (parameter.min, parameter.max) if math.isfinite(bound)]
    near = AT_BOUND * stderr if math.isfinite(stderr) else 0.0
    scale = 1e-6 * max((abs(bound) for bound in limits), default=0.0)
    return any(abs(value - bound) <= max(near, scale) for bound in limits)


def _misfit(fit: Fit, summary: FitSummary, misfit: Misfit, headline: str) -> list[Reason]:
    """Return what there is to say about how well the model describes the points; nothing when it does."""
    different = fit.among.problem.different(fit.jacobian)
    if fit.degrees_of_freedom < 1 or different <= len(fit.best):
        message = f"{different} different points cannot test {len(fit.best)} parameters; take more"
        return [Reason(ReasonCode.TOO_FEW_POINTS, message, "suspect")]
    test = misfit.score_test
    if test is not None and test.probability > SCORE_PROBABILITY:
        test = None
    found = [*_size(fit, misfit.contrast, test), *_lean(test, misfit.contrast, summary, headline)]
    # Both speak of the same deviations: the worse says it.
    return [*_outliers(misfit), *_localized(misfit, test), *sorted(found, key=_severity)[-1:]]


def _severity(reason: Reason) -> int:
    return LEVELS.index(reason.level)


def _outliers(misfit: Misfit) -> list[Reason]:
    count = int(misfit.outliers.sum())
    message = f"{count} point{'s' * (count > 1)} far from the model"
    return [Reason(ReasonCode.OUTLIER, message, "suspect")] if count else []


def _localized(misfit: Misfit, test: ScoreTest | None) -> list[Reason]:
    """Doubt stretches of points; where the points lean as a whole, every stretch does and none is special."""
    if test is not None:
        return []
    return [Reason(ReasonCode.LOCALIZED, stretch.told, "suspect") for stretch in misfit.stretches]


def _size(fit: Fit, contrast: float, test: ScoreTest | None) -> list[Reason]:
    """
    Reject a model that misses by more than the shots explain and by more than a percent-level systematic.

    The first alone would reject every fit at a million shots; the second alone every fit at few shots.
    """
    if chdtrc(fit.degrees_of_freedom, fit.chi_square) > FIT_PROBABILITY:
        return []
    excess = math.sqrt(max(0.0, float(np.mean((fit.mean - fit.fitted) ** 2 - fit.variance))))
    size = f"{_part(excess, contrast)} beyond shot noise"
    if excess > SCATTER * contrast:
        manner = f", as if {test.kind.told}" if test is not None else ""
        chi_square = f"chi-square {fit.chi_square:.0f} for {fit.degrees_of_freedom}"
        message = f"the model misses the points by {size} ({chi_square}){manner}"
        return [Reason(ReasonCode.POOR_FIT, message, "bad")]
    return [Reason(ReasonCode.SYSTEMATIC, f"deviations of {size}; standard errors cover shot noise only", "good")]


def _lean(test: ScoreTest | None, contrast: float, summary: FitSummary, headline: str) -> list[Reason]:
    """Doubt a model that the points leave as they would leave a wrong one, when that moves the headline."""
    if test is None:
        return []
    quantity = summary.quantities[headline]
    left = f"the points leave the model by {_part(test.size, contrast)}, as if {test.kind.told}"
    # Also of what could not be worked out.
    if quantity.systematic <= ADMITTED * quantity.stderr:
        return [Reason(ReasonCode.SYSTEMATIC, left, "good")]
    strong = test.probability < FIT_PROBABILITY and test.kind.code == ReasonCode.SYSTEMATIC
    moved = f"; {headline} may be off by {quantity.systematic / quantity.stderr:.2g} standard errors"
    return [Reason(ReasonCode.POOR_FIT if strong else test.kind.code, left + moved, "suspect")]


def _part(size: float, contrast: float) -> str:
    return f"{100 * size / contrast:.2g} % of the contrast" if contrast > 0 else f"{size:.2g}"
