"""
The parameters of a class as JSON Schema (draft 2020-12): for editors, which complete and check a run file by it.

A schema takes every value that the class takes, as far as its annotations, units and bounds tell. It cannot tell what
depends on several values, nor the bounds of what is written with a unit: that remains `construct`'s.
"""

from __future__ import annotations

import inspect
import json
import re
import typing
from typing import Any, TypeAlias

import attrs

from oqtopus_experiments.contracts import units
from oqtopus_experiments.contracts.declared_fields import (
    choices_of,
    declared_types,
    is_per_target,
    is_secret,
    limits_of,
    takes_spread,
    unit_of,
)
from oqtopus_experiments.contracts.spread_points import SPREADS, STEP

Schema: TypeAlias = dict[str, Any]

_LIST = re.compile(r"tuple\[(.+), \.\.\.\]")
_TYPES = {"int": "integer", "float": "number", "bool": "boolean", "str": "string"}
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_KEY_OF_TARGET = r"^\s*\d+([-, ]+\d+)*\s*$"


def properties(cls: type[Any], leave_out: tuple[str, ...] = ()) -> dict[str, Schema]:
    """Return the schema of each parameter of a class, by name."""
    hints = _hints(cls)
    fields = [field for field in attrs.fields(cls) if field.init and field.name not in leave_out]
    return {field.name: {**_values(field, hints.get(field.name)), **_told(field)} for field in fields}


def required(cls: type[Any]) -> list[str]:
    """Return the parameters that must be given."""
    return [field.name for field in attrs.fields(cls) if field.init and field.default is attrs.NOTHING]


def summary(cls: type[Any]) -> str:
    """Return the first sentence of a class."""
    return inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def table(given: dict[str, Schema], needed: list[str] | None = None, description: str = "") -> Schema:
    """Return the schema of a table that holds these keys and no others."""
    made: Schema = {"type": "object", "properties": given, "additionalProperties": False}
    if description:
        made["description"] = description
    return {**made, "required": needed} if needed else made


def _hints(cls: type[Any]) -> dict[str, Any]:
    """Return the annotations of a class as types; none where its module does not have all their names."""
    try:
        return typing.get_type_hints(cls)
    except (NameError, TypeError, AttributeError, SyntaxError):
        return {}


def _told(field: attrs.Attribute[Any]) -> Schema:
    """Return what helps who writes a value: what it is, its unit, its default."""
    unit, text = unit_of(field), field.metadata.get("help", "")
    written = f'a number of {unit}, or a text such as "1 {unit}"' if unit in units.known() else unit and f"in {unit}"
    told: Schema = {"description": "; ".join(part for part in (text, written) if part)}
    if is_secret(field):
        return {**told, "writeOnly": True}
    default: Any = field.default
    if type(default).__name__ == "Factory" and not default.takes_self:
        default = default.factory()
    try:
        told["default"] = json.loads(json.dumps(default, allow_nan=False))
    except (TypeError, ValueError):
        return told  # nothing a run file could say: it depends on other parameters, or is an object
    return told if told["default"] is not None else {"description": told["description"]}


def _values(field: attrs.Attribute[Any], hint: Any) -> Schema:
    one = _one(field, declared_types(field), hint)
    if not is_per_target(field) or not one:
        return one
    by_target = {"type": "object", "patternProperties": {_KEY_OF_TARGET: one}, "additionalProperties": False}
    return {"anyOf": [one, {**by_target, "minProperties": 1}]}


def _one(field: attrs.Attribute[Any], kinds: set[str], hint: Any) -> Schema:
    """Return the schema of one value; empty, which takes anything, for types that only their author knows."""
    if choices := choices_of(field):
        return {"enum": list(choices)}
    if nested := _table_by_number(hint):
        return nested
    ways: list[Schema] = []
    bounds = {_BOUNDS[name]: bound for name, bound in limits_of(field).items()}
    for kind in sorted(kinds - {"None"}):
        listed = _LIST.fullmatch(kind)
        if listed and listed[1] in _TYPES:
            ways.append({"type": "array", "items": _simple(listed[1], unit_of(field), {})})
            ways += [_spread(unit_of(field))] if takes_spread(field) else []
        elif kind in _TYPES:
            ways.append(_simple(kind, unit_of(field), bounds))
        else:
            return {}
    return ways[0] if len(ways) == 1 else {"anyOf": ways}


def _spread(unit: str) -> Schema:
    """Return the schema of points that are spread, ``{log = [first, last, number], step = 0.5}``."""
    end = _simple("float", unit, {})
    ends = {"type": "array", "prefixItems": [end, end, {"type": "number", "minimum": 2}], "minItems": 3, "maxItems": 3}
    step = _simple("float", unit, {"exclusiveMinimum": 0})
    return {"oneOf": [table({how: ends, STEP: step}, [how]) for how in SPREADS]}


def _simple(kind: str, unit: str, bounds: Schema) -> Schema:
    if kind not in {"int", "float"}:
        return {"type": _TYPES[kind]}
    number = {"type": _TYPES[kind], **bounds}
    return {"anyOf": [number, {"type": "string", "pattern": units.pattern(unit)}]} if unit else number


def _table_by_number(hint: Any) -> Schema:
    """Return the schema of a table of tables by number, as ``[backends.noisy.qubits.1]``; empty for other types."""
    arguments = typing.get_args(hint)
    if len(arguments) != 2 or arguments[0] is not int or not attrs.has(arguments[1]):
        return {}
    inner = table(properties(arguments[1]), required(arguments[1]), summary(arguments[1]))
    return {"type": "object", "patternProperties": {r"^\d+$": inner}, "additionalProperties": False}
