"""The best fits to targets that are fitted side by side, and that to one of them."""

from __future__ import annotations

from functools import cached_property

import lmfit
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments_curvefit._covariance import standard_errors
from oqtopus_experiments_curvefit._problem import Problem
from oqtopus_experiments_curvefit._search import by_lmfit

Array = NDArray[np.float64]


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
        """The deviance of points and references."""
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
