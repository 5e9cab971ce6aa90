"""
What the data say of a number that they do not determine: a bound, where the profile likelihood has one.

The deviance, minimized over all other parameters, is followed away from its minimum until it has risen by what a
one-sided test at 95 % admits (Wilks 1938, Ann. Math. Stat. 9, 60); where it never does, there is no bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import lmfit

from oqtopus_experiments_curvefit._fit import Fit

# One-sided 95 %: the square of 1.645 standard errors.
RISE = 2.706
# How far to look for the rise: factors of 2 of a positive parameter, standard errors of another. Further out the slopes
# of a model vanish in rounding, and its deviance with them.
STEPS = (0.25, 0.5, 1.0, 2.0, 4.0, 7.0, 10.0)
# Down from a number that ran away it may be far.
FURTHER = (15.0, 20.0, 30.0, 40.0, 50.0)
# Of what the limits of a parameter span, in the first steps.
PART = 0.25
# Halvings of the last step: to a percent.
HALVINGS = 7
# Evaluations of one minimization, for each parameter.
EVALUATIONS = 20


def bounds(fit: Fit, name: str) -> tuple[float, float]:
    """Return what a fitted parameter exceeds and what it is below, with 95 % confidence each; NaN without a bound."""
    if name not in fit.free:
        return math.nan, math.nan
    parameter = fit.by_lmfit[1].params[name]
    best = float(parameter.value)
    if not (math.isfinite(best) and math.isfinite(fit.deviance)):
        return math.nan, math.nan
    low, high = float(parameter.min), float(parameter.max)
    if parameter.min == 0 and best > 0:
        # A constant that is positive is unknown by factors.
        ways = [lambda step, sign=sign: _within(best * 2.0 ** (sign * step), low, high) for sign in (-1, 1)]
    else:
        stderr = math.sqrt(fit.covariance[(index := fit.names.index(name), index)])
        unit = stderr if math.isfinite(stderr) and stderr > 0 else max(abs(best), 1e-3)
        # Where a slope vanishes an error may be any number: the first steps stay between the limits.
        unit = min(unit, PART * (high - low))
        ways = [lambda step, sign=sign: _within(best + sign * unit * step, low, high) for sign in (-1, 1)]
    far = (STEPS + FURTHER, STEPS) if parameter.min == 0 and best > 0 else (STEPS, STEPS)
    walks = [_walk(fit, name, way, steps) for way, steps in zip(ways, far, strict=True)]
    lowest = min(deviance for walk in walks for _, deviance, _ in walk)
    at_least, at_most = (_crossing(fit, name, way, walk, lowest) for way, walk in zip(ways, walks, strict=True))
    return at_least, at_most


def _within(value: float, low: float, high: float) -> float:
    """Return a value no further than the limits of a parameter: where the deviance has not risen there, none does."""
    return min(max(value, low), high)


Way = Callable[[float], float]
Walk = list[tuple[float, float, lmfit.Parameters]]


def _walk(fit: Fit, name: str, way: Way, steps: tuple[float, ...]) -> Walk:
    """Return steps away from the best value with their deviances, until they rise enough."""
    result = fit.by_lmfit[1]
    least = float(result.chisqr)
    walk: Walk = [(0.0, least, result.params)]
    for step in steps:
        deviance, parameters = _minimized(fit, name, way(step), walk[-1][2])
        walk.append((step, deviance, parameters))
        if deviance > least + RISE:
            break
    return walk


def _crossing(fit: Fit, name: str, way: Way, walk: Walk, lowest: float) -> float:
    """Return where the deviance is above the lowest by as much as is admitted; NaN where it never is."""
    start = max(index for index, (_, deviance, _) in enumerate(walk) if deviance <= lowest + RISE or index == 0)
    if start + 1 == len(walk):
        return math.nan
    (inside, _, parameters), (outside, _, _) = walk[start : start + 2]
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        deviance, _ = _minimized(fit, name, way(middle), parameters)
        inside, outside = (middle, outside) if deviance <= lowest + RISE else (inside, middle)
    return way(outside)


def _minimized(fit: Fit, name: str, value: float, start: lmfit.Parameters) -> tuple[float, lmfit.Parameters]:
    """Return the least deviance where one parameter is held."""
    parameters = start.copy()
    parameters[name].set(value=value, vary=False)
    if parameters[name].value != value:
        return math.inf, start  # beyond the limits of the parameter
    if not any(parameter.vary for parameter in parameters.values()):
        residuals = fit.by_lmfit[0].userfcn(parameters)
        return float(residuals @ residuals), parameters
    result = fit.by_lmfit[0].leastsq(params=parameters, max_nfev=EVALUATIONS * len(parameters))
    return float(result.chisqr), result.params
