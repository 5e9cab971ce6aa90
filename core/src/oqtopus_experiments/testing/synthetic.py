"""Data sets with known truth: the model of an experiment, read out with a number of shots."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.dataset import Dataset, Estimates, binomial_stderr
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.sweep import Sweep


def synthetic(
    experiment: Declaration, parameters: Mapping[str, float], shots: int, rng: np.random.Generator
) -> Dataset:
    """
    Draw what an experiment would measure if its fit model were the truth: independent binomial counts.

    Every target gets its own draw, so an experiment on 1000 qubits makes 1000 data sets.

    Args:
        experiment: With a fit model and a two-valued signal.
        parameters: True values of the parameters of its model.
        shots: Shots of each circuit, > 0.
        rng: Source of randomness; one seed, one data set.

    Raises:
        ValueError: Without a fit model, when the signal has more than two values, or when the model leaves the range
            of the signal at some point.
    """
    model = experiment.fit_model()
    if model is None:
        message = f"{experiment.name!r} has no fit model to draw synthetic data from"
        raise ValueError(message)
    references = [_reference(model, name, parameters) for name in experiment.references()]
    return drawn(experiment, _signal(model, experiment.sweep(), parameters), shots, rng, references=references)


def drawn(
    experiment: Declaration,
    signal: NDArray[np.float64],
    shots: int,
    rng: np.random.Generator,
    *,
    references: Sequence[float] | NDArray[np.float64] = (),
) -> Dataset:
    """
    Draw what an experiment would measure if this were its signal: any truth, also one its model does not describe.

    Args:
        experiment: With a two-valued signal.
        signal: Expected signal at each point, shape (points,) or (targets, points).
        shots: Shots of each circuit, > 0.
        rng: Source of randomness; one seed, one data set.
        references: Expected signals of its reference circuits, in their order.

    Raises:
        ValueError: When the signal has more than two values or leaves its range, or shapes do not match.
    """
    sweep, names = experiment.sweep(), tuple(experiment.references())
    signals = PointSignals.of(experiment, sweep, names)
    low, high = signals.levels(len(experiment.targets))
    if np.isnan(low).any():
        message = f"{experiment.name!r} needs a two-valued signal to draw synthetic data"
        raise ValueError(message)
    known = np.asarray(references, dtype=float)
    if signal.shape[-1] != sweep.size or known.shape != (len(names),):
        message = (
            f"{experiment.name!r} has {sweep.size} points and {len(names)} references; "
            f"got {signal.shape[-1]} and {known.size}"
        )
        raise ValueError(message)
    size = sweep.size
    return Dataset(
        sweep=sweep,
        targets=experiment.targets,
        signal_label=signals.label,
        points=_draw(signal, low[:, :size], high[:, :size], shots, rng),
        references=_draw(known, low[:, size:], high[:, size:], shots, rng),
        reference_names=names,
    )


def _signal(model: FitModel, sweep: Sweep, parameters: Mapping[str, float]) -> NDArray[np.float64]:
    grid = sweep.grid()
    if callable(model.function):
        known = inspect.signature(model.function).parameters
        axes: dict[str, Any] = {name: values for name, values in grid.items() if name in known}
        return np.asarray(model.function(**axes, **parameters), dtype=float)
    # An lmfit model; a built-in one calls its axis x, and lists options such as the form of a step beside it.
    variables = [name for name in model.function.independent_vars if name not in model.function.opts]
    columns = [grid[name] for name in variables] if set(variables) <= set(grid) else list(grid.values())
    return np.asarray(model.function.eval(**dict(zip(variables, columns, strict=True)), **parameters), dtype=float)


def _reference(model: FitModel, name: str, parameters: Mapping[str, float]) -> float:
    if name not in model.references:
        message = f"the fit model does not say what the reference circuit {name!r} gives"
        raise ValueError(message)
    function = model.references[name]
    return float(function(**{argument: parameters[argument] for argument in inspect.signature(function).parameters}))


def _draw(
    expected: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    shots: int,
    rng: np.random.Generator,
) -> Estimates:
    probability = (expected - low) / (high - low)
    outside = (probability < -1e-9) | (probability > 1 + 1e-9)
    if outside.any():
        first = np.argwhere(outside)[0]
        message = f"the expected signal leaves its range, {low[*first]:g} to {high[*first]:g}"
        raise ValueError(message)
    fraction = rng.binomial(shots, np.clip(probability, 0, 1)) / shots
    return Estimates(
        mean=low + (high - low) * fraction,
        stderr=(high - low) * binomial_stderr(fraction, shots),
        shots=np.full(fraction.shape, shots, dtype=np.int64),
        low=low,
        high=high,
    )
