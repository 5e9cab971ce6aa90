"""From points to analyses: average what the model does not know, fit, ask whether there is a signal, judge."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
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
from oqtopus_experiments_curvefit._best import best_fits
from oqtopus_experiments_curvefit._binding import bind
from oqtopus_experiments_curvefit._bounds import bounds
from oqtopus_experiments_curvefit._by_hand import as_said, findings_of_held, settled, without_held
from oqtopus_experiments_curvefit._clipped import clipped
from oqtopus_experiments_curvefit._curves import curves
from oqtopus_experiments_curvefit._drift import when_measured
from oqtopus_experiments_curvefit._fit import Fit, Fits
from oqtopus_experiments_curvefit._intervals import profile_intervals
from oqtopus_experiments_curvefit._misfit import Misfit, misfits, must_move
from oqtopus_experiments_curvefit._model import Values
from oqtopus_experiments_curvefit._positions import positions
from oqtopus_experiments_curvefit._problem import Problem, problems
from oqtopus_experiments_curvefit._signal import have_signal
from oqtopus_experiments_curvefit._takes_arrays import hold_alone
from oqtopus_experiments_curvefit._undetermined import hidden, nothing_was_there, undetermined, without
from oqtopus_experiments_curvefit._verdict import findings

logger = logging.getLogger(__name__)


@frozen(eq=False)
class _Asked:
    """What is asked of every target: the model, what of it is reported, what a person said of it."""

    declared: FitModel
    names: tuple[str, ...]
    axes: tuple[str, ...]
    intervals: bool
    said: FitOptions | None


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
    asked = _Asked(declared, declared.quantities or model.names, model.axes, intervals, said)
    found: dict[int, Analysis] = {}
    # What cannot be computed is asked for with isfinite wherever it matters; a fit strays there many times.
    with np.errstate(all="ignore"):
        for targets, given in problems(model, where, dataset, when_measured(dataset, where)):
            analyses = _alike(asked, given, [dataset.targets[index] for index in targets])
            found |= zip(targets.tolist(), analyses, strict=True)
    return [found[index] for index in range(len(dataset.targets))]


def _alike(asked: _Asked, given: Problem, targets: Sequence[Target]) -> list[Analysis]:
    """Return the analyses of targets that are fitted side by side."""
    sought = len(given.model.free) - len(given.model.of_references)
    if len(given.points) < max(2, sought):
        message = f"{len(given.points)} points cannot determine {sought} parameters"
        return [_nothing(asked, target, Reason(ReasonCode.TOO_FEW_POINTS, message, "bad")) for target in targets]
    message = "no starting values could be guessed from these points"
    found = [_nothing(asked, target, Reason(ReasonCode.NO_SIGNAL, message, "bad")) for target in targets]
    starts = [_starts(given, mean) for mean in given.points.mean]
    there, fits = best_fits(given, starts)
    if fits is not None and not hold_alone(given.model, given.axes, fits.best, fits.fitted):
        there, fits = best_fits(attrs.evolve(given, model=attrs.evolve(given.model, takes_arrays=False)), starts)
    if fits is None:
        return found
    ended = _ended(asked, fits, [targets[index] for index in there.tolist()])
    for index, analysis in zip(there.tolist(), ended, strict=True):
        found[index] = analysis
    return found


def _ended(asked: _Asked, fits: Fits, targets: Sequence[Target]) -> list[Analysis]:
    """Return the analyses of targets whose search has ended somewhere."""
    valued = np.asarray(np.isfinite(fits.fitted).all(axis=-1))
    signals = valued & have_signal(fits) if must_move(asked.declared, fits.problem) else valued
    found = {
        index: _without_signal(asked, Fit(fits, index), targets[index], valued=bool(valued[index]))
        for index in np.flatnonzero(~signals).tolist()
    }
    there = np.flatnonzero(signals)
    if len(there):
        judged = _judged(asked, fits.of(there), [targets[index] for index in there.tolist()])
        found |= zip(there.tolist(), judged, strict=True)
    return [found[index] for index in range(len(targets))]


def _judged(asked: _Asked, fits: Fits, targets: Sequence[Target]) -> list[Analysis]:
    """Return the analyses of targets with a signal."""
    given, model = fits.problem, fits.problem.model
    order = [model.names.index(name) for name in asked.names]
    everywhere = model.signals(given.positions.values, fits.best)[:, given.positions.of_point]
    parts = zip(
        targets, misfits(asked.declared, fits), clipped(fits), curves(fits), everywhere,
        fits.covariance[:, order][..., order], fits.errors.tolist(), strict=True,
    )  # fmt: skip
    found = []
    for index, (target, misfit, signs, drawn, fitted, covariance, errors) in enumerate(parts):
        fit = Fit(fits, index)
        intervals = profile_intervals(fit) if asked.intervals else {}
        quantities = _quantities(asked.declared, fit, errors, misfit, intervals)
        summary = _summary(fit, quantities)
        checked = [reason for check in asked.declared.checks for reason in check(summary)]
        held = settled(fit.names, fit.gradient, asked.said)
        headline = asked.names[0]
        reasons = [
            *findings_of_held(quantities, held, asked.said, headline),
            *findings(fit, summary, misfit, signs, headline, checked),
        ]
        withheld = undetermined(fit, quantities, checked, headline, misfit.contrast) - set(held)
        bounded = not nothing_was_there(checked)
        quantities = without_held(without(fit, quantities, withheld, headline, bounded=bounded), held)
        panels = asked.declared.panels
        found.append(
            Analysis(
                target=target,
                quantities=[quantities[name] for name in asked.names],
                verdict=Verdict(reasons),
                fitted=fitted,
                curves=drawn,
                covariance=hidden(covariance, asked.names, withheld | set(held)),
                panels=panels(attrs.evolve(summary, quantities=quantities)) if panels else (),
                deviance=fit.chi_square,
                degrees_of_freedom=fit.degrees_of_freedom,
                axes=asked.axes,
            )
        )
    return found


def _without_signal(asked: _Asked, fit: Fit, target: Target, *, valued: bool) -> Analysis:
    """Return the analysis of a target that has no signal, or of which the model gives no number somewhere."""
    if not valued:
        return _nothing(asked, target, _without_value(fit))
    nothing = _nothing(asked, target, Reason(ReasonCode.NO_SIGNAL, asked.declared.flat, "bad"))
    # A signal that stays where a reference is tells of a decay that takes longer.
    return _bounded(nothing, fit) if fit.among.problem.references else nothing


def _without_value(fit: Fit) -> Reason:
    """
    Return the finding that the model gives no number at some points.

    Raises:
        AnalysisError: When that is because these points have no value on an axis: no data could make it one.
    """
    given, unknown = fit.problem, ~np.isfinite(fit.fitted)
    for axis in given.positions.numeric:
        values = given.axes[axis]
        lacking = np.isnan(values)
        if not (unknown & lacking).any() or lacking.all():
            continue
        filled = {**given.axes, axis: np.where(lacking, values[~lacking][0], values)}
        if np.isfinite(given.model.signals(filled, fit.best)[unknown & lacking]).any():
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


def _starts(given: Problem, mean: NDArray[np.float64]) -> Sequence[Values]:
    """Return starting values; none when the guess, which others wrote, cannot make sense of the points."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it could not make sense of, the verdict says
            return given.model.starts(given.axes, mean)
    except (ArithmeticError, ValueError, IndexError) as error:
        logger.warning("the guess of the fit model failed: %r", error)
        return []


def _nothing(asked: _Asked, target: Target, reason: Reason) -> Analysis:
    """Return an analysis without a number."""
    quantities = [asked.declared.quantity(name) for name in asked.names]
    return Analysis(target, quantities, Verdict([reason]), axes=asked.axes)


def _bounded(analysis: Analysis, fit: Fit) -> Analysis:
    """Return an analysis without a number with a bound of its headline, where there is one."""
    headline, *others = analysis.quantities
    at_least, at_most = bounds(fit, headline.name)
    return attrs.evolve(analysis, quantities=[attrs.evolve(headline, at_least=at_least, at_most=at_most), *others])


def _summary(fit: Fit, quantities: Mapping[str, Quantity]) -> FitSummary:
    return FitSummary(fit.among.problem.axes, fit.mean, fit.stderr, fit.fitted, quantities)


def _quantities(
    declared: FitModel,
    fit: Fit,
    errors: Sequence[float],
    misfit: Misfit,
    intervals: Mapping[str, tuple[float, float]],
) -> dict[str, Quantity]:
    found_in = zip(fit.values.items(), errors, misfit.systematics.tolist(), strict=True)
    quantities = {}
    for (name, value), error, systematic in found_in:
        low, high = intervals.get(name, (math.nan, math.nan))
        unit, symbol = declared.units.get(name, ""), declared.symbols.get(name, "")
        quantities[name] = Quantity(name, value, error, unit, low, high, systematic, symbol=symbol)
    return quantities
