"""The signature that ``help(T1)`` and a notebook show: types as declared, times as a person writes them."""

from __future__ import annotations

import inspect
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.declared_fields import unit_of
from oqtopus_experiments.contracts.units import display_scale, parse


@frozen
class _AsWritten:
    """A default that is shown as it could be typed."""

    text: str

    def __repr__(self) -> str:
        return self.text


class ReadableSignature:
    """
    ``__signature__`` of a class whose fields are its parameters.

    attrs would show what a converter takes, which is anything, in place of the declared type.
    """

    def __get__(self, instance: object, owner: type[Any]) -> inspect.Signature:
        """Return the signature of a class; AttributeError, after which Python makes its own, while attrs makes it."""
        if not attrs.has(owner):
            raise AttributeError("__signature__")
        try:
            fields = attrs.fields(owner)
        except attrs.exceptions.NotAnAttrsClassError as error:  # a subclass that is being made
            raise AttributeError("__signature__") from error
        # Those that must be given come first.
        given = sorted((f for f in fields if f.init), key=lambda f: (f.kw_only, f.default is not attrs.NOTHING))
        return inspect.Signature([_parameter(f) for f in given])


def _parameter(f: attrs.Attribute[Any]) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY if f.kw_only else inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(f.alias or f.name, kind, default=_default(f), annotation=_AsWritten(_declared(f)))


def _declared(f: attrs.Attribute[Any]) -> str:
    declared = f.type if isinstance(f.type, str) else inspect.formatannotation(f.type)
    if not unit_of(f) or "str" in declared:
        return declared
    number, optional, _ = declared.partition(" | None")
    return f"{number} | str{optional}"


def _default(f: attrs.Attribute[Any]) -> Any:
    if f.default is attrs.NOTHING:
        return inspect.Parameter.empty
    if isinstance(f.default, attrs.Factory):  # type: ignore[arg-type]  # a class to attrs, a function to its stubs
        return _AsWritten("...")
    unit = unit_of(f)
    if isinstance(f.default, (int, float)) and not isinstance(f.default, bool) and unit:
        factor, shown = display_scale(f.default, unit)
        text = f"{f.default * factor:g} {shown}"
        return text if parse(text, unit) == f.default else f.default
    return f.default
