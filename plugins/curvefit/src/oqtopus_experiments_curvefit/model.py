"""One way to call any model: lmfit's built-in and composite models, and plain functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import lmfit
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import AnalysisError, FitModel, Sweep

Array = NDArray[np.float64]


@frozen(eq=False)
class BoundModel:
    """
    A model bound to the axes of a sweep.

    Args:
        axes: Names of the axes the model depends on, in the order of its arguments.
        parameters: lmfit parameters with bounds and derived quantities; values are placeholders.
        evaluate: ``evaluate(axis values by name, parameters)`` returns the signal.
        starts: ``starts(axis values by name, signal)`` returns starting values to try.
    """

    axes: tuple[str, ...]
    parameters: lmfit.Parameters
    evaluate: Callable[[Mapping[str, Array], lmfit.Parameters], Array]
    starts: Callable[[Mapping[str, Array], Array], Sequence[Mapping[str, float]]]


def bind(fit: FitModel, sweep: Sweep) -> BoundModel:
    """
    Bind a fit model to a sweep.

    Raises:
        AnalysisError: When no argument of the model is an axis of the sweep, an axis it uses is not numeric, or
            there is nothing to guess from.
    """
    model, axes = _lmfit_model(fit.function, sweep)
    arguments = dict(zip(model.independent_vars, axes, strict=True))
    labels = [axis.name for axis in sweep.axes if axis.name in axes and not axis.is_numeric]
    if labels:
        message = f"axis {labels[0]!r} holds labels; a model needs numbers"
        raise AnalysisError(message)
    parameters = model.make_params()
    for name, (low, high) in fit.bounds.items():
        if name not in parameters:
            message = f"bounds are given for {name!r}, which is no parameter of the model: {', '.join(parameters)}"
            raise AnalysisError(message)
        parameters[name].set(min=low, max=high)
    for name, expression in fit.derived.items():
        parameters.add(name, expr=expression)

    def starts(values: Mapping[str, Array], signal: Array) -> Sequence[Mapping[str, float]]:
        if fit.guess is None:
            guessed = model.guess(signal, **{own: values[axis] for own, axis in arguments.items()})
            return [guessed.valuesdict()]
        found = fit.guess(*(values[axis] for axis in axes), signal)
        return [found] if isinstance(found, Mapping) else list(found)

    return BoundModel(axes, parameters, _evaluator(model, arguments), starts)


def _lmfit_model(function: Any, sweep: Sweep) -> tuple[lmfit.Model, tuple[str, ...]]:
    names = [axis.name for axis in sweep.axes]
    if isinstance(function, lmfit.Model):
        variables = tuple(function.independent_vars)
        if set(variables) <= set(names):
            return function, variables
        if len(variables) == len(names):  # a built-in model calls its one axis x
            return function, tuple(names)
        message = f"the model depends on {', '.join(variables)}; the axes of the sweep are {', '.join(names)}"
        raise AnalysisError(message)
    variables = tuple(name for name in inspect.signature(function).parameters if name in names)
    if not variables:
        message = f"no argument of {function.__name__} is an axis of the sweep: {', '.join(names)}"
        raise AnalysisError(message)
    return lmfit.Model(function, independent_vars=list(variables)), variables


def _evaluator(
    model: lmfit.Model, arguments: Mapping[str, str]
) -> Callable[[Mapping[str, Array], lmfit.Parameters], Array]:
    if isinstance(model, lmfit.model.CompositeModel) or model.prefix or model.opts:

        def evaluate(values: Mapping[str, Array], parameters: lmfit.Parameters) -> Array:
            axes = {own: values[axis] for own, axis in arguments.items()}
            return np.asarray(model.eval(parameters, **axes), dtype=float)

        return evaluate
    names = list(model.param_names)

    def call(values: Mapping[str, Array], parameters: lmfit.Parameters) -> Array:
        # Calling the function itself is many times faster than Model.eval, and a fit does little else.
        axes = {own: values[axis] for own, axis in arguments.items()}
        return np.asarray(model.func(**axes, **{name: parameters[name].value for name in names}), dtype=float)

    return call
