"""Typed parameters of experiments and options of backends and analyzers: one declaration each."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin

import attrs
from attrs.validators import ge, gt, in_, le, lt

from oqtopus_experiments.contracts.per_target import PerTarget, as_per_target
from oqtopus_experiments.contracts.units import parse, unknown_unit
from oqtopus_experiments.errors import ParameterError

__all__ = ["REQUIRED", "ge", "gt", "in_", "le", "lt", "parameter", "unit_of"]

REQUIRED: Any = attrs.NOTHING
"""Default of a parameter that must be given."""


_BOUND: type[Any] = type(ge(0))
_CHOICE: type[Any] = type(in_(()))
_PER_TARGET = re.compile(r"PerTarget\[(.*)\]")
_LIST = re.compile(r"tuple\[(\w+), \.\.\.\]")
LARGEST = {"": 1e30, "ns": 1e15}
"""Largest number by unit: the squares and products of a fit stay finite, and no time is longer than twelve days."""
LARGEST_INTEGER = 2**63 - 1
"""Largest integer: files hold none beyond 64 bits."""


def parameter(
    default: Any,
    *validators: Callable[[Any, attrs.Attribute[Any], Any], None],
    unit: str = "",
    help: str = "",
    converter: Callable[[Any], Any] | None = None,
    secret: bool = False,
    per_target: bool = False,
    plain: Callable[[Any], Any] | None = None,
) -> Any:
    """
    Declare a parameter of an experiment, or an option of a backend or analyzer.

    The annotation is enforced for ``int``, ``float``, ``bool`` and ``str``, and for lists of one of them,
    ``tuple[float, ...]`` with ``converter=tuple``: ``1.7`` and ``True`` are not integers, NaN is not a number. ``None``
    is accepted where the annotation says so.

    Args:
        default: The default value, or `REQUIRED`.
        *validators: attrs validators, for example ``ge(5)``.
        unit: Unit of the value, for example ``"ns"``; ``"50 us"`` may then be given, in Python and in a run file.
        help: One phrase for ``oqx show``.
        converter: Applied to a given value before it is checked; what it refuses (`ValueError`, `TypeError`) is said
            with the name of the field.
        secret: Whether the value is shown nowhere: not in the repr, not in a run folder.
        per_target: Whether each target may have its own value: annotate ``PerTarget[float]`` and read
            ``self.amplitude[target]``. A run file gives one value, or a table by qubit.
        plain: Returns the JSON value from which the field can be built again, where the value itself is not one.

    Raises:
        ValueError: For a unit that is not known, or a default that can be changed.
        ParameterError: On construction of the class, when the value has the wrong type or a validator refuses it.
    """
    if problem := unknown_unit(unit):
        raise ValueError(problem)
    if isinstance(default, (list, dict, set, bytearray)) and converter is None and not per_target:
        kind = type(default).__name__
        message = (
            f"a default that can be changed is shared by all: not {default!r:.60} but a tuple or attrs.Factory({kind})"
        )
        raise ValueError(message)
    checks = [_has_declared_type, _in_reach, *(_naming_the_field(check) for check in validators)]
    return attrs.field(
        default=default,
        validator=[_of_each(check) for check in checks] if per_target else checks,
        converter=_to_each(converter, unit) if per_target else _naming_what_it_converts(converter, unit),
        metadata={
            "unit": unit,
            "help": help,
            "secret": secret,
            "per_target": per_target,
            "plain": plain,
            "checks": validators,
        },
        kw_only=True,
        repr=not secret,
    )


def help_of(field: attrs.Attribute[Any]) -> str:
    """Return the help declared for a field, or an empty string."""
    text: str = field.metadata.get("help", "")
    return text


def unit_of(field: attrs.Attribute[Any]) -> str:
    """Return the unit declared for a field, or an empty string."""
    unit: str = field.metadata.get("unit", "")
    return unit


def limits_of(field: attrs.Attribute[Any]) -> dict[str, float]:
    """Return the bounds that ``ge``, ``gt``, ``le`` and ``lt`` set, by these names."""
    names = {">=": "ge", ">": "gt", "<=": "le", "<": "lt"}
    bounds = [check for check in field.metadata.get("checks", ()) if isinstance(check, _BOUND)]
    return {names[bound.compare_op]: bound.bound for bound in bounds}


def choices_of(field: attrs.Attribute[Any]) -> tuple[Any, ...]:
    """Return the values among which a field is chosen, as `in_` declares them; empty where there is no such list."""
    found = [check.options for check in field.metadata.get("checks", ()) if isinstance(check, _CHOICE)]
    each = [option for options in found for option in options]
    return tuple(sorted(each, key=str) if any(isinstance(options, (set, frozenset)) for options in found) else each)


def is_secret(field: attrs.Attribute[Any]) -> bool:
    """Return whether the value of a field must not be shown."""
    return bool(field.metadata.get("secret", False))


def plain_value(field: attrs.Attribute[Any], value: Any) -> Any:
    """Return the JSON value that a run folder keeps of a field."""
    plain = field.metadata.get("plain")
    if plain is not None:
        return plain(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, PerTarget):
        return value.plain()
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return attrs.asdict(value) if attrs.has(type(value)) else value


def is_per_target(field: attrs.Attribute[Any]) -> bool:
    """Return whether each target may have its own value."""
    return bool(field.metadata.get("per_target", False))


def declared_types(field: attrs.Attribute[Any]) -> set[str]:
    """Return the names of the types a value of a field may have, as annotated: ``{"float", "None"}``."""
    declared = _as_written(field.type)
    if is_per_target(field):
        inner = _PER_TARGET.search(declared)
        declared = inner[1] if inner else declared  # what each is, where an author wrote only that
    return {part.strip() for part in declared.split("|")}


def _as_written(kind: Any) -> str:
    """
    Return a type as an annotation writes it.

    Modules with postponed annotations hand over text, others the type itself; and the text becomes the type once a
    converter has been made for the class.
    """
    if isinstance(kind, str):
        return kind
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return " | ".join(map(_as_written, get_args(kind)))
    if kind is None or kind is type(None):
        return "None"
    if origin is None:
        return str(getattr(kind, "__name__", kind))
    inner = ("..." if one is Ellipsis else _as_written(one) for one in get_args(kind))
    return f"{origin.__name__}[{', '.join(inner)}]"


_Check: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def in_unit(value: Any, unit: str, *, whole: bool = False) -> Any:
    """
    Return what was given for a parameter of some unit, its texts as numbers of that unit; anything else as it is.

    Args:
        value: As ``"50 us"``; also a list of such, or a table of them by target.
        unit: That of the parameter; where it has none, a text is not a quantity.
        whole: Whether a whole number is to be an integer.

    Raises:
        ValueError: For a text that is not a quantity, or is one of another kind.
    """
    if isinstance(value, str) and unit:
        parsed = parse(value, unit)
        return int(parsed) if whole and parsed.is_integer() else parsed
    if isinstance(value, (list, tuple)):
        return tuple(in_unit(one, unit, whole=whole) for one in value)
    if isinstance(value, Mapping):
        return {key: in_unit(one, unit, whole=whole) for key, one in value.items()}
    return value


def _read(value: Any, field: attrs.Attribute[Any], unit: str) -> Any:
    return in_unit(value, unit, whole="int" in declared_types(field)) if unit else value


def _to_each(converter: Callable[[Any], Any] | None, unit: str) -> Any:
    def converted(value: Any, field: attrs.Attribute[Any]) -> PerTarget[Any]:
        try:
            return as_per_target(_read(value, field, unit), converter or (lambda one: one))
        except ValueError as error:
            raise ParameterError(field.name, f"{field.name!r}: {error}") from error

    return attrs.Converter(converted, takes_field=True)


def _naming_what_it_converts(converter: Callable[[Any], Any] | None, unit: str) -> Any:
    """Return a converter whose refusals say which field was refused, and show no secret."""
    if isinstance(converter, attrs.Converter) or (converter is None and not unit):
        return converter

    def converted(value: Any, field: attrs.Attribute[Any]) -> Any:
        try:
            told = _read(value, field, unit)
            return told if converter is None else converter(told)
        except ParameterError:
            raise
        except (ValueError, TypeError) as error:
            said = "cannot be what was given" if is_secret(field) else str(error)
            raise ParameterError(field.name, f"{field.name!r}: {said}") from (None if is_secret(field) else error)

    return attrs.Converter(converted, takes_field=True)


def _of_each(check: _Check) -> _Check:
    def checked(instance: object, field: attrs.Attribute[Any], values: PerTarget[Any]) -> None:
        for value in values:
            check(instance, field, value)

    return checked


def _has_declared_type(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse values that Python would let pass: True for 1, 1.7 for a count, NaN for a number."""
    allowed = declared_types(field)
    if value is None and "None" in allowed:
        return
    checks: dict[str, Callable[[Any], bool]] = {"int": _is_int, "float": _is_float, "bool": _is_bool, "str": _is_str}
    listed = next((found[1] for kind in allowed if (found := _LIST.fullmatch(kind)) and found[1] in checks), None)
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
    message = f"{field.name!r} must be {' or '.join(_WORDS[name] for name in sorted(known))}, not {shown}"
    raise ParameterError(field.name, message)


def _in_reach(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse numbers whose square is beyond a float, or no number at all: they are slips, and fail far from here."""
    if isinstance(value, tuple):
        for one in value:
            _in_reach(instance, field, one)
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


_WORDS = {"int": "an integer", "float": "a finite number", "bool": "true or false", "str": "a text"}


def _naming_the_field(check: Callable[[Any, attrs.Attribute[Any], Any], None]) -> Callable[..., None]:
    def checked(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
        if value is None:  # an optional parameter that was left out; a None that is not allowed fails by type
            return
        try:
            check(instance, field, value)
        except (ValueError, TypeError) as error:
            raise ParameterError(field.name, str(error.args[0])) from error

    return checked


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
