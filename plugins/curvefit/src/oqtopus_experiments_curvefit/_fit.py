"""Maximum likelihood with lmfit: the best of several starts, and the covariance of everything reported."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cached_property

import lmfit
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments_curvefit._model import BoundModel, Values
from oqtopus_experiments_curvefit._problem import Problem, neighbours
from oqtopus_experiments_curvefit._search import Found, by_lmfit, search

Array = NDArray[np.float64]

# A start that leads to a fit this good ends the search for a better one, in deviance per degree of freedom.
GOOD_ENOUGH = 1.5
# A later start must be better by this in deviance: aliases of an oscillation fit equally well, to rounding.
CLEARLY = 0.1
# At a bound lmfit's parameters have no slope, and a fit that starts there stays there. So a start so near to a bound,
# in parts of what the bounds span (of the bound itself where there is one), is moved off it by either of these.
AT_BOUND, INSIDE = 1e-6, (1e-4, 1e-2)


@frozen(eq=False)
class Fit:
    """
    The best fit to one target.

    Args:
        problem: What was fitted.
        start: Where the search began, values of the free parameters.
        best: Best values of the free parameters, shape (free,).
        values: Best values of parameters and derived quantities, by name; NaN where only references without counts
            know them.
        covariance: Their covariance in that order, shape (n, n); NaN where the data do not determine them.
        gradient: Slopes of all of them along each free parameter, shape (n, free).
        expected: Model at the points of the sweep, then at the references.
        jacobian: Its slope along each free parameter, shape (len(expected), free).
        fitted: Model at the points of the sweep, shape (points,).
        deviance: Sum of squared residuals, of points and references.
        chi_square: The same where all errors are known; what it is to be judged by where some are not: see
            `Points.chi_square`.
        degrees_of_freedom: Points and references less free parameters.
    """

    problem: Problem
    start: Sequence[float]
    best: Array
    values: dict[str, float]
    covariance: Array
    gradient: Array
    expected: Array
    jacobian: Array
    fitted: Array
    deviance: float
    chi_square: float
    degrees_of_freedom: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of parameters and derived quantities, in the order of the covariance."""
        return tuple(self.values)

    @property
    def free(self) -> tuple[str, ...]:
        """Names of the free parameters, in the order of `best`."""
        return self.problem.model.free

    @cached_property
    def residuals(self) -> Array:
        """Residuals at the points of the sweep, shape (points,)."""
        return self.problem.points.residuals(self.fitted)

    @cached_property
    def variance(self) -> Array:
        """Variance of the signal at the points of the sweep under the model, shape (points,)."""
        return self.problem.points.variance(self.fitted)

    @cached_property
    def by_lmfit(self) -> tuple[lmfit.Minimizer, lmfit.minimizer.MinimizerResult]:
        """Minimizer and result of lmfit, of the same search: for profiles of the likelihood."""
        return by_lmfit(self.problem, self.start)


def best_fit(problem: Problem, starts: Sequence[Values]) -> Fit | None:
    """
    Return the most likely parameters, or None when no start leads anywhere.

    Starts are tried in the order of their own likelihood; a second one only when the first does not fit.
    """
    model, points = problem.model, problem.everything
    degrees_of_freedom = len(points) - len(model.free)

    best: Found | None = None
    for start in _by_likelihood(problem, starts):
        found = search(problem, start)
        if math.isfinite(found.deviance) and (best is None or found.deviance < best.deviance - CLEARLY):
            best = found
        if best is not None and best.deviance < GOOD_ENOUGH * max(1, degrees_of_freedom):
            break
    if best is None:
        return None
    at = best.best
    expected, jacobian = problem.predict(at), problem.jacobian(at)
    gradient = gradient_at(model, at)
    covariance, unseen = covariance_at(problem, gradient, expected, jacobian)
    return Fit(
        problem=problem,
        start=best.start,
        best=at,
        values={name: math.nan if name in unseen else value for name, value in model.expand(at).items()},
        covariance=covariance,
        gradient=gradient,
        expected=expected,
        jacobian=jacobian,
        fitted=expected[: len(problem.points)],
        deviance=best.deviance,
        chi_square=points.chi_square(expected),
        degrees_of_freedom=degrees_of_freedom,
    )


def _by_likelihood(problem: Problem, starts: Sequence[Values]) -> list[list[float]]:
    """Return the starts as vectors inside of the bounds, the most likely first."""
    free = [problem.model.parameters[name] for name in problem.model.free]
    candidates: list[tuple[float, int, list[float]]] = []
    for values in starts:
        given = problem.start(values)
        inside = [
            [_inside(value, p.min, p.max, margin) for value, p in zip(given, free, strict=True)] for margin in INSIDE
        ]
        # A start that needs no pulling in is the same at every margin.
        for start, _ in itertools.groupby(inside):
            candidates.append((problem.everything.deviance(problem.predict(start)), len(candidates), start))
    return [start for start, _ in itertools.groupby(start for _, _, start in sorted(candidates))]


def _inside(value: float, low: float, high: float, margin: float) -> float:
    """Return a value between the bounds, 1 for one that is not known; off a bound by a part of what they span."""
    wanted = value if math.isfinite(value) else 1.0
    span = high - low if math.isfinite(high - low) else max(1.0, abs(low if math.isfinite(low) else high))
    if wanted <= low + AT_BOUND * span:
        return float(low + margin * span)
    return float(high - margin * span if wanted >= high - AT_BOUND * span else wanted)


def gradient_at(model: BoundModel, best: Array) -> Array:
    """Return the slopes of parameters and derived quantities along the free parameters, shape (n, free)."""
    if model.names == model.free:
        return np.eye(len(model.free))
    gradient = np.empty((len(model.names), len(model.free)))
    for j, (below, above) in enumerate(neighbours(best)):
        change = np.subtract(list(model.expand(above).values()), list(model.expand(below).values()))
        gradient[:, j] = change / (above[j] - below[j])
    return gradient


def covariance_at(problem: Problem, gradient: Array, expected: Array, jacobian: Array) -> tuple[Array, set[str]]:
    """
    Return the inverse Fisher information, carried over to the derived quantities to first order.

    Also what nothing that has counts depends on, as parameters of references that failed: it is unknown (NaN), and
    nothing else is for that.
    """
    model = problem.model
    seen = np.any(jacobian, axis=0) | np.array([name not in model.of_references for name in model.free])
    information = jacobian.T @ (jacobian / problem.everything.variance(expected)[:, None])
    if seen.all() and model.names == model.free and not len(problem.shifts):
        return _inverse(information), set()
    inverse = _inverse(information[np.ix_(seen, seen)])
    covariance: Array = gradient[:, seen] @ inverse @ gradient[:, seen].T
    # A calibration that is off moves all points at once: how far, and the parameters with them, to first order.
    weighted = jacobian[:, seen].T / problem.everything.variance(expected)
    moved = gradient[:, seen] @ inverse @ weighted @ problem.shifts.T
    covariance = covariance + moved @ moved.T
    unseen = np.any(gradient[:, ~seen], axis=1)
    covariance[unseen], covariance[:, unseen] = np.nan, np.nan
    return covariance, set(np.array(model.names)[unseen].tolist())


def standard_errors(covariance: Array) -> Array:
    """Return the standard error of each quantity of a covariance; NaN where a variance is not one."""
    variances = np.diag(covariance)
    errors: Array = np.sqrt(np.where(variances >= 0, variances, np.nan))
    return errors


def _inverse(information: Array) -> Array:
    """Invert, after scaling to unit diagonal; NaN when the matrix is singular to working precision."""
    unknown: Array = np.full_like(information, np.nan)
    diagonal = np.diag(information)
    if not np.isfinite(information).all() or (diagonal <= 0).any():
        return unknown
    scale = np.sqrt(diagonal)
    scaled = information / np.outer(scale, scale)
    if np.linalg.cond(scaled) > 1e12:
        return unknown
    inverse: Array = np.linalg.inv(scaled) / np.outer(scale, scale)
    return inverse
