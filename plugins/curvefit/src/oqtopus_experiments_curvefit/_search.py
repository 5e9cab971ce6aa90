"""
Least squares from one start each, for several targets at once: the limits of lmfit, the steps of MINPACK.

Each target goes its own way and ends by itself: nothing of one depends on another. Where the notes of a fit are needed,
for the profile of a likelihood, `by_lmfit` lets lmfit go down the likelihood as it is.
"""

from __future__ import annotations

import lmfit
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments_curvefit._inner import Limits
from oqtopus_experiments_curvefit._likelihood import Points, squared
from oqtopus_experiments_curvefit._model import as_lmfit
from oqtopus_experiments_curvefit._problem import Problem
from oqtopus_experiments_curvefit._step import GAINED, Regions, step

Array = NDArray[np.float64]

# Per free parameter; a fit that needs more leads nowhere. Most take five in all, the hardest seen took 127.
EVALUATIONS = 50
# As `lmfit.Minimizer.leastsq` has them: a search ends where no more than this part of the deviance is left to gain.
TOLERANCE, SMALLEST = 1.5e-8, 1e-250


@frozen(eq=False)
class Found:
    """
    Where searches ended.

    Args:
        best: Values of the free parameters at the end, shape (targets, free).
        deviance: The deviance there, shape (targets,).
    """

    best: Array
    deviance: Array


@frozen(eq=False)
class _Going:
    """Searches that have not ended: which, what they are fitted to, where they are and what is known there."""

    which: NDArray[np.intp]
    points: Points
    here: Array
    residuals: Array
    slopes: Array
    norm: Array
    regions: Regions

    def of(self, further: NDArray[np.bool_]) -> _Going:
        """Return some of them."""
        if further.all():
            return self
        kept = (self.here[further], self.residuals[further], self.slopes[further], self.norm[further])
        return _Going(self.which[further], self.points.of(np.flatnonzero(further)), *kept, self.regions.of(further))


def search(problem: Problem, starts: Array) -> Found:
    """Return where the deviance is least, going down from a start for each target, shape (targets, free)."""
    limits = Limits.of(problem.model)
    going = _begun(problem, limits, starts)
    best = limits.outer(going.here)
    for _ in range(most_evaluations(problem)):
        steps = step(going.slopes, going.residuals, going.regions)
        trial = going.here + steps.move
        outer = limits.outer(trial)
        predicted = problem.predict(outer)
        residuals, derivatives = going.points.for_search(predicted)
        norm, new = going.norm, np.sqrt(squared(residuals))
        gain = np.where(0.1 * new < norm, 1 - (new / norm) ** 2, -1.0)
        promised = steps.promised / norm**2
        ratio = np.where(promised > 0, gain / promised, 0.0)
        regions = going.regions.after(steps, norm, new, gain, ratio)
        taken = ratio >= GAINED
        best[going.which[taken]] = outer[taken]
        here = trial if taken.all() else np.where(taken[:, None], trial, going.here)
        ended = (np.abs(gain) <= TOLERANCE) & (promised <= TOLERANCE) & (ratio <= 2)
        ended |= regions.radius <= TOLERANCE * np.sqrt(squared(regions.scale * here))
        ended |= ~(np.isfinite(norm) & (new > 0))
        if ended.all():
            break
        slopes = _slopes(problem, limits, derivatives, trial, outer)
        if not taken.all():
            slopes = np.where(taken[:, None, None], slopes, going.slopes)
            residuals = np.where(taken[:, None], residuals, going.residuals)
            new = np.where(taken, new, norm)
        going = _Going(going.which, going.points, here, residuals, slopes, new, regions.seeing(slopes)).of(~ended)
    return Found(best, np.maximum(problem.everything.deviance(problem.predict(best)), SMALLEST))


def _begun(problem: Problem, limits: Limits, starts: Array) -> _Going:
    here, points = limits.inner(starts), problem.everything
    outer = limits.outer(here)
    residuals, derivatives = points.for_search(problem.predict(outer))
    slopes = _slopes(problem, limits, derivatives, here, outer)
    regions = Regions.around(here, slopes)
    return _Going(np.arange(len(here)), points, here, residuals, slopes, np.sqrt(squared(residuals)), regions)


def _slopes(problem: Problem, limits: Limits, derivatives: Array, inner: Array, outer: Array) -> Array:
    """Return the slopes of the residuals along what is moved, shape (targets, free, n); 0 where there is none."""
    slopes: Array = derivatives[:, None] * problem.slopes(outer) * limits.slopes(inner)[..., None]
    return slopes if np.isfinite(slopes).all() else np.where(np.isfinite(slopes), slopes, 0.0)


def by_lmfit(problem: Problem, start: Array) -> tuple[lmfit.Minimizer, lmfit.minimizer.MinimizerResult]:
    """
    Return lmfit's minimizer for one target, which can hold a parameter, and what it finds from a start.

    Its residuals are not bent round corners (`Points.for_search`): a bound must not gain by what they may gain there.
    """
    model, points = problem.model, problem.everything
    begin = as_lmfit(model.parameters)

    def vector(parameters: lmfit.Parameters) -> Array:
        return np.array([parameters[name].value for name in model.free])

    def residuals(parameters: lmfit.Parameters) -> Array:
        return points.residuals(problem.predict(vector(parameters)))

    def slopes(parameters: lmfit.Parameters) -> Array:
        here = vector(parameters)
        found = points.residual_derivatives(problem.predict(here)) * problem.slopes(here)
        # A profile likelihood holds one parameter.
        return np.where(np.isfinite(found), found, 0.0).T[:, [parameters[name].vary for name in model.free]]

    for name, value in zip(model.free, start, strict=True):
        begin[name].value = value
    minimizer = lmfit.Minimizer(residuals, begin, scale_covar=False, calc_covar=False, Dfun=slopes)
    return minimizer, minimizer.leastsq(max_nfev=most_evaluations(problem))


def most_evaluations(problem: Problem) -> int:
    """Return how often a fit may be evaluated."""
    return EVALUATIONS * (len(problem.model.free) + 1)
