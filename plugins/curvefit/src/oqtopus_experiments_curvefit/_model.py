"""A model bound to the axes of a sweep: one way to call any, for one vector of its parameters or for many."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import lmfit
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

Array = NDArray[np.float64]
Values: TypeAlias = Mapping[str, float]


@frozen(eq=False)
class BoundModel:
    """
    A model bound to the axes of a sweep.

    Args:
        axes: Names of the axes the model depends on, in the order of its arguments.
        parameters: lmfit parameters with bounds, by name; values are placeholders.
        names: Everything that can be reported: parameters, then derived quantities.
        signal: ``signal(axis values by name, parameters)`` returns the signal.
        starts: ``starts(axis values by name, signal)`` returns starting values to try.
        references: ``references[name](parameters)`` returns the signal of a reference circuit.
        of_references: Free parameters that only reference circuits know.
        takes_arrays: Whether signal and references take many values of each parameter at once.
    """

    axes: tuple[str, ...]
    parameters: Mapping[str, lmfit.Parameter]
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


def as_lmfit(parameters: Mapping[str, lmfit.Parameter]) -> lmfit.Parameters:
    """Return a copy of parameters in lmfit's own collection."""
    if isinstance(parameters, lmfit.Parameters):
        return parameters.copy()
    copies = [lmfit.Parameter(name, value=p.value, vary=p.vary, min=p.min, max=p.max) for name, p in parameters.items()]
    made = lmfit.Parameters()
    made.add_many(*copies)
    return made
