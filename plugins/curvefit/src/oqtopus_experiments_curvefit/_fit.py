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
from oqtopus_experiments_curvefit._search import by_lmfit, search

Array = NDArray[np.float64]

# A start that leads to a fit this good ends the search for a better one, in deviance per degree of freedom.
GOOD_ENOUGH = 1.5
# A later start must be better by this in deviance: aliases of an oscillation fit equally well, to rounding.
CLEARLY = 0.1
# At a bound lmfit's parameters have no slope, and a fit that starts there stays there. So a start so near to a bound,
# in parts of what the bounds span (of the bound itself where there is one), is moved off it by either of these.
AT_BOUND, INSIDE = 1e-6, (1e-4, 1e-2)


@frozen(eq=False)
class Fits:
    """
    The best fits to targets that are fitted side by side: the first axis of all arrays, and lists, are the targets.

    Args:
        problem: What was fitted.
        begun: Where the searches began, values of the free parameters, shape (targets, free).
        best: Best values of the free parameters, shape (targets, free).
        values: Best values of parameters and derived quantities, by name; NaN where only references without counts
            know them.
        covariance: Their covariance in that order, shape (targets, n, n); NaN where the data do not determine them.
        gradient: Slopes of all of them along each free parameter, shape (targets, n, free).
        expected: Model at the points of the sweep, then at the references, shape (targets, all).
        jacobian: Its slope along each free parameter, shape (targets, all, free).
        deviance: Sum of squared residuals, of points and references, shape (targets,).
        chi_square: The same where all errors are known; what it is to be judged by where some are not: see
            `Points.chi_square`. Shape (targets,).
    """

    problem: Problem
    begun: Array
    best: Array
    values: list[dict[str, float]]
    covariance: Array
    gradient: Array
    expected: Array
    jacobian: Array
    deviance: Array
    chi_square: Array

    def __len__(self) -> int:
        return len(self.best)

    @property
    def degrees_of_freedom(self) -> int:
        """Points and references less free parameters."""
        return int(self.expected.shape[-1]) - int(self.best.shape[-1])

    @property
    def fitted(self) -> Array:
        """Model at the points of the sweep, shape (targets, points)."""
        return self.expected[:, : len(self.problem.points)]

    @cached_property
    def residuals(self) -> Array:
        """Residuals at the points of the sweep, shape (targets, points)."""
        return self.problem.points.residuals(self.fitted)

    @cached_property
    def variance(self) -> Array:
        """Variance of the signal at the points of the sweep under the model, shape (targets, points)."""
        return self.problem.points.variance(self.fitted)

    @cached_property
    def errors(self) -> Array:
        """Standard errors of parameters and derived quantities, shape (targets, n)."""
        return standard_errors(self.covariance)

    def of(self, targets: NDArray[np.intp]) -> Fits:
        """Return those of some targets."""
        if len(targets) == len(self):
            return self
        return Fits(
            self.problem.of(targets), self.begun[targets], self.best[targets], [self.values[i] for i in targets],
            self.covariance[targets], self.gradient[targets], self.expected[targets], self.jacobian[targets],
            self.deviance[targets], self.chi_square[targets],
        )  # fmt: skip


@frozen(eq=False)
class Fit:
    """The best fit to one of several targets that are fitted side by side; see `Fits` for what it has."""

    among: Fits
    index: int

    @cached_property
    def problem(self) -> Problem:
        """What was fitted."""
        return self.among.problem.of(self.index)

    @property
    def mean(self) -> Array:
        """Signal at the points of the sweep, shape (points,)."""
        return self._own(self.among.problem.points.mean)

    @property
    def stderr(self) -> Array:
        """Its standard error, likewise."""
        return self._own(self.among.problem.points.stderr)

    @property
    def shots(self) -> Array:
        """Shots behind each of the two-valued points, shape (n,)."""
        points = self.among.problem.points
        shots: Array = points.shots[self.index, points.is_binomial[self.index]]
        return shots

    @property
    def missing(self) -> int:
        """How many circuits lack counts."""
        return int(np.asarray(self.among.problem.missing)[self.index])

    @property
    def best(self) -> Array:
        """Best values of the free parameters, shape (free,)."""
        return self._own(self.among.best)

    @property
    def values(self) -> dict[str, float]:
        """Best values of parameters and derived quantities."""
        return self.among.values[self.index]

    @property
    def covariance(self) -> Array:
        """Their covariance, shape (n, n)."""
        return self._own(self.among.covariance)

    @property
    def gradient(self) -> Array:
        """Their slopes along each free parameter, shape (n, free)."""
        return self._own(self.among.gradient)

    @property
    def jacobian(self) -> Array:
        """Slopes of the model along each free parameter, shape (all, free)."""
        return self._own(self.among.jacobian)

    @property
    def fitted(self) -> Array:
        """Model at the points of the sweep, shape (points,)."""
        return self._own(self.among.fitted)

    @property
    def residuals(self) -> Array:
        """Residuals there, shape (points,)."""
        return self._own(self.among.residuals)

    @property
    def variance(self) -> Array:
        """Variance of the signal there under the model, shape (points,)."""
        return self._own(self.among.variance)

    def _own(self, of_all: Array) -> Array:
        own: Array = of_all[self.index]
        return own

    @property
    def deviance(self) -> float:
        """Sum of squared residuals, of points and references."""
        return float(self.among.deviance[self.index])

    @property
    def chi_square(self) -> float:
        """What it is to be judged by."""
        return float(self.among.chi_square[self.index])

    @property
    def degrees_of_freedom(self) -> int:
        """Points and references less free parameters."""
        return self.among.degrees_of_freedom

    @property
    def names(self) -> tuple[str, ...]:
        """Names of parameters and derived quantities, in the order of the covariance."""
        return self.among.problem.model.names

    @property
    def free(self) -> tuple[str, ...]:
        """Names of the free parameters, in the order of `best`."""
        return self.among.problem.model.free

    @cached_property
    def by_lmfit(self) -> tuple[lmfit.Minimizer, lmfit.minimizer.MinimizerResult]:
        """Minimizer and result of lmfit, of the same search: for profiles of the likelihood."""
        return by_lmfit(self.problem, self.among.begun[self.index])


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


def gradient_at(model: BoundModel, best: Array) -> Array:
    """Return the slopes of parameters and derived quantities along the free parameters, shape (n, free)."""
    if model.names == model.free:
        return np.eye(len(model.free))
    gradient = np.empty((len(model.names), len(model.free)))
    (below, above), width = neighbours(best)
    for j, (less, more) in enumerate(zip(below, above, strict=True)):
        change = np.subtract(list(model.expand(more).values()), list(model.expand(less).values()))
        gradient[:, j] = change / width[j]
    return gradient


def covariance_at(
    problem: Problem, gradient: Array, expected: Array, jacobian: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """
    Return the inverse Fisher information, carried over to the derived quantities to first order, shape (..., n, n).

    Also which nothing that has counts depends on, as parameters of references that failed, shape (..., n): they are
    unknown (NaN), and nothing else is for that.
    """
    model = problem.model
    seen = np.any(jacobian, axis=-2) | np.array([name not in model.of_references for name in model.free])
    both = seen[..., :, None] & seen[..., None, :]
    weighted = (jacobian / problem.everything.variance(expected)[..., None]).swapaxes(-1, -2)
    inverse = np.where(both, _inverse(np.where(both, weighted @ jacobian, np.eye(len(model.free)))), 0.0)
    covariance = gradient @ inverse @ gradient.swapaxes(-1, -2)
    if problem.shifts.size:
        # A calibration that is off moves all points at once: how far, and the parameters with them, to first order.
        moved = gradient @ inverse @ weighted @ problem.shifts.swapaxes(-1, -2)
        covariance = covariance + moved @ moved.swapaxes(-1, -2)
    unseen = np.any((gradient != 0) & ~seen[..., None, :], axis=-1)
    return np.where(unseen[..., :, None] | unseen[..., None, :], np.nan, covariance), unseen


def standard_errors(covariance: Array) -> Array:
    """Return the standard error of each quantity of a covariance; NaN where a variance is not one."""
    variances = np.diagonal(covariance, axis1=-2, axis2=-1)
    errors: Array = np.sqrt(np.where(variances >= 0, variances, np.nan))
    return errors


def _inverse(information: Array) -> Array:
    """Invert matrices after scaling to unit diagonal; NaN where one is singular to working precision."""
    diagonal = np.diagonal(information, axis1=-2, axis2=-1)
    scale = np.sqrt(diagonal)
    scaled = information / (scale[..., :, None] * scale[..., None, :])
    known = np.isfinite(scaled).all(axis=(-2, -1)) & (diagonal > 0).all(axis=-1)
    nothing = np.eye(information.shape[-1])
    known &= np.linalg.cond(np.where(known[..., None, None], scaled, nothing)) <= 1e12
    inverse = np.linalg.inv(np.where(known[..., None, None], scaled, nothing))
    inverse = inverse / (scale[..., :, None] * scale[..., None, :])
    return np.where(known[..., None, None], inverse, np.nan)
