"""Whether there is a signal at all: points that a constant explains as well have none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from oqtopus_experiments_curvefit._fit import Fits
from oqtopus_experiments_curvefit._likelihood import squared
from oqtopus_experiments_curvefit._limits import SIGNAL_PROBABILITY
from oqtopus_experiments_curvefit._problem import Problem

Array = NDArray[np.float64]


def have_signal(fits: Fits) -> NDArray[np.bool_]:
    """
    Return whether each fit explains its points better than a constant does, one for each series and pair of levels.

    A likelihood ratio test with as many degrees of freedom as the model has parameters beyond these constants. An
    oscillation may hide at about as many frequencies as there are points, so the probability is shared among them.
    """
    problem = fits.problem
    constant, count = _constants(problem)
    gain = problem.points.deviance(constant) - squared(fits.residuals)
    extra = np.maximum(1, fits.best.shape[-1] - len(problem.model.of_references) - count)
    found: NDArray[np.bool_] = chdtrc(extra, np.maximum(gain, 0.0)) < SIGNAL_PROBABILITY / len(problem.points)
    return found


def _constants(problem: Problem) -> tuple[Array, NDArray[np.intp]]:
    """Return the constants that explain the points best, shape (targets, points), and how many each target has."""
    points = problem.points
    levels = np.nan_to_num(points.low + 1j * points.high)
    mean = (points.mean * points.shots).sum(axis=-1) / points.shots.sum(axis=-1)
    constant, count = np.repeat(mean[:, None], len(points), axis=-1), np.ones(len(mean), dtype=np.intp)
    several = (levels != levels[:, :1]).any(axis=-1) | (len(problem.positions.names) > 1)
    for target in np.flatnonzero(several):
        pairs, pair = np.unique(levels[target], return_inverse=True)
        group = np.unique(problem.series * len(pairs) + pair.ravel(), return_inverse=True)[1].ravel()
        shots = points.shots[target]
        each = np.bincount(group, points.mean[target] * shots) / np.bincount(group, shots)
        constant[target], count[target] = each[group], len(each)
    return constant, count
