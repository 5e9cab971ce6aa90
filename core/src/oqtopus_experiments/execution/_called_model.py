"""The functions of a fit model, each called once on made-up points before it meets measured ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts import arguments, formula, sound_model
from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.model import FitModel, FitSummary
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.contracts.verdict import Reason
from oqtopus_experiments.errors import PluginError
from oqtopus_experiments.plugins._fence import fence

POOR_DATA = (ArithmeticError, ValueError, IndexError)
"""What a guess may raise for points that it can make nothing of."""


def call_model(
    experiment: Declaration, model: FitModel, sweep: Sweep, *, tolerant: bool
) -> tuple[dict[str, NDArray[Any]], Mapping[str, float]] | None:
    """
    Call guess, model, derived quantities, references and checks of a plain function once, on made-up points.

    Args:
        experiment: Whose model it is.
        model: Its model, sound by its names.
        sweep: Its points.
        tolerant: Whether a guess or a check may fail as it may for poor data, which made-up points are.

    Returns:
        The model's axes at its points, and the first start; None where the guess could make nothing of the points.

    Raises:
        PluginFault: When any of them fails, a start is missing, or the model does not give a number for each point.
    """
    grid = sweep.grid()
    axes = sound_model.axes_of(model, grid)
    rows = list(dict.fromkeys(zip(*(grid[name].tolist() for name in axes), strict=True)))
    columns = {name: np.array(column) for name, column in zip(axes, zip(*rows, strict=True), strict=True)}
    owner = type(experiment)
    with fence("fit_model", owner, "in its guess, on made-up points"):
        guessed = _guessed(model, columns, tolerant=tolerant)
        if guessed is None:
            return None
        (found,) = guessed
        raise_first(owner, "fit_model", _faults_of_starts(found, sound_model.parameters_of(model, grid)))
    starts = [found] if isinstance(found, Mapping) else list(found)
    with fence("fit_model", owner, "at its own guess"), np.errstate(all="ignore"):
        for start in starts:
            raise_first(owner, "fit_model", _faults_of_values(model, columns, start))
    summary = _summary(model, columns, starts[0])
    for number, check in enumerate(model.checks):
        with fence("fit_model", owner, f"in its check {number}"), np.errstate(all="ignore"):
            raise_first(owner, "fit_model", _faults_of_check(number, check, summary, tolerant=tolerant))
    return columns, starts[0]


def _guessed(model: FitModel, columns: Mapping[str, NDArray[Any]], *, tolerant: bool) -> tuple[Any] | None:
    """Return what the guess gives for the first of some signals that it can make something of, if any."""
    count = len(next(iter(columns.values())))
    position = np.linspace(0, 1, count)
    made_up = (np.random.default_rng(0).random(count), 0.1 + 0.8 * np.exp(-3 * position), 0.1 + 0.8 * position)
    refused: BaseException | None = None
    for signal in made_up:
        try:
            with np.errstate(all="ignore"):
                return (model.guess(*columns.values(), signal),) if model.guess else None
        except POOR_DATA as error:
            refused = error
    if refused is not None and not tolerant:
        raise refused
    return None


def _faults_of_starts(found: Any, parameters: Mapping[str, bool]) -> Iterator[str]:
    starts = [found] if isinstance(found, Mapping) else found
    if not isinstance(starts, (list, tuple)) or not starts or not all(isinstance(one, Mapping) for one in starts):
        yield f"its guess must return starting values by name, or a list of such starts, not {found!r:.60}"
        return
    for start in starts:
        names = ", ".join(parameters)
        for name, has_default in parameters.items():
            if name not in start and not has_default:
                yield f"its guess gives no start of {name!r}; the parameters are: {names}"
        for name, value in start.items():
            if name not in parameters:
                yield f"its guess gives a start of {name!r}, which the model does not have: {names}"
            elif not np.isscalar(value) or not np.isreal(value) or not np.isfinite(float(value)):  # type: ignore[arg-type]
                yield f"its guess gives {value!r:.40} as start of {name!r}, which is not a finite number"


def _faults_of_values(
    model: FitModel, columns: Mapping[str, NDArray[Any]], start: Mapping[str, float]
) -> Iterator[str]:
    own = arguments.arguments_of(model.function)
    values = np.asarray(model.function(**columns, **{n: v for n, v in start.items() if n in own}), dtype=float)
    count = len(next(iter(columns.values())))
    name = getattr(model.function, "__name__", "the model")
    if values.shape not in ((), (count,)):
        yield f"{name} must give one number for each of {count} points, not an array of shape {values.shape}"
    elif np.isnan(values).all():
        yield f"{name} gives NaN at every point"
    elif model.formula:
        defaults = {one: argument.default for one, argument in own.items() if argument.default is not argument.empty}
        yield from _faults_of_formula(model.formula, name, columns, {**defaults, **start}, values)
    for what, functions in (("reference", model.references), ("derived quantity", model.derived)):
        for one, function in functions.items():
            if callable(function):
                yield from _faults_of_number(f"{what} {one!r}", function, start)


def _faults_of_formula(
    text: str,
    name: str,
    columns: Mapping[str, NDArray[Any]],
    parameters: Mapping[str, float],
    values: NDArray[np.float64],
) -> Iterator[str]:
    said, fitted = np.broadcast_arrays(formula.value(text, {**parameters, **columns}), values, *columns.values())[:2]
    # As `np.isclose`, which takes ten times as long for so few points.
    alike = (np.abs(said - fitted) <= 1e-9 + 1e-6 * np.abs(fitted)) | (said == fitted) | np.isnan(fitted)
    for index in np.flatnonzero(~alike)[:1]:
        place = ", ".join(f"{axis} = {column[index]}" for axis, column in columns.items())
        yield f"its formula gives {said[index]:.6g} at {place}, where {name} gives {fitted[index]:.6g}: {text}"


def _faults_of_number(what: str, function: Callable[..., float], start: Mapping[str, float]) -> Iterator[str]:
    wanted = arguments.names(function)
    if not set(wanted) <= set(start):
        return  # of a parameter with a default, or of another derived quantity
    try:
        value = function(**{name: float(start[name]) for name in wanted})
    except ArithmeticError:
        return  # unknown there, as 1 / 0
    if np.ndim(value) or not np.isreal(value):
        yield f"{what} must be a number, not {value!r:.60}"


def _summary(model: FitModel, columns: Mapping[str, NDArray[Any]], start: Mapping[str, float]) -> FitSummary:
    """Return what a check may look at, as if the model fitted at a start; expressions are not evaluated here."""
    own = arguments.arguments_of(model.function)
    count = len(next(iter(columns.values())))
    with np.errstate(all="ignore"):
        found = np.asarray(model.function(**columns, **{n: v for n, v in start.items() if n in own}), dtype=float)
    fitted = np.broadcast_to(found, (count,))
    values = {**dict.fromkeys(model.derived, 1.0), **{name: float(value) for name, value in start.items()}}
    quantities = {name: Quantity(name, value, 0.1 * abs(value) or 0.1) for name, value in values.items()}
    return FitSummary(columns, fitted.copy(), np.full(count, 0.01), fitted.copy(), quantities)


def _faults_of_check(
    number: int, check: Callable[[FitSummary], Sequence[Reason]], summary: FitSummary, *, tolerant: bool
) -> Iterator[str]:
    try:
        found: Any = check(summary)
    except POOR_DATA:
        if not tolerant:
            raise
        return
    if not isinstance(found, (list, tuple)) or not all(isinstance(reason, Reason) for reason in found):
        yield f"its check {number} must return a list of Reason, empty where there is nothing to say, not {found!r:.60}"


def raise_first(owner: type[Any], what: str, faults: Iterator[str] | Sequence[str]) -> None:
    """
    Raise the first of some faults.

    Raises:
        PluginError: When there is one; within a fence, which names its author.
    """
    for fault in faults:
        message = f"{owner.__name__}.{what} {fault}"
        raise PluginError(message)
