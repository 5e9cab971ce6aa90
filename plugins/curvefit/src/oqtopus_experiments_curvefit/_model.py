"""One way to call any model: lmfit's built-in and composite models, and plain functions."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

import lmfit
import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from oqtopus_experiments import AnalysisError, FitModel, FitOptions, Sweep

Array = NDArray[np.float64]
Values: TypeAlias = Mapping[str, float]


@frozen(eq=False)
class BoundModel:
    """
    A model bound to the axes of a sweep.

    Args:
        axes: Names of the axes the model depends on, in the order of its arguments.
        parameters: lmfit parameters with bounds; values are placeholders.
        names: Everything that can be reported: parameters, then derived quantities.
        signal: ``signal(axis values by name, parameters)`` returns the signal.
        starts: ``starts(axis values by name, signal)`` returns starting values to try.
        references: ``references[name](parameters)`` returns the signal of a reference circuit.
        of_references: Free parameters that only reference circuits know.
        takes_arrays: Whether signal and references take many values of each parameter at once.
    """

    axes: tuple[str, ...]
    parameters: lmfit.Parameters
    names: tuple[str, ...]
    signal: Callable[[Mapping[str, Array], Values], Array]
    starts: Callable[[Mapping[str, Array], Array], Sequence[Values]]
    references: Mapping[str, Callable[[Values], Any]]
    of_references: tuple[str, ...]
    takes_arrays: bool
    _all: lmfit.Parameters | None = field(repr=False)
    _functions: Mapping[str, Callable[[Values], Any]] = field(factory=dict, repr=False)
    free: tuple[str, ...] = field(init=False)
    _is_plain: bool = field(init=False)
    _held: Mapping[str, float] = field(init=False, repr=False)

    @free.default
    def _free_parameters(self) -> tuple[str, ...]:
        return tuple(name for name, parameter in self.parameters.items() if parameter.vary)

    @_is_plain.default
    def _all_are_free(self) -> bool:
        return len(self.free) == len(self.parameters)

    @_held.default
    def _values_of_held(self) -> Mapping[str, float]:
        return {name: p.value for name, p in self.parameters.items() if not (p.vary or p.expr)}

    def complete(self, vector: Sequence[float] | Array) -> Values:
        """Return the values of all parameters, given those of the free ones."""
        return dict(zip(self.free, vector, strict=True)) if self._is_plain else self.expand(vector)

    def signals(self, axes: Mapping[str, Array], vectors: Array) -> Array:
        """Return the signal for each vector of the free parameters, shape (..., points) of (..., free)."""
        rows = vectors.reshape(-1, len(self.free))
        size = len(next(iter(axes.values())))
        if self.takes_arrays:
            found = self.signal(axes, self._columns(rows, (len(rows), 1)))
            if found.shape != (len(rows), size):  # of a model that does not depend on all of them
                found = np.broadcast_to(found, (len(rows), size))
        else:
            found = np.array([self.signal(axes, self.complete(row)) for row in rows])
        return found.reshape(*vectors.shape[:-1], size)

    def told(self, functions: Sequence[Callable[[Values], Any]], vectors: Array) -> Array:
        """Return functions of the parameters for each vector of the free ones, shape (..., functions)."""
        rows = vectors.reshape(-1, len(self.free))
        found = np.empty((len(rows), len(functions)))
        if self.takes_arrays:
            values = self._columns(rows, (len(rows),))
            for index, function in enumerate(functions):
                found[:, index] = function(values)
        else:
            for row, vector in zip(found, rows, strict=True):
                alone = self.complete(vector)
                row[:] = [function(alone) for function in functions]
        return found.reshape(*vectors.shape[:-1], len(functions))

    def _columns(self, rows: Array, shape: tuple[int, ...]) -> Mapping[str, Any]:
        """Return the values of all parameters, those of the free ones as arrays of a shape."""
        return {**self._held, **{name: rows[:, index].reshape(shape) for index, name in enumerate(self.free)}}

    def expand(self, vector: Sequence[float] | Array) -> dict[str, float]:
        """
        Return the values of all parameters and derived quantities, given those of the free ones.

        An expression without a value there, such as 1 / 0, leaves all that are expressions unknown (NaN).
        """
        known = dict(zip(self.free, map(float, vector), strict=True))
        if len(self.names) == len(self.free):
            return known
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sqrt(-1) in an expression: the NaN says so
            known = self._with_expressions(known)
            return {name: known[name] if name in known else self._derived(name, known) for name in self.names}

    def _with_expressions(self, known: Mapping[str, float]) -> dict[str, float]:
        if self._all is None:
            return dict(known)
        for name, value in known.items():
            self._all[name].value = value
        try:
            self._all.update_constraints()
            return {name: float(parameter.value) for name, parameter in self._all.items()}
        except (ArithmeticError, ValueError):
            return {name: known.get(name, math.nan) for name in self._all}

    def _derived(self, name: str, known: Values) -> float:
        try:
            return float(self._functions[name](known))
        except (ArithmeticError, ValueError):
            return math.nan


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
    parameters = model.make_params()
    of_references = tuple(
        dict.fromkeys(
            name
            for function in dict.fromkeys(fit.references.values())
            for name in inspect.signature(function).parameters
            if name not in parameters
        )
    )
    for name in of_references:
        parameters.add(name)
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
    everything = parameters if plain else _with_derived(parameters, expressions)
    functions = {
        n: _of_parameters(d, everything, f"{n} is derived from") for n, d in fit.derived.items() if callable(d)
    }
    names = (*(name for name in everything if name not in fit.derived), *fit.derived)
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
        all=None if plain else everything,
        functions=functions,
    )
    grid = sweep.grid()
    return evolve(bound, takes_arrays=takes_arrays(bound, {name: grid[name] for name in axes}))


def _hinted(hinted: Values) -> Values:
    """Return the values that a model without a guess was made with, where it has them all."""
    unknown = [name for name, value in hinted.items() if not math.isfinite(value)]
    if unknown:
        message = f"the model cannot guess starting values of {', '.join(unknown)}: give the FitModel a `guess`"
        raise AnalysisError(message)
    return hinted


def _with_derived(parameters: lmfit.Parameters, derived: Mapping[str, str]) -> lmfit.Parameters:
    everything = parameters.copy()
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
    variables = tuple(name for name in inspect.signature(function).parameters if name in names)
    if not variables:
        message = f"no argument of {function.__name__} is an axis of the sweep: {', '.join(names)}"
        raise AnalysisError(message)
    return lmfit.Model(function, independent_vars=list(variables)), {name: name for name in variables}


def _evaluator(model: lmfit.Model, arguments: Mapping[str, str]) -> Callable[[Mapping[str, Array], Values], Array]:
    # Calling the function itself is many times faster than Model.eval, and a fit does little else.
    is_function = not (isinstance(model, lmfit.model.CompositeModel) or model.prefix or model.opts)
    function = model.func if is_function else model.eval
    # lmfit lists what it derives, such as the width of a peak at half its height, among the parameters.
    wanted = set(inspect.signature(model.func).parameters) if is_function else set(model.param_names)
    names = [name for name in model.param_names if name in wanted]

    def signal(values: Mapping[str, Array], parameters: Values) -> Array:
        axes = {own: values[axis] for own, axis in arguments.items()}
        found = np.asarray(function(**axes, **{name: parameters[name] for name in names}), dtype=float)
        # A model may return one number for all points.
        return found if found.ndim else np.full(len(next(iter(axes.values()))), float(found))

    return signal


def _of_parameters(function: Callable[..., Any], known: Collection[str], what: str) -> Callable[[Values], Any]:
    """Return a function of all values, given one of some parameters by their names."""
    names = tuple(inspect.signature(function).parameters)
    for name in names:
        _require(name, known, what)

    def expected(values: Values) -> Any:
        return function(**{name: values[name] for name in names})

    return expected


# What is not known beforehand is tried at values of many sizes.
SIZES = (0.02, 0.7, 20_000.0)
# Of the part between its limits at which a parameter is tried.
PARTS = (0.31, 0.47, 0.83)
# What is the same to rounding; the model must be a number at so many of the points.
CLOSE, HALF = 1e-9, 0.5


def takes_arrays(model: BoundModel, axes: Mapping[str, Array]) -> bool:
    """
    Return whether a model gives for arrays of parameters what it gives for one value of each after another.

    It does where each number it returns depends on its own parameters alone, as in formulae of numpy; a function that
    asks ``if``, or takes the largest of all, was written for one value of each. It is tried at values that have nothing
    to do with what was measured, so that how a target is fitted does not depend on others.
    """
    trials = np.array([_trial(number, model) for number in range(len(SIZES))])
    functions = tuple(dict.fromkeys(model.references.values()))
    together = evolve(model, takes_arrays=True)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            pairs = [(one.signals(axes, trials), one.told(functions, trials)) for one in (together, model)]
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
            return False
        found, expected = (np.concatenate(one, axis=-1) for one in pairs)
        there = np.isfinite(expected)
        close = np.abs(found - expected) <= CLOSE * np.abs(expected)
    return bool(there.mean() > HALF and (close | ~there).all() and (there == np.isfinite(found)).all())


def _trial(number: int, model: BoundModel) -> list[float]:
    """Return one of several values of each free parameter, all between their limits."""
    values = []
    for index, name in enumerate(model.free):
        low, high = model.parameters[name].min, model.parameters[name].max
        size = SIZES[(number + index) % len(SIZES)] * (1 + 0.1 * index)
        if math.isfinite(low) and math.isfinite(high):
            values.append(low + PARTS[(number + index) % len(PARTS)] * (high - low))
        elif math.isfinite(high):
            values.append(high - size)
        else:
            values.append(low + size if math.isfinite(low) else size)
    return values
