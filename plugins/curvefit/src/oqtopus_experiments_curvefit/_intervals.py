"""Profile-likelihood intervals: where the deviance, minimized over all other parameters, has risen by one."""

from __future__ import annotations

import math
import warnings

import lmfit
import numpy as np
from scipy.special import erf

from oqtopus_experiments_curvefit._fit import Fit

ONE_SIGMA = float(erf(1 / math.sqrt(2)))


def profile_intervals(fit: Fit) -> dict[str, tuple[float, float]]:
    """
    Return the one-sigma interval of each free parameter by lmfit's ``conf_interval``; NaN where it has no end.

    Its default, an F test, scales errors by the scatter of the points; the errors of counts are known, so the test is
    that of the likelihood ratio (Wilks 1938): the deviance rises by one.
    """
    minimizer, result = fit.by_lmfit
    variable = list(result.var_names)
    errors = np.sqrt(np.diag(fit.covariance))
    if not np.isfinite(errors).all():
        return {}
    for name, value, error in zip(fit.names, fit.values.values(), errors, strict=True):
        if name in result.params:
            # conf_interval takes its first steps by these.
            result.params[name].value, result.params[name].stderr = value, float(error)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "bound reached": the missing end says so
            found = lmfit.conf_interval(
                minimizer, result, p_names=variable, sigmas=[ONE_SIGMA], prob_func=_likelihood_ratio
            )
    except (lmfit.MinimizerException, ValueError):
        return {}
    return {name: _ends(levels) for name, levels in found.items()}


def _likelihood_ratio(best: lmfit.minimizer.MinimizerResult, other: lmfit.minimizer.MinimizerResult) -> float:
    return float(erf(math.sqrt(max(0.0, other.chisqr - best.chisqr) / 2)))


def _ends(levels: list[tuple[float, float]]) -> tuple[float, float]:
    values = [value if math.isfinite(value) else math.nan for _, value in levels]
    return values[0], values[-1]
