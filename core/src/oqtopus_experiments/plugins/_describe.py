"""What the parameters of a class are: for ``oqx show`` and for reports."""

from __future__ import annotations

from typing import Any

import attrs

from oqtopus_experiments.contracts.declared_fields import declared_types, is_per_target, unit_of


def describe(cls: type[Any]) -> list[dict[str, str]]:
    """Return name, type, unit, default and help of every parameter, those of the class itself first."""
    fields = [field for field in attrs.fields(cls) if field.init]
    own = [field for field in fields if not field.inherited]
    return [_row(field) for field in (*own, *(field for field in fields if field.inherited))]


def _row(field: attrs.Attribute[Any]) -> dict[str, str]:
    return {
        "name": field.name,
        "type": _type(field),
        "unit": unit_of(field),
        "default": _default(field),
        "help": field.metadata.get("help", ""),
    }


def _type(field: attrs.Attribute[Any]) -> str:
    if is_per_target(field):
        return f"{' | '.join(sorted(declared_types(field)))}, or a table by qubit"
    # Text as written, until something resolves the annotations of the class; a list of texts has a name of its own too.
    return field.type.__name__ if isinstance(field.type, type) else str(field.type)


def _default(field: attrs.Attribute[Any]) -> str:
    if field.default is attrs.NOTHING:
        return "required"
    default: Any = field.default
    if type(default).__name__ == "Factory":  # attrs.Factory is a class at run time and a function to type checkers
        return "see help" if default.takes_self else str(default.factory())
    return (
        "none"
        if field.default is None
        else f"{field.default:g}"
        if isinstance(field.default, float)
        else str(field.default)
    )
