"""What a person says of a fit: where parameters start, which are held, between what they lie. By name, with units."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Mapping
from numbers import Real
from typing import Any

from attrs import frozen

from oqtopus_experiments.contracts.units import parse
from oqtopus_experiments.errors import ParameterError

FIT_OPTIONS = ("guess", "fixed", "bounds")
"""Options of an analyzer that fits a model: what `[experiments.fit]` of a run file holds."""


@frozen(kw_only=True)
class FitOptions:
    """
    Options of a fit, read for one model: numbers in the units of the model.

    Args:
        guess: Starting values.
        fixed: Values at which parameters are held; they are not measured then.
        bounds: Lower and upper bound; infinite where that side is free.
    """

    guess: Mapping[str, float]
    fixed: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]

    @classmethod
    def read(
        cls,
        guess: Mapping[str, Any],
        fixed: Mapping[str, Any],
        bounds: Mapping[str, Any],
        *,
        parameters: Collection[str],
        derived: Collection[str] = (),
        units: Mapping[str, str] | None = None,
    ) -> FitOptions:
        """
        Read what was given for the parameters of a model: numbers, or texts such as ``"20 us"``.

        Args:
            guess: As given, by name.
            fixed: Likewise.
            bounds: Likewise, two of them each; None, an infinite number or ``""`` where that side is free.
            parameters: Names of the model's parameters.
            derived: Names of what is computed from them: it can be neither held nor started.
            units: Units of the parameters.

        Raises:
            ParameterError: For a name that is not a parameter, a value that is not one, bounds with nothing between
                them, and for what contradicts itself. Its field is as ``fixed.offset``.
        """
        known = units or {}
        for option, given in zip(FIT_OPTIONS, (guess, fixed, bounds), strict=True):
            for name in given:
                _check_name(option, name, parameters, derived)
        read = cls(
            guess={name: _number(f"guess.{name}", value, known.get(name, "")) for name, value in guess.items()},
            fixed={name: _number(f"fixed.{name}", value, known.get(name, "")) for name, value in fixed.items()},
            bounds={name: _pair(f"bounds.{name}", value, known.get(name, "")) for name, value in bounds.items()},
        )
        read._check_together(parameters)
        return read

    def _check_together(self, parameters: Collection[str]) -> None:
        for name in self.fixed:
            if twice := next((option for option in ("guess", "bounds") if name in getattr(self, option)), ""):
                message = f"{name!r} is held, so that nothing is left for its {twice}: say one of the two"
                raise ParameterError(f"fixed.{name}", message)
        if set(self.fixed) >= set(parameters):
            message = "every parameter is held: there is nothing to fit"
            raise ParameterError("fixed", message)
        for name, value in self.guess.items():
            low, high = self.bounds.get(name, (-math.inf, math.inf))
            if not low <= value <= high:
                message = f"the guess of {name!r} lies outside of its bounds, {low:g} to {high:g}: {value:g}"
                raise ParameterError(f"guess.{name}", message)


def _check_name(option: str, name: str, parameters: Collection[str], derived: Collection[str]) -> None:
    if name in parameters:
        return
    if name in derived:
        message = f"{name!r} is computed from the parameters of the model; name one of those: {', '.join(parameters)}"
    else:
        near = next(iter(difflib.get_close_matches(name, parameters, 1)), "")
        meant = f"; did you mean {near!r}?" if near else ""
        message = f"the model has no parameter {name!r}{meant} (known: {', '.join(parameters)})"
    raise ParameterError(f"{option}.{name}", message)


def _number(where: str, value: Any, unit: str) -> float:
    try:
        read = parse(value, unit) if isinstance(value, str) else value
    except ValueError as error:
        raise ParameterError(where, str(error)) from error
    if not isinstance(read, Real) or isinstance(read, bool) or not math.isfinite(read):
        example = f'a number of {unit}, or a text such as "1 {unit}"' if unit else "a number"
        message = f"must be {example}, not {value!r:.60}"
        raise ParameterError(where, message)
    return float(read)


def _pair(where: str, value: Any, unit: str) -> tuple[float, float]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        message = f"must be two bounds, [low, high], not {value!r:.60}; inf where that side is free"
        raise ParameterError(where, message)
    low, high = (
        free if _is_free(one) else _number(where, one, unit)
        for one, free in zip(value, (-math.inf, math.inf), strict=True)
    )
    if not low < high:
        message = f"nothing lies between the bounds {value!r:.60}: the lower one stands first"
        raise ParameterError(where, message)
    return low, high


def _is_free(bound: Any) -> bool:
    return bound is None or bound == "" or (isinstance(bound, Real) and math.isinf(bound))
