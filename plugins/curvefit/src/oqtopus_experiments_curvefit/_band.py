"""How well the fitted curve itself is known, from the covariance of its parameters to first order (delta method)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments_curvefit._fit import Fit
from oqtopus_experiments_curvefit._model import BoundModel
from oqtopus_experiments_curvefit._problem import neighbours

Array = NDArray[np.float64]
_DIGITS = 4
"""Digits of a standard error that are kept: nobody reads more off a band, and they are most of a file of curves."""


def band(model: BoundModel, fit: Fit, axes: Mapping[str, NDArray[Any]]) -> Array | None:
    """
    Return one standard error of the model at some positions, shape (n,); None where the data do not determine it.

    Args:
        model: The model.
        fit: The fit, with the covariance of its free parameters.
        axes: The positions, by axis.
    """
    used = [j for j, name in enumerate(model.free) if name not in model.of_references]
    order = [fit.names.index(model.free[j]) for j in used]
    covariance = fit.covariance[np.ix_(order, order)]
    if not np.isfinite(covariance).all():
        return None
    around = neighbours(fit.best)
    slopes = np.array(
        [
            (model.signal(axes, model.expand(above)) - model.signal(axes, model.expand(below))) / (above[j] - below[j])
            for j, (below, above) in enumerate(around)
            if j in used
        ]
    )
    variance = np.einsum("in,ij,jn->n", slopes, covariance, slopes)
    if not np.isfinite(variance).all():
        return None
    # Rounding may leave a variance of nothing a little below zero.
    errors = np.sqrt(np.maximum(variance, 0.0))
    with np.errstate(divide="ignore"):
        place = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.where(errors > 0, errors, 1.0))))
    rounded: Array = np.round(errors * place) / place
    return rounded
