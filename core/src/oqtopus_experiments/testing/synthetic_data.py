"""Data sets with known truth: the model of an experiment, read out with a number of shots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.arguments import arguments_of
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.estimates import Estimates, binomial_stderr
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.testing.drawn_counts import DrawnCounts

Array = NDArray[np.float64]


def synthetic(
    experiment: Declaration,
    parameters: Mapping[str, float],
    shots: int,
    rng: np.random.Generator,
    *,
    spread: float = math.nan,
    signals: PointSignals | None = None,
) -> Dataset:
    """
    Draw what an experiment would measure if its fit model were the truth: independent binomial counts.

    Every target gets its own draw, so an experiment on 1000 qubits makes 1000 data sets. Labels, sums of grids and
    signals that differ from point to point are drawn like any others.

    Args:
        experiment: With a fit model.
        parameters: True values of the parameters of its model, those that only references use included.
        shots: Shots of each circuit, > 0.
        rng: Source of randomness; one seed, one data set.
        spread: Standard deviation of a single shot where a signal has more than two values; see `drawn`.
        signals: As for `drawn`.

    Raises:
        ValueError: Without a fit model, when the model gives no number or leaves the range of the signal at some point,
            or when a signal has more than two values and no spread.
    """
    model = experiment.fit_model()
    if model is None:
        message = f"{experiment.name!r} has no fit model to draw synthetic data from"
        raise ValueError(message)
    references = [_reference(model, name, parameters) for name in experiment.references()]
    signal = _signal(model, experiment.sweep(), parameters)
    return drawn(experiment, signal, shots, rng, references=references, spread=spread, signals=signals)


def drawn(
    experiment: Declaration,
    signal: Array,
    shots: int,
    rng: np.random.Generator,
    *,
    references: Sequence[float] | Array = (),
    spread: float = math.nan,
    signals: PointSignals | None = None,
) -> Dataset:
    """
    Draw what an experiment would measure if this were its signal: any truth, also one its model does not describe.

    `Dataset.outcomes` has the outcomes where the signal determines them: at targets of one qubit that are read into
    one bit. At others the signal is known and the outcomes behind it are not.

    Args:
        experiment: What to measure.
        signal: Expected signal at each point, shape (points,) or (targets, points).
        shots: Shots of each circuit, > 0.
        rng: Source of randomness; one seed, one data set.
        references: Expected signals of its reference circuits, in their order.
        spread: Standard deviation of a single shot where a signal has more than two values, > 0: a mean does not say
            it. The mean over the shots is drawn as normal, which it is for many shots.
        signals: What is read where, if not what the experiment says of each target: asking it may take time.

    Raises:
        ValueError: When the signal is not a number or leaves its range at some point, has more than two values and no
            spread, or shapes do not match.
    """
    sweep, names = experiment.sweep(), tuple(experiment.references())
    signals = signals or PointSignals.of(experiment, sweep, names)
    low, high = signals.two_values(len(experiment.targets))
    if np.isnan(low).any() and not spread > 0:
        message = (
            f"{experiment.name!r} needs a two-valued signal to draw synthetic data, or the `spread` of a single shot "
            "where it has more values"
        )
        raise ValueError(message)
    known = np.asarray(references, dtype=float)
    if signal.shape[-1] != sweep.size or known.shape != (len(names),):
        message = (
            f"{experiment.name!r} has {sweep.size} points and {len(names)} references; "
            f"got {signal.shape[-1]} and {known.size}"
        )
        raise ValueError(message)
    size = sweep.size
    points = _draw(signal, low[:, :size], high[:, :size], shots, rng, spread)
    read = _draw(known, low[:, size:], high[:, size:], shots, rng, spread)
    (seed,) = rng.spawn(1)  # of its own, so that what is drawn next does not depend on who looked at outcomes
    return Dataset(
        sweep=sweep,
        targets=experiment.targets,
        signal_label=signals.label,
        points=points,
        references=read,
        reference_names=names,
        counts=DrawnCounts.of(experiment, signals, np.hstack([points.mean, read.mean]), shots, seed),
    )


def _signal(model: FitModel, sweep: Sweep, parameters: Mapping[str, float]) -> Array:
    grid = sweep.grid()
    with np.errstate(all="ignore"):  # where a point has no value on an axis, the model chooses by label
        if callable(model.function):
            known = arguments_of(model.function)
            axes: dict[str, Any] = {name: values for name, values in grid.items() if name in known}
            own = {name: value for name, value in parameters.items() if name in known}
            return np.broadcast_to(np.asarray(model.function(**axes, **own), dtype=float), (sweep.size,))
        # An lmfit model; a built-in one calls its axis x, and lists options such as the form of a step beside it.
        variables = [name for name in model.function.independent_vars if name not in model.function.opts]
        columns = [grid[name] for name in variables] if set(variables) <= set(grid) else list(grid.values())
        own = {name: value for name, value in parameters.items() if name in model.function.param_names}
        return np.asarray(model.function.eval(**dict(zip(variables, columns, strict=True)), **own), dtype=float)


def _reference(model: FitModel, name: str, parameters: Mapping[str, float]) -> float:
    if name not in model.references:
        message = f"the fit model does not say what the reference circuit {name!r} gives"
        raise ValueError(message)
    function = model.references[name]
    return float(function(**{argument: parameters[argument] for argument in arguments_of(function)}))


def _draw(expected: Array, low: Array, high: Array, shots: int, rng: np.random.Generator, spread: float) -> Estimates:
    expected = np.broadcast_to(expected, low.shape)
    if not np.isfinite(expected).all():
        message = f"the expected signal is not a number at point {np.argwhere(~np.isfinite(expected))[0][-1]}"
        raise ValueError(message)
    two = np.isfinite(low)
    start, span = np.where(two, low, 0.0), np.where(two, high - low, 1.0)
    probability = np.where(two, (expected - start) / span, 0.5)
    outside = (probability < -1e-9) | (probability > 1 + 1e-9)
    if outside.any():
        first = np.argwhere(outside)[0]
        message = f"the expected signal leaves its range, {low[*first]:g} to {high[*first]:g}"
        raise ValueError(message)
    fraction = rng.binomial(shots, np.clip(probability, 0, 1)) / shots
    mean, stderr = start + span * fraction, span * binomial_stderr(fraction, shots)
    if not two.all():
        error = spread / math.sqrt(shots)
        mean, stderr = np.where(two, mean, rng.normal(expected, error)), np.where(two, stderr, error)
    return Estimates(mean, stderr, np.full(mean.shape, shots, dtype=np.int64), low, high)
