"""From points to analyses: average what the model does not know, fit, judge."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Curve,
    Dataset,
    Experiment,
    FitModel,
    FitSummary,
    Quantity,
    Reason,
    Verdict,
)
from oqtopus_experiments_curvefit.averaging import averaged
from oqtopus_experiments_curvefit.fit import Fit, best_fit
from oqtopus_experiments_curvefit.likelihood import Points
from oqtopus_experiments_curvefit.model import BoundModel, bind
from oqtopus_experiments_curvefit.verdict import findings, has_signal

Array = NDArray[np.float64]
CURVE_POINTS = 400


def analyze(experiment: Experiment, dataset: Dataset) -> list[Analysis]:
    """Return one analysis per target; see `CurveFit`."""
    declared = experiment.fit_model()
    if declared is None:
        message = f"{experiment.name!r} declares no fit model; choose another analyzer than curvefit"
        raise AnalysisError(message)
    model = bind(declared, dataset.sweep)
    return [_target(declared, model, dataset, index) for index in range(len(dataset.targets))]


def _target(declared: FitModel, model: BoundModel, dataset: Dataset, index: int) -> Analysis:
    axes, points, missing = averaged(dataset, index, model.axes)
    used = points.shots > 0
    here = {name: values[used] for name, values in axes.items()}
    points = Points(points.mean[used], points.stderr[used], points.shots[used], points.levels)
    names = declared.quantities or tuple(model.parameters)
    free = sum(parameter.vary for parameter in model.parameters.values())
    target = dataset.targets[index]
    if len(points.mean) < max(2, free):
        reason = Reason("too_few_points", f"{len(points.mean)} points cannot determine {free} parameters", "bad")
        return Analysis(target, _unknown(declared, names), Verdict([reason]))
    fit = best_fit(model, here, points)
    if fit is None or (declared.flat and not has_signal(points, fit)):
        reasons = [Reason("no_signal", declared.flat, "bad")]
        return Analysis(target, _unknown(declared, names), Verdict(reasons))
    quantities = _quantities(declared, fit)
    summary = FitSummary(here, points.mean, points.stderr, fit.fitted, quantities)
    order = [fit.names.index(name) for name in names]
    return Analysis(
        target=target,
        quantities=[quantities[name] for name in names],
        verdict=Verdict(findings(declared, points, fit, summary, missing)),
        fitted=model.evaluate(axes, fit.parameters),
        curve=_curve(model, axes, fit),
        covariance=fit.covariance[np.ix_(order, order)],
        chi_square=fit.deviance,
        degrees_of_freedom=fit.freedom,
    )


def _unknown(declared: FitModel, names: tuple[str, ...]) -> list[Quantity]:
    return [Quantity(name, math.nan, math.nan, declared.units.get(name, "")) for name in names]


def _quantities(declared: FitModel, fit: Fit) -> dict[str, Quantity]:
    errors = np.sqrt(np.where(np.diag(fit.covariance) >= 0, np.diag(fit.covariance), np.nan))
    return {
        name: Quantity(name, float(fit.parameters[name].value), float(error), declared.units.get(name, ""))
        for name, error in zip(fit.names, errors, strict=True)
    }


def _curve(model: BoundModel, axes: Mapping[str, Array], fit: Fit) -> Curve | None:
    if len(model.axes) != 1:
        return None
    values = axes[model.axes[0]]
    dense = np.linspace(values.min(), values.max(), CURVE_POINTS)
    return Curve(dense, model.evaluate({model.axes[0]: dense}, fit.parameters))
