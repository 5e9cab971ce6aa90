"""Checks that every parameter has: its declared type, and numbers that a computer can hold."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

from oqtopus_experiments.contracts.declared_fields import declared_types, is_secret, listed_type, unit_of
from oqtopus_experiments.contracts.per_target import PerTarget
from oqtopus_experiments.errors import ParameterError

Check: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]
"""A validator of attrs: it gets the object, the field and the value, and raises."""
LARGEST = {"": 1e30, "ns": 1e15}
"""Largest number by unit: the squares and products of a fit stay finite, and no time is longer than twelve days."""
LARGEST_INTEGER = 2**63 - 1
"""Largest integer: files hold none beyond 64 bits."""
_WORDS = {"int": "an integer", "float": "a finite number", "bool": "true or false", "str": "a text"}


def of_each(check: Check) -> Check:
    """Return a check of the value of each target."""

    def checked(instance: object, field: attrs.Attribute[Any], values: PerTarget[Any]) -> None:
        for value in values:
            check(instance, field, value)

    return checked


def naming_the_field(check: Check) -> Check:
    """Return a check whose refusals say which field was refused."""

    def checked(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
        if value is None:  # an optional parameter that was left out; a None that is not allowed fails by type
            return
        try:
            check(instance, field, value)
        except (ValueError, TypeError) as error:
            raise ParameterError(field.name, str(error.args[0])) from error

    return checked


def has_declared_type(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse values that Python would let pass: True for 1, 1.7 for a count, NaN for a number."""
    allowed = declared_types(field)
    if value is None and "None" in allowed:
        return
    checks: dict[str, Callable[[Any], bool]] = {"int": _is_int, "float": _is_float, "bool": _is_bool, "str": _is_str}
    listed = next((found for kind in allowed if (found := listed_type(kind)) in checks), None)
    if listed is not None:
        for one in [value] if not isinstance(value, tuple) else [one for one in value if not checks[listed](one)]:
            shown = "what was given" if is_secret(field) else f"{one!r:.60}"
            message = f"{field.name!r} must be a list, of which each is {_WORDS[listed]}, not {shown}"
            raise ParameterError(field.name, message)
        return
    known = allowed & checks.keys()
    # A type beyond the simple ones is the business of the field's own validators.
    if not known or allowed - checks.keys() - {"None"} or any(checks[name](value) for name in known):
        return
    shown = "what was given" if is_secret(field) else repr(value)
    quoted = "; write it without quotes" if means_a_value(value) else ""
    message = f"{field.name!r} must be {' or '.join(_WORDS[name] for name in sorted(known))}, not {shown}{quoted}"
    raise ParameterError(field.name, message)


def means_a_value(text: object) -> bool:
    """Return whether this is a number or a truth value in quotes."""
    if not isinstance(text, str):
        return False
    if text.strip().lower() in {"true", "false"}:
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def in_reach(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse numbers whose square is beyond a float, or no number at all: they are slips, and fail far from here."""
    if isinstance(value, tuple):
        for one in value:
            in_reach(instance, field, one)
        return
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return
    unit, smallest = unit_of(field), 1 / LARGEST[""]
    size: int | float = abs(int(value)) if isinstance(value, numbers.Integral) else abs(float(value))
    largest = LARGEST_INTEGER if isinstance(size, int) else LARGEST.get(unit, LARGEST[""])
    if size > largest:
        limit = f"at most {largest:g} {unit}".rstrip()
    elif 0 < size < smallest:
        limit = f"0 or at least {smallest:g} {unit}".rstrip()
    else:
        return
    message = f"{field.name!r} must be {limit} in size, not {value!r:.40}"
    raise ParameterError(field.name, message)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_str(value: Any) -> bool:
    return isinstance(value, str)


def _is_int(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_float(value: Any) -> bool:
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:  # an integer beyond the largest float
        return False
