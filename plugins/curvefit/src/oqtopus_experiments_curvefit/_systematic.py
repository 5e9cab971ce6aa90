"""
How far quantities would move if the model were let to follow what the points show of its misfit.

For each direction in which the points leave the model by more than two standard errors, one step of Newton's method
with this direction let in, carried to derived quantities by the same slopes as their errors. Of a parameter that
changes along the sweep or the run that is its value in the middle, and how far the ends are from it is added. The
largest is taken, since the points do not say which of them it is. Scatter beyond the shots that has no direction widens
errors as the root of chi-square per degree of freedom does (Birge 1932, Phys. Rev. 40, 207).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from oqtopus_experiments_curvefit._departures import Departures
from oqtopus_experiments_curvefit._fit import Fit

Array = NDArray[np.float64]

# A direction is seen from so many standard errors on, scatter at the probability of as many.
SEEN, SCATTER = 2.0, 0.0455


def systematics(fit: Fit, *looked: Departures | None) -> Array:
    """
    Return the systematic of every parameter and derived quantity, shape (n,): 0 where nothing is seen, NaN where not
    looked for.
    """
    variances = np.diag(fit.covariance)
    errors = np.sqrt(np.where(variances >= 0, variances, np.nan))
    shift = np.zeros(len(errors))
    for given in looked:
        if given is not None:
            shift = np.maximum(shift, _largest(fit, given))
    return np.where(np.isfinite(errors), np.hypot(shift, errors * _scatter(fit)), np.nan)


def _largest(fit: Fit, given: Departures) -> Array:
    seen = np.abs(given.seen) > SEEN
    if not seen.any():
        return np.zeros(len(fit.gradient))
    amounts = given.amounts[seen]
    moved = np.abs(fit.gradient @ given.moved[:, seen]) + np.abs(fit.gradient @ given.ends[:, seen])
    largest: Array = (moved * np.abs(amounts)).max(axis=1)
    return largest


def _scatter(fit: Fit) -> float:
    """Return what the scatter of the points adds to their errors, in quadrature and in units of these."""
    if fit.degrees_of_freedom < 1 or chdtrc(fit.degrees_of_freedom, fit.deviance) > SCATTER:
        return 0.0
    return math.sqrt(max(0.0, fit.deviance / fit.degrees_of_freedom - 1))
