"""
The errors to expect, before anything is measured: the Fisher information of a model at an assumed truth.

No unbiased estimate has smaller ones, and the most likely parameters have them with many shots (Cramer, Mathematical
Methods of Statistics, 1946, sections 32.3 and 33.3). They are what a fit would report of counts that are as expected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Correction,
    Dataset,
    Declaration,
    Estimates,
    FitModel,
    FitOptions,
    FitSummary,
    Quantity,
    Reason,
    ReasonCode,
    Verdict,
    mitigated,
)
from oqtopus_experiments_curvefit._binding import bind
from oqtopus_experiments_curvefit._by_hand import findings_of_held, settled, without_held
from oqtopus_experiments_curvefit._covariance import covariance_at, gradient_at, standard_errors
from oqtopus_experiments_curvefit._likelihood import Points
from oqtopus_experiments_curvefit._model import BoundModel, Values
from oqtopus_experiments_curvefit._positions import Positions, positions
from oqtopus_experiments_curvefit._problem import Problem
from oqtopus_experiments_curvefit._verdict import few_shots

Array = NDArray[np.float64]

# A signal may leave its range by as much through rounding.
ROUNDING = 1e-9


def forecast(
    experiment: Declaration,
    truth: Mapping[str, float],
    shots: int,
    said: FitOptions | None = None,
    correction: Correction | None = None,
) -> Analysis:
    """Return what one target would come to; see `CurveFit.forecast`."""
    declared = experiment.fit_model()
    if declared is None:
        message = f"{experiment.name!r} declares no fit model, so that nothing can be forecast"
        raise AnalysisError(message)
    raw = Dataset.from_counts(experiment, {})
    nothing = raw if correction is None else mitigated(experiment, raw, [correction])
    # As the points would be by other calibrations, each moved by one standard error in a direction of its own.
    others = [] if correction is None else [mitigated(experiment, raw, [one]) for one in correction.variations()]
    model = bind(declared, nothing.sweep, said)
    vector = _vector(model, truth)
    with np.errstate(all="ignore"):
        given = _planned(model, positions(nothing.sweep, model.axes), nothing, others, vector, shots)
        expected, jacobian = given.predict(vector), given.jacobian(vector)
        gradient = gradient_at(model, vector)
        covariance, _ = covariance_at(given, gradient, expected, jacobian)
        values = model.expand(vector)
        quantities = _quantities(declared, values, covariance)
        fitted = expected[: len(given.points)]
        summary = FitSummary(given.axes, fitted, given.points.stderr, fitted, quantities)
        reasons = [
            *few_shots(given.points.shots[given.points.is_binomial]),
            *(reason for check in declared.checks for reason in check(summary)),
        ]
    names = declared.quantities or model.names
    if unknown := [name for name in names if not math.isfinite(quantities[name].stderr)]:
        message = f"these points do not determine {', '.join(unknown)}, whatever the shots"
        reasons.append(Reason(ReasonCode.UNDETERMINED, message, "bad"))
    order = [list(values).index(name) for name in names]
    held = settled(list(values), gradient, said)
    reasons = [*findings_of_held(quantities, held, said, names[0]), *reasons]
    quantities = without_held(quantities, held)
    hidden = np.array([name in held for name in values])
    covariance = np.where(hidden[:, None] | hidden, np.nan, covariance)
    return Analysis(
        target=experiment.targets[0],
        quantities=[quantities[name] for name in names],
        verdict=Verdict(reasons or [Reason(ReasonCode.FITS, "expected of these points and shots", "good")]),
        covariance=covariance[np.ix_(order, order)],
        degrees_of_freedom=len(expected) - len(model.free),
        axes=model.axes,
    )


def _vector(model: BoundModel, truth: Mapping[str, float]) -> Array:
    """Return the free parameters of an assumed truth."""
    if missing := [name for name in model.free if name not in truth]:
        message = (
            f"no value to assume of {', '.join(missing)}: the experiment gives no example of its truth "
            "(FitModel.example), and none was given"
        )
        raise AnalysisError(message)
    return np.array([truth[name] for name in model.free], dtype=float)


def _planned(
    model: BoundModel, where: Positions, nothing: Dataset, others: Sequence[Dataset], vector: Array, shots: int
) -> Problem:
    """
    Return the problem that counts as expected would pose.

    Raises:
        AnalysisError: When the assumed truth is not a number somewhere, or leaves the range of the signal there; or a
            signal has more than two values, whose scatter from shot to shot nobody knows.
    """
    values = model.complete(vector)
    columns = [nothing.reference_names.index(name) for name in model.references]
    signal = model.signal(where.values, values)[where.of_point]
    points = _as_expected(nothing.points, signal, shots, "point", values)
    told = np.array([function(values) for function in model.references.values()])
    low, high = nothing.references.low[:, columns], nothing.references.high[:, columns]
    known = _as_expected(evolve(nothing.references, low=low, high=high), told, shots, "reference", values)
    count = np.bincount(where.of_point)
    shifts = [
        np.append(
            np.bincount(where.of_point, _moved(points, other.points, slice(None))) / count,
            _moved(known, other.references, columns),
        )
        for other in others
    ]
    return Problem(
        model=model,
        positions=where,
        used=np.ones(len(where.alone), dtype=bool),
        points=_averaged(points, where),
        references=tuple(model.references),
        known=known,
        missing=np.intp(0),
        shifts=np.array(shifts).reshape(len(shifts), len(count) + len(columns)),
    )


def _moved(points: Points, other: Estimates, columns: slice | list[int]) -> Array:
    """Return how far the means are when what is read is given the two values of another calibration."""
    fraction = (points.mean - points.low) / (points.high - points.low)
    low, high = other.low[0, columns], other.high[0, columns]
    found: Array = low + fraction * (high - low) - points.mean
    return found


def _as_expected(read: Estimates, signal: Array, shots: int, what: str, values: Values) -> Points:
    low, high = read.low[0], read.high[0]
    if np.isnan(low).any():
        message = (
            "a signal of more than two values: how far single shots scatter is not known before they are measured; a "
            "mitigated signal of several bits is such a one"
        )
        raise AnalysisError(message)
    fraction = (signal - low) / (high - low)
    wrong = ~((fraction >= -ROUNDING) & (fraction <= 1 + ROUNDING))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        assumed = ", ".join(f"{name} = {value:.6g}" for name, value in values.items())
        message = (
            f"{assumed} cannot be true: the signal would be {signal[first]:.4g} at {what} {first}, "
            f"and lies between {low[first]:g} and {high[first]:g}"
        )
        raise AnalysisError(message)
    made = Points(signal, np.ones(len(signal)), np.full(len(signal), float(shots)), low, high)
    return evolve(made, stderr=np.sqrt(made.variance(signal)))


def _averaged(points: Points, where: Positions) -> Points:
    """Return the points of all positions; of one with several circuits their mean, with its shot noise alone."""
    if where.alone.all():
        return points
    group, count = where.of_point, np.bincount(where.of_point)
    first = np.unique(group, return_index=True)[1]
    error = np.sqrt(np.bincount(group, weights=points.stderr**2)) / count
    low, high = (np.where(where.alone, values[first], np.nan) for values in (points.low, points.high))
    shots = np.bincount(group, weights=points.shots).astype(float)
    return Points(points.mean[first], error, shots, low, high)


def _quantities(declared: FitModel, values: Values, covariance: Array) -> dict[str, Quantity]:
    errors = standard_errors(covariance)
    return {
        name: declared.quantity(name, value, float(error) if math.isfinite(value) else math.nan)
        for (name, value), error in zip(values.items(), errors, strict=True)
    }
