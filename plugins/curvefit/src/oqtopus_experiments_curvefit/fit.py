"""Maximum likelihood with lmfit: the best of several starts, and the covariance of everything reported."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import lmfit
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments_curvefit.likelihood import Points
from oqtopus_experiments_curvefit.model import BoundModel

Array = NDArray[np.float64]


@frozen(eq=False)
class Fit:
    """
    The best fit to one target.

    Args:
        parameters: Best values of parameters and derived quantities.
        names: Names of both, in the order of the covariance.
        covariance: Their covariance, shape (n, n); NaN where the data do not determine them.
        fitted: Model at the points, shape (points,).
        deviance: Sum of squared residuals.
        freedom: Points less free parameters.
    """

    parameters: lmfit.Parameters
    names: tuple[str, ...]
    covariance: Array
    fitted: Array
    deviance: float
    freedom: int


def best_fit(model: BoundModel, axes: Mapping[str, Array], points: Points) -> Fit | None:
    """
    Return the most likely parameters, or None when no start leads anywhere.

    Starts are tried in the order of their own likelihood; a second one only when the first does not fit.
    """

    def residuals(parameters: lmfit.Parameters) -> Array:
        return points.residuals(model.evaluate(axes, parameters))

    best: lmfit.minimizer.MinimizerResult | None = None
    for start in _by_likelihood(model, axes, points):
        result = lmfit.minimize(residuals, start, scale_covar=False, calc_covar=False, nan_policy="omit")
        if math.isfinite(result.chisqr) and (best is None or result.chisqr < best.chisqr):
            best = result
        if best is not None and best.chisqr < 2 * max(1, best.nfree):
            break
    if best is None:
        return None
    fitted = model.evaluate(axes, best.params)
    names, covariance = _covariance(model, axes, points, best.params)
    free = sum(parameter.vary for parameter in best.params.values())
    return Fit(best.params, names, covariance, fitted, float(best.chisqr), len(points.mean) - free)


def _by_likelihood(model: BoundModel, axes: Mapping[str, Array], points: Points) -> Sequence[lmfit.Parameters]:
    candidates: list[tuple[float, int, lmfit.Parameters]] = []
    for values in model.starts(axes, points.mean):
        parameters = model.parameters.copy()
        for name, value in values.items():
            if name in parameters and parameters[name].expr is None:
                low, high = parameters[name].min, parameters[name].max
                parameters[name].set(value=float(np.clip(value, low, high)) if math.isfinite(value) else 1.0)
        deviance = float((points.residuals(model.evaluate(axes, parameters)) ** 2).sum())
        candidates.append((deviance if math.isfinite(deviance) else math.inf, len(candidates), parameters))
    return [parameters for _, _, parameters in sorted(candidates)]


def _covariance(
    model: BoundModel, axes: Mapping[str, Array], points: Points, best: lmfit.Parameters
) -> tuple[tuple[str, ...], Array]:
    """Return the inverse Fisher information, carried over to the derived quantities to first order."""
    free = [name for name, parameter in best.items() if parameter.vary]
    names = tuple(best)
    center = {name: best[name].value for name in free}
    slopes = np.empty((len(points.mean), len(free)))
    gradient = np.empty((len(names), len(free)))
    for j, name in enumerate(free):
        step = 1e-5 * max(abs(center[name]), 1e-3)
        sides = []
        for sign in (1, -1):
            shifted = best.copy()
            # Bounds limit the optimum, not the slope at it.
            shifted[name].set(value=center[name] + sign * step, min=-np.inf, max=np.inf)
            shifted.update_constraints()
            sides.append((model.evaluate(axes, shifted), np.array([shifted[other].value for other in names])))
        slopes[:, j] = (sides[0][0] - sides[1][0]) / (2 * step)
        gradient[:, j] = (sides[0][1] - sides[1][1]) / (2 * step)
    information = slopes.T @ (points.information(model.evaluate(axes, best))[:, None] * slopes)
    return names, gradient @ _inverse(information) @ gradient.T


def _inverse(information: Array) -> Array:
    """Invert, after scaling to unit diagonal; NaN when the matrix is singular to working precision."""
    scale = np.sqrt(np.diag(information))
    if not np.isfinite(information).all() or (scale <= 0).any():
        return np.full_like(information, np.nan)
    scaled = information / np.outer(scale, scale)
    if np.linalg.cond(scaled) > 1e12:
        return np.full_like(information, np.nan)
    inverse: Array = np.linalg.inv(scaled) / np.outer(scale, scale)
    return inverse
