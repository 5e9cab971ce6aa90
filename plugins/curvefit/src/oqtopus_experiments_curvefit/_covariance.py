"""What is known of parameters and derived quantities: the inverse Fisher information, and its first order elsewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments_curvefit._model import BoundModel
from oqtopus_experiments_curvefit._problem import Problem, neighbours

Array = NDArray[np.float64]


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
