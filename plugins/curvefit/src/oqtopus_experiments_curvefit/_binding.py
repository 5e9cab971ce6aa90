"""How models are bound: lmfit's built-in and composite models, and plain functions."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from types import FunctionType
from typing import Any

import lmfit
import numpy as np
from attrs import evolve

from oqtopus_experiments import AnalysisError, FitModel, FitOptions, Sweep
from oqtopus_experiments_curvefit._model import Array, BoundModel, Values, as_lmfit
from oqtopus_experiments_curvefit._takes_arrays import takes_arrays


def bind(fit: FitModel, sweep: Sweep, said: FitOptions | None = None) -> BoundModel:
    """
    Bind a fit model to a sweep.

    Args:
        fit: The model.
        sweep: The sweep.
        said: What a person says of its parameters: those that are held are not fitted, bounds replace the model's.

    Raises:
        AnalysisError: When no argument of the model is an axis of the sweep, an axis it uses is not numeric, or
            a name in bounds, quantities or references is unknown.
    """
    model, arguments = _lmfit_model(fit.function, sweep)
    axes = tuple(arguments.values())
    parameters = _parameters(fit.function, model)
    of_references = tuple(
        dict.fromkeys(
            name
            for function in dict.fromkeys(fit.references.values())
            for name in _arguments(function)
            if name not in parameters
        )
    )
    for name in of_references:
        parameters[name] = lmfit.Parameter(name)
    for name, (low, high) in fit.bounds.items():
        _require(name, parameters, "bounds are given for")
        parameters[name].set(min=low, max=high)
    if said is not None:
        for name, (low, high) in said.bounds.items():
            parameters[name].set(min=low, max=high)
        for name, value in said.fixed.items():
            parameters[name].set(value=value, vary=False, min=-np.inf, max=np.inf)
    of_references = tuple(name for name in of_references if parameters[name].vary)
    if not any(parameter.vary for parameter in parameters.values()):
        message = "every parameter of the model is fixed: there is nothing to fit"
        raise AnalysisError(message)
    expressions = {n: d for n, d in fit.derived.items() if isinstance(d, str)}
    # Without an expression there is nothing for lmfit's interpreter to do, which takes long to make.
    plain = not expressions and all(parameter.vary for parameter in parameters.values())
    everything = None if plain else _with_derived(parameters, expressions)
    known = parameters if everything is None else everything
    functions = {n: _of_parameters(d, known, f"{n} is derived from") for n, d in fit.derived.items() if callable(d)}
    names = (*(name for name in known if name not in fit.derived), *fit.derived)
    for name in fit.quantities:
        _require(name, names, "the quantities to report hold")

    # None of what only references know: they say where it starts.
    hinted = {name: p.value for name, p in parameters.items() if p.vary and name not in of_references}

    def starts(values: Mapping[str, Array], signal: Array) -> Sequence[Values]:
        if fit.guess is None:
            try:
                guessed = model.guess(signal, **{own: values[axis] for own, axis in arguments.items()})
            except NotImplementedError:
                return [_hinted(hinted)]
            return [guessed.valuesdict()]
        found = fit.guess(*(values[axis] for axis in axes), signal)
        return [found] if isinstance(found, Mapping) else list(found)

    # A circuit that is repeated has one function under several names.
    expected = {
        id(function): _of_parameters(function, parameters, "a reference depends on")
        for function in dict.fromkeys(fit.references.values())
    }
    bound = BoundModel(
        axes=axes,
        parameters=parameters,
        names=names,
        signal=_evaluator(model, arguments),
        starts=starts,
        references={name: expected[id(function)] for name, function in fit.references.items()},
        of_references=of_references,
        takes_arrays=False,
        all=everything,
        functions=functions,
    )
    grid = sweep.grid()
    return evolve(bound, takes_arrays=takes_arrays(bound, {name: grid[name] for name in axes}))


def _parameters(function: Any, model: lmfit.Model) -> dict[str, lmfit.Parameter]:
    """Return the parameters of a model. Those of a plain function need no interpreter, which takes long to make."""
    if isinstance(function, lmfit.Model) or model.def_vals:
        made: dict[str, lmfit.Parameter] = model.make_params()
        return made
    return {name: lmfit.Parameter(name) for name in model.param_names}


def _hinted(hinted: Values) -> Values:
    """Return the values that a model without a guess was made with, where it has them all."""
    unknown = [name for name, value in hinted.items() if not math.isfinite(value)]
    if unknown:
        message = f"the model cannot guess starting values of {', '.join(unknown)}: give the FitModel a `guess`"
        raise AnalysisError(message)
    return hinted


def _with_derived(parameters: Mapping[str, lmfit.Parameter], derived: Mapping[str, str]) -> lmfit.Parameters:
    everything = as_lmfit(parameters)
    for number, parameter in enumerate(everything.values()):
        # Bounds limit the optimum, not the slopes at it.
        parameter.set(min=-np.inf, max=np.inf)
        if parameter.vary:
            # lmfit evaluates expressions as they are added: at values where none is likely to be 1 / 0.
            parameter.value = 0.7 + 0.123 * number
    for name, expression in derived.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                everything.add(name, expr=expression)
        except (NameError, SyntaxError, TypeError, ValueError, ArithmeticError) as error:
            message = f"cannot evaluate the derived quantity {name} = {expression}: {error}"
            raise AnalysisError(message) from error
    return everything


def _require(name: str, known: Collection[str], what: str) -> None:
    if name not in known:
        message = f"{what} {name!r}, which the model does not have: {', '.join(known)}"
        raise AnalysisError(message)


def _lmfit_model(function: Any, sweep: Sweep) -> tuple[lmfit.Model, dict[str, str]]:
    """Return the model, and for each of its independent variables the axis that it is."""
    names = [axis.name for axis in sweep.axes]
    if isinstance(function, lmfit.Model):
        # What a model was told when it was made, such as the form of a step, is not an axis.
        variables = tuple(str(name) for name in function.independent_vars if name not in function.opts)
        if set(variables) <= set(names):
            return function, {name: name for name in variables}
        if len(variables) == len(names):  # a built-in model calls its one axis x
            return function, dict(zip(variables, names, strict=True))
        message = f"the model depends on {', '.join(variables)}; the axes of the sweep are {', '.join(names)}"
        raise AnalysisError(message)
    variables = tuple(name for name in _arguments(function) if name in names)
    if not variables:
        message = f"no argument of {function.__name__} is an axis of the sweep: {', '.join(names)}"
        raise AnalysisError(message)
    return lmfit.Model(function, independent_vars=list(variables)), {name: name for name in variables}


def _evaluator(model: lmfit.Model, arguments: Mapping[str, str]) -> Callable[[Mapping[str, Array], Values], Array]:
    # Calling the function itself is many times faster than Model.eval, and a fit does little else.
    is_function = not (isinstance(model, lmfit.model.CompositeModel) or model.prefix or model.opts)
    function = model.func if is_function else model.eval
    # lmfit lists what it derives, such as the width of a peak at half its height, among the parameters.
    wanted = set(_arguments(model.func)) if is_function else set(model.param_names)
    names = [name for name in model.param_names if name in wanted]

    def signal(values: Mapping[str, Array], parameters: Values) -> Array:
        axes = {own: values[axis] for own, axis in arguments.items()}
        found = np.asarray(function(**axes, **{name: parameters[name] for name in names}), dtype=float)
        # A model may return one number for all points.
        return found if found.ndim else np.full(len(next(iter(axes.values()))), float(found))

    return signal


def _of_parameters(function: Callable[..., Any], known: Collection[str], what: str) -> Callable[[Values], Any]:
    """Return a function of all values, given one of some parameters by their names."""
    names = _arguments(function)
    for name in names:
        _require(name, known, what)

    def expected(values: Values) -> Any:
        return function(**{name: values[name] for name in names})

    return expected


def _arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the arguments of a function."""
    return (
        _of_function(function) if isinstance(function, FunctionType) else tuple(inspect.signature(function).parameters)
    )


@lru_cache(maxsize=256)  # asked anew for every analysis
def _of_function(function: FunctionType) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
