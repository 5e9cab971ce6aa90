"""From points to analyses: average what the model does not know, fit, ask whether there is a signal, judge."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Curve,
    Dataset,
    Declaration,
    FitModel,
    FitOptions,
    FitSummary,
    Quantity,
    Reason,
    ReasonCode,
    Target,
    Verdict,
)
from oqtopus_experiments_curvefit._band import band
from oqtopus_experiments_curvefit._bounds import bounds
from oqtopus_experiments_curvefit._by_hand import as_said, findings_of_held, settled, without_held
from oqtopus_experiments_curvefit._drift import when_measured
from oqtopus_experiments_curvefit._fit import Fit, best_fit, standard_errors
from oqtopus_experiments_curvefit._intervals import profile_intervals
from oqtopus_experiments_curvefit._limits import SIGNAL_PROBABILITY
from oqtopus_experiments_curvefit._misfit import Misfit, misfit, must_move
from oqtopus_experiments_curvefit._model import Values, bind
from oqtopus_experiments_curvefit._positions import positions
from oqtopus_experiments_curvefit._problem import Problem, problem
from oqtopus_experiments_curvefit._undetermined import (
    covariance_of,
    nothing_was_there,
    undetermined,
    without,
)
from oqtopus_experiments_curvefit._verdict import findings

logger = logging.getLogger(__name__)

CURVE_POINTS = 400


def analyze(
    experiment: Declaration, dataset: Dataset, *, intervals: bool = False, said: FitOptions | None = None
) -> list[Analysis]:
    """Return one analysis per target; see `CurveFit`."""
    declared = experiment.fit_model()
    if declared is None:
        message = f"{experiment.name!r} declares no fit model; choose another analyzer than curvefit"
        raise AnalysisError(message)
    model = bind(declared, dataset.sweep, said)
    model = model if said is None else as_said(model, said)
    where = positions(dataset.sweep, model.axes)
    # What cannot be computed is asked for with isfinite wherever it matters; a fit strays there many times.
    with np.errstate(all="ignore"):
        when = when_measured(dataset, where)
        return [
            # Figures keep apart what the model keeps apart, also where no fit succeeded.
            attrs.evolve(
                _target(declared, problem(model, where, dataset, index, when), target, intervals=intervals, said=said),
                axes=model.axes,
            )
            for index, target in enumerate(dataset.targets)
        ]


def _target(
    declared: FitModel, given: Problem, target: Target, *, intervals: bool, said: FitOptions | None
) -> Analysis:
    model, points = given.model, given.points
    names = declared.quantities or model.names
    sought = len(model.free) - len(model.of_references)
    if len(points) < max(2, sought):
        message = f"{len(points)} points cannot determine {sought} parameters"
        return _without_number(declared, names, target, Reason(ReasonCode.TOO_FEW_POINTS, message, "bad"))
    starts = _starts(given)
    fit = best_fit(given, starts) if starts else None
    if fit is None:
        message = "no starting values could be guessed from these points"
        return _without_number(declared, names, target, Reason(ReasonCode.NO_SIGNAL, message, "bad"))
    if reason := _without_value(given, fit):
        return _without_number(declared, names, target, reason)
    if must_move(declared, given) and not has_signal(given, fit):
        nothing = _without_number(declared, names, target, Reason(ReasonCode.NO_SIGNAL, declared.flat, "bad"))
        # A signal that stays where a reference is tells of a decay that takes longer.
        return _bounded(nothing, fit) if given.references else nothing
    found = misfit(declared, given, fit)
    quantities = _quantities(declared, fit, found, profile_intervals(fit) if intervals else {})
    summary = FitSummary(given.axes, points.mean, points.stderr, fit.fitted, quantities)
    checked = [reason for check in declared.checks for reason in check(summary)]
    held = settled(fit.names, fit.gradient, said)
    reasons = [
        *findings_of_held(quantities, held, said, names[0]),
        *findings(given, fit, summary, found, names[0], checked),
    ]
    withheld = undetermined(fit, quantities, checked, names[0], found.contrast) - set(held)
    bounded = not nothing_was_there(checked)
    quantities = without_held(without(fit, quantities, withheld, names[0], bounded=bounded), held)
    return Analysis(
        target=target,
        quantities=[quantities[name] for name in names],
        verdict=Verdict(reasons),
        fitted=model.signal(given.positions.values, fit.values)[given.positions.of_point],
        curves=_curves(given, fit),
        covariance=covariance_of(fit, names, withheld | set(held)),
        panels=declared.panels(attrs.evolve(summary, quantities=quantities)) if declared.panels else (),
        deviance=fit.chi_square,
        degrees_of_freedom=fit.degrees_of_freedom,
    )


def has_signal(given: Problem, fit: Fit) -> bool:
    """
    Return whether the fit explains the points better than a constant does, one for each series and pair of levels.

    A likelihood ratio test with as many degrees of freedom as the model has parameters beyond these constants. An
    oscillation may hide at about as many frequencies as there are points, so the probability is shared among them.
    """
    points, group = given.points, _constants(given)
    constant = np.bincount(group, points.mean * points.shots) / np.bincount(group, points.shots)
    gain = points.deviance(constant[group]) - float(fit.residuals @ fit.residuals)
    extra = max(1, len(fit.best) - len(given.model.of_references) - len(constant))
    return bool(chdtrc(extra, max(gain, 0.0)) < SIGNAL_PROBABILITY / len(points))


def _constants(given: Problem) -> NDArray[np.intp]:
    """Return which constant each point would have: one for each series and pair of levels, shape (points,)."""
    levels = np.nan_to_num(given.points.low + 1j * given.points.high)
    if len(given.positions.names) == 1 and (levels == levels[0]).all():
        return np.zeros(len(levels), dtype=np.intp)
    pairs, pair = np.unique(levels, return_inverse=True)
    group: NDArray[np.intp] = np.unique(given.series * len(pairs) + pair.ravel(), return_inverse=True)[1]
    return group


def _without_value(given: Problem, fit: Fit) -> Reason | None:
    """
    Return the finding that the model gives no number at some points.

    Raises:
        AnalysisError: When that is because these points have no value on an axis: no data could make it one.
    """
    unknown = ~np.isfinite(fit.fitted)
    if not unknown.any():
        return None
    for axis in given.positions.numeric:
        values = given.axes[axis]
        lacking = np.isnan(values)
        if not (unknown & lacking).any() or lacking.all():
            continue
        filled = {**given.axes, axis: np.where(lacking, values[~lacking][0], values)}
        if np.isfinite(given.model.signal(filled, fit.values)[unknown & lacking]).any():
            at = int(np.flatnonzero(unknown & lacking)[0])
            where = given.positions.names[given.series[at]] or f"point {at}"
            message = (
                f"the model gives no number at {where}, which has no value on the axis {axis!r} (NaN): let it choose "
                f"by label, np.where(label == ..., what does not depend on {axis}, what does)"
            )
            raise AnalysisError(message)
    count = int(unknown.sum())
    message = f"the model gives no number at {count} point{'s' * (count > 1)}"
    return Reason(ReasonCode.POOR_FIT, message, "bad")


def _starts(given: Problem) -> Sequence[Values]:
    """Return starting values; none when the guess, which others wrote, cannot make sense of the points."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it could not make sense of, the verdict says
            return given.model.starts(given.axes, given.points.mean)
    except (ArithmeticError, ValueError, IndexError) as error:
        logger.warning("the guess of the fit model failed: %r", error)
        return []


def _without_number(declared: FitModel, names: Sequence[str], target: Target, reason: Reason) -> Analysis:
    quantities = [declared.quantity(name) for name in names]
    return Analysis(target, quantities, Verdict([reason]))


def _bounded(analysis: Analysis, fit: Fit) -> Analysis:
    """Return an analysis without a number with a bound of its headline, where there is one."""
    headline, *others = analysis.quantities
    at_least, at_most = bounds(fit, headline.name)
    return attrs.evolve(analysis, quantities=[attrs.evolve(headline, at_least=at_least, at_most=at_most), *others])


def _quantities(
    declared: FitModel, fit: Fit, found: Misfit, intervals: Mapping[str, tuple[float, float]]
) -> dict[str, Quantity]:
    errors = standard_errors(fit.covariance)
    found_in = zip(fit.values.items(), errors.tolist(), found.systematics.tolist(), strict=True)
    quantities = {}
    for (name, value), error, systematic in found_in:
        low, high = intervals.get(name, (math.nan, math.nan))
        measured = declared.quantity(name, value, error)
        quantities[name] = attrs.evolve(measured, low=low, high=high, systematic=systematic)
    return quantities


def _curves(given: Problem, fit: Fit) -> list[Curve]:
    """Return the model over its one numeric axis, for each series that has values on it."""
    where = given.positions
    if len(where.numeric) != 1:
        return []
    (axis,) = where.numeric
    curves = []
    for number in range(len(where.names)):
        chosen = (where.series == number) & np.isfinite(where.values[axis])
        if not chosen.any():
            continue  # a label that the axis means nothing to
        dense = _dense(where.values[axis][chosen])
        labels = {name: values[chosen][0] for name, values in where.values.items() if name != axis}
        axes = {axis: dense} | {name: np.full(len(dense), label) for name, label in labels.items()}
        series = {name: str(label) for name, label in labels.items()}
        stderr = band(given.model, fit, axes)
        curves.append(Curve(dense, given.model.signal(axes, fit.values), axis, series, stderr))
    return curves


def _dense(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return many values over the same range, spaced evenly in the logarithm where the sweep is."""
    low, high = float(values.min()), float(values.max())
    if low > 0 and np.allclose(np.diff(np.log(np.sort(values)), 2), 0, atol=1e-6) and high > 4 * low:
        return np.geomspace(low, high, CURVE_POINTS)
    return np.linspace(low, high, CURVE_POINTS)
