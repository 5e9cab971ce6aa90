"""From points to analyses: average what the model does not know, fit, judge."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Curve,
    Dataset,
    Declaration,
    FitModel,
    FitSummary,
    Quantity,
    Reason,
    ReasonCode,
    Target,
    Verdict,
)
from oqtopus_experiments_curvefit.fit import Fit, best_fit
from oqtopus_experiments_curvefit.intervals import profile_intervals
from oqtopus_experiments_curvefit.model import Values, bind
from oqtopus_experiments_curvefit.problem import Problem, problem
from oqtopus_experiments_curvefit.verdict import findings, has_signal

logger = logging.getLogger(__name__)

CURVE_POINTS = 400


def analyze(experiment: Declaration, dataset: Dataset, *, intervals: bool = False) -> list[Analysis]:
    """Return one analysis per target; see `CurveFit`."""
    declared = experiment.fit_model()
    if declared is None:
        message = f"{experiment.name!r} declares no fit model; choose another analyzer than curvefit"
        raise AnalysisError(message)
    model, sweep = bind(declared, dataset.sweep), dataset.sweep.grid()
    return [
        _target(declared, problem(model, dataset, index), target, sweep, intervals=intervals)
        for index, target in enumerate(dataset.targets)
    ]


def _target(
    declared: FitModel, given: Problem, target: Target, sweep: Mapping[str, NDArray[Any]], *, intervals: bool
) -> Analysis:
    model, points = given.model, given.points
    names = declared.quantities or model.names
    if len(points) < max(2, len(model.free)):
        message = f"{len(points)} points cannot determine {len(model.free)} parameters"
        return _without_number(declared, names, target, Reason(ReasonCode.TOO_FEW_POINTS, message, "bad"))
    starts = _starts(given)
    fit = best_fit(given, starts) if starts else None
    if fit is None:
        message = "no starting values could be guessed from these points"
        return _without_number(declared, names, target, Reason(ReasonCode.NO_SIGNAL, message, "bad"))
    if declared.flat and not has_signal(points, fit):
        return _without_number(declared, names, target, Reason(ReasonCode.NO_SIGNAL, declared.flat, "bad"))
    quantities = _quantities(declared, fit, profile_intervals(fit) if intervals else {})
    summary = FitSummary(given.axes, points.mean, points.stderr, fit.fitted, quantities)
    order = [fit.names.index(name) for name in names]
    return Analysis(
        target=target,
        quantities=[quantities[name] for name in names],
        verdict=Verdict(findings(declared, given, fit, summary)),
        fitted=model.signal({name: sweep[name] for name in model.axes}, fit.values),
        curves=_curves(given, fit),
        covariance=fit.covariance[np.ix_(order, order)],
        deviance=fit.deviance,
        degrees_of_freedom=fit.degrees_of_freedom,
    )


def _starts(given: Problem) -> Sequence[Values]:
    """Return starting values; none when the guess, which others wrote, cannot make sense of the points."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it could not make sense of, the verdict says
            return given.model.starts(given.axes, given.points.mean)
    except (ArithmeticError, ValueError, IndexError) as error:
        logger.warning("the guess of the fit model failed: %r", error)
        return []


def _without_number(declared: FitModel, names: Sequence[str], target: Target, reason: Reason) -> Analysis:
    quantities = [Quantity(name, math.nan, math.nan, declared.units.get(name, "")) for name in names]
    return Analysis(target, quantities, Verdict([reason]))


def _quantities(declared: FitModel, fit: Fit, intervals: Mapping[str, tuple[float, float]]) -> dict[str, Quantity]:
    variances = np.diag(fit.covariance)
    errors = np.sqrt(np.where(variances >= 0, variances, np.nan))
    nothing = (math.nan, math.nan)
    return {
        name: Quantity(name, value, float(error), declared.units.get(name, ""), *intervals.get(name, nothing))
        for (name, value), error in zip(fit.values.items(), errors, strict=True)
    }


def _curves(given: Problem, fit: Fit) -> list[Curve]:
    """Return the model over its one numeric axis, for each combination of labels that was measured."""
    numeric = [name for name in given.model.axes if given.grid[name].dtype.kind in "iuf"]
    labelled = [name for name in given.model.axes if name not in numeric]
    if len(numeric) != 1:
        return []
    curves = []
    rows = zip(*(given.grid[name].tolist() for name in labelled), strict=True) if labelled else [()]
    for labels in dict.fromkeys(rows):
        chosen = np.ones(len(given.grid[numeric[0]]), dtype=bool)
        for name, value in zip(labelled, labels, strict=True):
            chosen &= given.grid[name] == value
        positions = given.grid[numeric[0]][chosen]
        if not np.isfinite(positions).any():
            continue  # a label that the axis means nothing to
        dense = _dense(positions[np.isfinite(positions)])
        axes = {numeric[0]: dense} | {
            name: np.full(len(dense), value) for name, value in zip(labelled, labels, strict=True)
        }
        series = dict(zip(labelled, map(str, labels), strict=True))
        curves.append(Curve(dense, given.model.signal(axes, fit.values), numeric[0], series))
    return curves


def _dense(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return many values over the same range, spaced evenly in the logarithm where the sweep is."""
    low, high = float(values.min()), float(values.max())
    if low > 0 and np.allclose(np.diff(np.log(np.sort(values)), 2), 0, atol=1e-6) and high > 4 * low:
        return np.geomspace(low, high, CURVE_POINTS)
    return np.linspace(low, high, CURVE_POINTS)
