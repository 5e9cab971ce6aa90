"""
Reading what was given for a parameter: ``"50 us"`` is a number of ns, ``1e3`` an integer where integers are due.

Run files and Python are read by the same functions, whoever wrote the class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from oqtopus_experiments.contracts.declared_fields import declared_types, is_secret, listed_type, unit_of
from oqtopus_experiments.contracts.per_target import PerTarget, as_per_target
from oqtopus_experiments.contracts.units import parse
from oqtopus_experiments.contracts.whole_numbers import as_float, as_whole
from oqtopus_experiments.errors import ParameterError


def in_unit(value: Any, unit: str) -> Any:
    """
    Return what was given for a parameter of some unit, its texts as numbers of that unit; anything else as it is.

    Args:
        value: As ``"50 us"``; also a list of such, or a table of them by target.
        unit: That of the parameter; where it has none, a text is not a quantity.

    Raises:
        ValueError: For a text that is not a quantity, or is one of another kind.
    """
    return _each(value, lambda one: parse(one, unit) if isinstance(one, str) and unit else one)


def read(value: Any, field: attrs.Attribute[Any]) -> Any:
    """
    Return what was given for a field: in its unit, as an integer where it is of integers, as a float where of floats.

    Raises:
        ValueError: For a text that is not a quantity, or is one of another kind.
    """
    declared = declared_types(field)
    kinds = {listed_type(kind) or kind for kind in declared}
    told = in_unit(value, unit_of(field)) if unit_of(field) else value
    if type(told) is list and any(map(listed_type, declared)):
        told = tuple(told)
    if "int" in kinds:
        return told if "float" in kinds else _each(told, as_whole)
    return _each(told, as_float) if "float" in kinds else told


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a value, or each one of a list or of a table, changed; whatever else holds values is the author's."""
    if type(value) in {list, tuple}:
        return type(value)(_each(one, change) for one in value)
    if type(value) is dict:
        return {key: _each(one, change) for key, one in value.items()}
    return change(value)


def reader(converter: Callable[[Any], Any] | None, *, per_target: bool) -> Any:
    """
    Return the attrs converter of a parameter: it reads what was given, and says which field refused it.

    Args:
        converter: The author's own, applied to what was read.
        per_target: Whether each target may have its own value.
    """
    if isinstance(converter, attrs.Converter) and not per_target:
        return converter

    def converted(value: Any, field: attrs.Attribute[Any]) -> Any:
        try:
            told = value if isinstance(value, PerTarget) else read(value, field)
            if per_target:
                return as_per_target(told, converter or _as_it_is)
            return told if converter is None else converter(told)
        except ParameterError:
            raise
        except (ValueError, TypeError) as error:
            said = "cannot be what was given" if is_secret(field) else str(error)
            raise ParameterError(field.name, f"{field.name!r}: {said}") from (None if is_secret(field) else error)

    return attrs.Converter(converted, takes_field=True)


def _as_it_is(value: Any) -> Any:
    return value
