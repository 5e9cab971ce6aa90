"""
lmfit's least squares from one start: its limits of parameters, those of MINUIT, and its minimizer, that of MINPACK.

`lmfit.Minimizer.leastsq` copies all parameters and their interpreter for each fit, and notes each step in them: that
takes several times as long as the model. Here the same steps are taken without the notes. Where the notes are needed,
for the profile of a likelihood, `by_lmfit` lets lmfit go the same way.
"""

from __future__ import annotations

from collections.abc import Sequence

import lmfit
import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from scipy.optimize import leastsq

from oqtopus_experiments_curvefit._problem import Problem

Array = NDArray[np.float64]

# Residual where the model is no number, as rate**length is beyond a float: no step of a fit stays there.
OFF_THE_MAP = 1e12
# Per free parameter; a fit that needs more leads nowhere. Most take five in all, the hardest seen took 127.
EVALUATIONS = 50
# As `lmfit.Minimizer.leastsq` has them.
TOLERANCE, SMALLEST = 1.5e-8, 1e-250


@frozen(eq=False)
class Found:
    """
    Where a search ended.

    Args:
        start: Where it began, values of the free parameters.
        best: Their values at the end, shape (free,).
        deviance: Sum of squared residuals there.
    """

    start: Sequence[float]
    best: Array
    deviance: float


class _TooManyError(Exception):
    """A fit has been evaluated as often as it may."""


class _Evaluated:
    """The residuals as a function of what MINPACK moves, which has no limits; counts how often it is asked."""

    def __init__(self, problem: Problem, start: Sequence[float]) -> None:
        self._problem = problem
        self._parameters = [problem.model.parameters[name] for name in problem.model.free]
        self._left = most_evaluations(problem) + 2  # lmfit counts neither of the two before the first step
        begin = []
        for parameter, value in zip(self._parameters, start, strict=True):
            parameter.value = value
            begin.append(parameter.setup_bounds())
        self.last = np.array(begin)
        self._here: list[float] = []
        self._predicted = np.empty(0)

    def values(self, inner: Array) -> list[float]:
        """Return the values of the free parameters."""
        return [
            min(max(float(p.from_internal(value)), p.min), p.max)
            for p, value in zip(self._parameters, inner, strict=True)
        ]

    def residuals(self, inner: Array) -> Array:
        """Return the residuals, shape (n,)."""
        self.last = np.array(inner)
        self._left -= 1
        if self._left < 0:
            raise _TooManyError
        self._here = self.values(inner)
        self._predicted = self._problem.predict(self._here)
        return _residuals(self._problem, self._predicted)

    def jacobian(self, inner: Array) -> Array:
        """Return their slopes along what is moved, shape (n, free)."""
        scale = [float(p.scale_gradient(value)) for p, value in zip(self._parameters, inner, strict=True)]
        here = self.values(inner)
        predicted = self._predicted if here == self._here else self._problem.predict(here)
        return _slopes(self._problem, np.array(here), predicted) * scale


def search(problem: Problem, start: Sequence[float]) -> Found:
    """Return where the deviance is least, going down from a start."""
    asked = _Evaluated(problem, start)
    try:
        inner = leastsq(
            asked.residuals, asked.last, Dfun=asked.jacobian, full_output=True, col_deriv=False,
            ftol=TOLERANCE, xtol=TOLERANCE, gtol=0.0, factor=100, maxfev=2 * most_evaluations(problem),
        )[0]  # fmt: skip
    except _TooManyError:
        inner = asked.last
    best = asked.values(np.atleast_1d(inner))
    residuals = residuals_at(problem, best)
    return Found(start, np.array(best), float(max((residuals**2).sum(), SMALLEST * len(residuals))))


def by_lmfit(problem: Problem, start: Sequence[float]) -> tuple[lmfit.Minimizer, lmfit.minimizer.MinimizerResult]:
    """Return lmfit's minimizer, which can hold a parameter, and what it finds from a start."""
    model = problem.model

    def vector(parameters: lmfit.Parameters) -> list[float]:
        return [parameters[name].value for name in model.free]

    def residuals(parameters: lmfit.Parameters) -> Array:
        return residuals_at(problem, vector(parameters))

    def slopes(parameters: lmfit.Parameters) -> Array:
        # A profile likelihood holds one parameter.
        return slopes_at(problem, np.array(vector(parameters)))[:, [parameters[name].vary for name in model.free]]

    for name, value in zip(model.free, start, strict=True):
        model.parameters[name].value = value
    minimizer = lmfit.Minimizer(residuals, model.parameters, scale_covar=False, calc_covar=False, Dfun=slopes)
    return minimizer, minimizer.leastsq(max_nfev=most_evaluations(problem))


def most_evaluations(problem: Problem) -> int:
    """Return how often a fit may be evaluated."""
    return EVALUATIONS * (len(problem.model.free) + 1)


def residuals_at(problem: Problem, vector: Sequence[float] | Array) -> Array:
    """Return the residuals of points and references, shape (n,); always finite."""
    return _residuals(problem, problem.predict(vector))


def slopes_at(problem: Problem, vector: Array) -> Array:
    """Return the slopes of the residuals along the free parameters, shape (n, free); 0 where there is none."""
    return _slopes(problem, vector, problem.predict(vector))


def _residuals(problem: Problem, predicted: Array) -> Array:
    found = problem.everything.residuals(predicted)
    return np.where(np.isfinite(found), found, OFF_THE_MAP)


def _slopes(problem: Problem, vector: Array, predicted: Array) -> Array:
    slopes: Array = problem.everything.residual_derivatives(predicted)[:, None] * problem.jacobian(vector)
    slopes[~np.isfinite(slopes)] = 0.0
    return slopes
