"""The fitted curves, and how well they are known, from the covariance to first order (delta method)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import Curve
from oqtopus_experiments_curvefit._fit import Fits
from oqtopus_experiments_curvefit._problem import neighbours

Array = NDArray[np.float64]

CURVE_POINTS = 400
_DIGITS = 4
"""Digits of a standard error that are kept: nobody reads more off a band, and they are most of a file of curves."""


def curves(fits: Fits) -> list[list[Curve]]:
    """Return for each target its model over the one numeric axis, for each series that has values on it."""
    where, model = fits.problem.positions, fits.problem.model
    found: list[list[Curve]] = [[] for _ in range(len(fits))]
    if len(where.numeric) != 1:
        return found
    (axis,) = where.numeric
    for number in range(len(where.names)):
        chosen = (where.series == number) & np.isfinite(where.values[axis])
        if not chosen.any():
            continue  # a label that the axis means nothing to
        dense = _dense(where.values[axis][chosen])
        labels = {name: values[chosen][0] for name, values in where.values.items() if name != axis}
        axes = {axis: dense} | {name: np.full(len(dense), label) for name, label in labels.items()}
        series = {name: str(label) for name, label in labels.items()}
        for one, y, stderr in zip(found, model.signals(axes, fits.best), _bands(fits, axes), strict=True):
            one.append(Curve(dense.copy(), y, axis, series, stderr))
    return found


def _dense(values: Array) -> Array:
    """Return many values over the same range, spaced evenly in the logarithm where the sweep is."""
    low, high = float(values.min()), float(values.max())
    if low > 0 and np.allclose(np.diff(np.log(np.sort(values)), 2), 0, atol=1e-6) and high > 4 * low:
        return np.geomspace(low, high, CURVE_POINTS)
    return np.linspace(low, high, CURVE_POINTS)


def _bands(fits: Fits, axes: Mapping[str, NDArray[Any]]) -> list[Array | None]:
    """
    Return one standard error of the model at some positions, shape (n,); None where the data do not determine it.

    Args:
        fits: The fits, with the covariance of their free parameters.
        axes: The positions, by axis.
    """
    model = fits.problem.model
    used = [j for j, name in enumerate(model.free) if name not in model.of_references]
    order = [model.names.index(model.free[j]) for j in used]
    covariance = fits.covariance[:, order][..., order]
    around, width = neighbours(fits.best)
    below, above = model.signals(axes, around[:, :, used])
    slopes = (above - below) / width[:, used, None]
    variance = ((covariance @ slopes) * slopes).sum(axis=1)
    # Rounding may leave a variance of nothing a little below zero.
    errors = np.sqrt(np.maximum(variance, 0.0))
    with np.errstate(divide="ignore"):
        place = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.where(errors > 0, errors, 1.0))))
    rounded: Array = np.round(errors * place) / place
    return [row if known else None for row, known in zip(rounded, np.isfinite(variance).all(axis=-1), strict=True)]
