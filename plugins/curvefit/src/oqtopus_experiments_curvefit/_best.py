"""Maximum likelihood: the best of several starts of each target, and the covariance of everything reported."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments_curvefit._covariance import covariance_at, gradient_at
from oqtopus_experiments_curvefit._fit import Fits
from oqtopus_experiments_curvefit._model import Values
from oqtopus_experiments_curvefit._problem import Problem
from oqtopus_experiments_curvefit._search import search

Array = NDArray[np.float64]

# A start that leads to a fit this good ends the search for a better one, in deviance per degree of freedom.
GOOD_ENOUGH = 1.5
# A later start must be better by this in deviance: aliases of an oscillation fit equally well, to rounding.
CLEARLY = 0.1
# At a bound lmfit's parameters have no slope, and a fit that starts there stays there. So a start so near to a bound,
# in parts of what the bounds span (of the bound itself where there is one), is moved off it by either of these.
AT_BOUND, INSIDE = 1e-6, (1e-4, 1e-2)


def best_fits(problem: Problem, starts: Sequence[Sequence[Values]]) -> tuple[NDArray[np.intp], Fits | None]:
    """
    Return the most likely parameters of the targets, and which these are: those with a start that leads anywhere.

    Starts are tried in the order of their own likelihood; a second one only where the first does not fit.
    """
    degrees_of_freedom = len(problem.everything) - len(problem.model.free)
    ordered = _by_likelihood(problem, starts)
    size = len(ordered)
    best, begun = np.full((2, size, len(problem.model.free)), np.nan)
    deviance = np.full(size, np.inf)
    for turn in range(max(map(len, ordered), default=0)):
        badly = ~(deviance < GOOD_ENOUGH * max(1, degrees_of_freedom))
        going = np.array([index for index in np.flatnonzero(badly) if turn < len(ordered[index])], dtype=np.intp)
        if not len(going):
            break
        chosen = np.array([ordered[index][turn] for index in going])
        found = search(problem.of(going), chosen)
        lower = np.isinf(deviance[going]) | (found.deviance < deviance[going] - CLEARLY)
        better = np.isfinite(found.deviance) & lower
        at = going[better]
        best[at], begun[at], deviance[at] = found.best[better], chosen[better], found.deviance[better]
    there = np.flatnonzero(np.isfinite(deviance))
    if not len(there):
        return there, None
    return there, _fits(problem.of(there), begun[there], best[there], deviance[there])


def _fits(problem: Problem, begun: Array, best: Array, deviance: Array) -> Fits:
    """Return the fits, given where each search began and ended and the deviance there."""
    model, points = problem.model, problem.everything
    expected, jacobian = problem.predict(best), problem.jacobian(best)
    gradient = np.array([gradient_at(model, one) for one in best])
    covariance, unseen = covariance_at(problem, gradient, expected, jacobian)
    values = [model.expand(at) for at in best]
    for target, hidden in np.argwhere(unseen).tolist():
        values[target][model.names[hidden]] = math.nan
    chi_square = points.chi_square(expected)
    return Fits(problem, begun, best, values, covariance, gradient, expected, jacobian, deviance, chi_square)


def _by_likelihood(problem: Problem, starts: Sequence[Sequence[Values]]) -> list[list[list[float]]]:
    """Return the starts of each target as vectors inside of the bounds, the most likely first."""
    limits = [(problem.model.parameters[name].min, problem.model.parameters[name].max) for name in problem.model.free]
    owners: list[int] = []
    candidates: list[list[float]] = []
    for target, given in enumerate(starts):
        for values in given:
            start = problem.start(target, values)
            inside = [
                [_inside(value, low, high, margin) for value, (low, high) in zip(start, limits, strict=True)]
                for margin in INSIDE
            ]
            # A start that needs no pulling in is the same at every margin.
            different = [one for one, _ in itertools.groupby(inside)]
            candidates += different
            owners += [target] * len(different)
    found: list[list[tuple[float, int, list[float]]]] = [[] for _ in starts]
    if candidates:
        predicted = problem.predict(np.array(candidates))
        deviances = problem.everything.of(np.array(owners)).deviance(predicted).tolist()
        for number, (owner, deviance) in enumerate(zip(owners, deviances, strict=True)):
            found[owner].append((deviance, number, candidates[number]))
    return [[start for start, _ in itertools.groupby(start for _, _, start in sorted(one))] for one in found]


def _inside(value: float, low: float, high: float, margin: float) -> float:
    """Return a value between the bounds, 1 for one that is not known; off a bound by a part of what they span."""
    wanted = value if math.isfinite(value) else 1.0
    span = high - low if math.isfinite(high - low) else max(1.0, abs(low if math.isfinite(low) else high))
    if wanted <= low + AT_BOUND * span:
        return float(low + margin * span)
    return float(high - margin * span if wanted >= high - AT_BOUND * span else wanted)
