"""The class of a plugin, held to what a run file, a table and a frozen object need of it; nothing of it is called."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any

import attrs

from oqtopus_experiments.errors import ParameterError


def problem_of_fields(cls: type[Any], base: type[Any], *, strict: bool) -> str:
    """
    Return what is wrong with the parameters of a class, as the end of "which ..."; empty when nothing is.

    Args:
        cls: The class.
        base: Core's base class of its kind, whose fields are no business of its author.
        strict: Whether each is declared with `parameter`, as a run file must be able to name it with its unit.
    """
    from oqtopus_experiments.contracts.declared_fields import is_per_target
    from oqtopus_experiments.contracts.reserved import RUN_FILE_KEYS, TARGETS

    given = {field.name for field in attrs.fields(base)}
    for field in attrs.fields(cls):
        name = field.name
        if name in given and field.inherited:
            continue
        if name in given or name in (*RUN_FILE_KEYS, *TARGETS):
            return f"has a parameter {name!r}, which means something else already; call it something else"
        if field.init and strict and "unit" not in field.metadata:
            return f"has a field {name!r} that is not declared with parameter(...)"
        if field.type is None:
            return f"has a parameter {name!r} without a type: write `{name}: float = parameter(...)`"
        if is_per_target(field) and "PerTarget" not in str(field.type):
            return f"has a parameter {name!r} per target: annotate it as PerTarget[...]"
        if problem := _problem_of_default(field):
            return f"has a default that is refused: {problem}"
    left_out = [name for name, value in vars(cls).items() if type(value).__name__ == "_CountingAttr"]
    return f"has a parameter {left_out[0]!r} without a type" if left_out else ""


def problem_of_experiment(cls: type[Any]) -> str:
    """Return what is wrong with an experiment beside its parameters, as the end of "which ..."; empty if nothing."""
    from oqtopus_experiments.contracts.signals import Signal

    for name in ("sweep", "circuit", "expected", "alternatives"):
        found = inspect.getattr_static(cls, name)
        if not isinstance(found, (FunctionType, classmethod, staticmethod)):
            return f"has a {name!r} that is not a method: {found!r:.60}"
    for name, kinds in (("signal", (Signal,)), ("reference_signal", (Signal, type(None)))):
        found = inspect.getattr_static(cls, name)
        if not isinstance(found, (*kinds, property, FunctionType)) and not inspect.isdatadescriptor(found):
            return f"has the {name} {found!r:.60}, which is not a signal such as Probability('1')"
    size = inspect.getattr_static(cls, "num_qubits")
    if isinstance(size, FunctionType):
        return "has num_qubits as a method: make it a @property"
    if not inspect.isdatadescriptor(size) and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        return f"has num_qubits = {size!r:.60}, which is not an integer >= 1"
    analyzer = inspect.getattr_static(cls, "analyzer")
    if not isinstance(analyzer, str):
        return f"has the analyzer {analyzer!r:.60}; it is the name of one"
    return ""


def _problem_of_default(field: attrs.Attribute[Any]) -> str:
    """Return why the validators of a parameter refuse its own default; what needs the whole object is not asked."""
    default = field.default
    if default is attrs.NOTHING or isinstance(default, attrs.Factory) or field.validator is None:  # type: ignore[arg-type]
        return ""
    if field.metadata.get("converted", field.converter is not None):
        return ""  # a converter of the author's may make anything of it
    try:
        field.validator(None, field, default)
    except ParameterError as error:
        return str(error)
    except (AttributeError, TypeError):
        return ""
    return ""
