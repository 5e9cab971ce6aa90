"""What a parameter declares of itself: help, unit, bounds, choices, types; read from its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from attrs.validators import ge, in_

from oqtopus_experiments.contracts.listed import PointsCheck
from oqtopus_experiments.contracts.per_target import PerTarget

_BOUND: type[Any] = type(ge(0))
_CHOICE: type[Any] = type(in_(()))
_LIST = re.compile(r"tuple\[(\w+), \.\.\.\]")
_PER_TARGET = re.compile(r"PerTarget\[(.*)\]")


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


def takes_spread(field: attrs.Attribute[Any]) -> bool:
    """Return whether the points of a field may be spread, as ``{log = [first, last, number]}``."""
    return any(isinstance(check, PointsCheck) for check in field.metadata.get("checks", ()))


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
    return set(_names(_as_written(field.type), per_target=is_per_target(field)))


@lru_cache(maxsize=1024)  # asked for each parameter of whatever is made
def _names(declared: str, *, per_target: bool) -> frozenset[str]:
    if per_target:
        inner = _PER_TARGET.search(declared)
        declared = inner[1] if inner else declared  # what each is, where an author wrote only that
    return frozenset(part.strip() for part in declared.split("|"))


def listed_type(kind: str) -> str:
    """Return ``float`` for ``tuple[float, ...]``; empty for what is no list."""
    found = _LIST.fullmatch(kind)
    return found[1] if found else ""


def is_converted(field: attrs.Attribute[Any]) -> bool:
    """Return whether the author converts what is given, beyond reading it."""
    return bool(field.metadata.get("converted", True))


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
