"""A griffe extension: signatures of attrs classes as attrs writes them, and docstrings as Markdown."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

import attrs
import griffe

from site_pages.api import shown_modules

_BLOCK_FOLLOWS = re.compile(r"::(?=\n\n? )")


class AttrsSignatures(griffe.Extension):
    """Give public attrs classes their constructor: names and types as declared, defaults as a person reads them."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Look at every class of the modules with public names, and at every docstring."""
        for path in shown_modules():
            module = pkg[path.removeprefix(f"{pkg.path}.")]
            for name, cls in vars(importlib.import_module(path)).items():
                declared = module.members.get(name)
                if isinstance(declared, griffe.Class) and attrs.has(cls):
                    declared.set_member("__init__", _constructor(declared, cls))
        _to_markdown(pkg)


def _constructor(declared: griffe.Class, cls: type[Any]) -> griffe.Function:
    fields = {field.alias: field for field in attrs.fields(cls)}
    members = declared.all_members
    parameters = [griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)]
    for argument in list(inspect.signature(cls).parameters.values()):
        field = fields.get(argument.name)
        member = members.get(field.name) if field else None
        annotation = member.annotation if isinstance(member, griffe.Attribute) else None
        default = None if field is None or field.default is attrs.NOTHING else default_text(field.default)
        kind = griffe.ParameterKind(argument.kind.description)
        parameters.append(griffe.Parameter(argument.name, annotation=annotation, kind=kind, default=default))
    return griffe.Function("__init__", parameters=griffe.Parameters(*parameters), lineno=declared.lineno)


def default_text(default: Any) -> str:
    """Return a default as a person writes it; ``...`` for one that depends on other parameters."""
    if type(default).__name__ == "Factory":
        return "..." if default.takes_self else repr(default.factory())
    return repr(default)


def _to_markdown(module: Any) -> None:
    for member in module.members.values():
        if member.is_alias:
            continue
        if member.docstring:
            member.docstring.value = _BLOCK_FOLLOWS.sub(":", member.docstring.value)
        _to_markdown(member)
