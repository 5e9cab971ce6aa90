"""What makes a plugin sound: the classes its hooks return."""

from __future__ import annotations

import re
from typing import Any

import attrs

from oqtopus_experiments.errors import PluginError
from oqtopus_experiments.plugins._sound_classes import problem_of_experiment, problem_of_fields

_NAMES = {"executor": "ExecutorProvider"}
"""What a base class is called where authors import it, where that is not the name of its kind."""


def check_classes(kind: str, classes: Any) -> list[type[Any]]:
    """
    Check what a hook returned.

    Raises:
        PluginError: Unless it is a list of attrs classes of the right kind, each with a name of its own.
    """
    from oqtopus_experiments.contracts.analyzer import Analyzer
    from oqtopus_experiments.contracts.backend import Backend
    from oqtopus_experiments.contracts.executors import ExecutorProvider
    from oqtopus_experiments.contracts.experiment import Declaration
    from oqtopus_experiments.contracts.mitigation import Mitigation

    bases: dict[str, type[Any]] = {
        "experiment": Declaration,
        "backend": Backend,
        "analyzer": Analyzer,
        "mitigation": Mitigation,
        "executor": ExecutorProvider,
    }
    base = bases[kind]
    if not isinstance(classes, (list, tuple)):
        message = f"register_{kind}s must return a list of classes, not {classes!r}"
        raise PluginError(message)
    for cls in classes:
        problem = _problem(cls, base, kind)
        if problem:
            message = f"register_{kind}s returned {cls!r}, which {problem}"
            raise PluginError(message)
    names = [cls.name for cls in classes]
    if len(set(names)) < len(names):
        message = f"register_{kind}s returned two classes of one name: {names}"
        raise PluginError(message)
    return list(classes)


def _problem(cls: Any, base: type[Any], kind: str) -> str:
    if isinstance(cls, base):
        return f"is an object: return the class, {type(cls).__name__} without ()"
    if not isinstance(cls, type) or not issubclass(cls, base):
        return f"is not a subclass of {_NAMES.get(kind, kind.capitalize())}"
    if "__attrs_attrs__" not in vars(cls):
        return "is not decorated with @attrs.frozen(kw_only=True)"
    name = vars(cls).get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
        return f"has no name such as 'rabi' (lower case letters, digits, - and _) but {name!r:.40}"
    missing = sorted(getattr(cls, "__abstractmethods__", ()))
    if missing:
        return f"does not define {', '.join(missing)}"
    required = [a.name for a in attrs.fields(cls) if a.init and a.default is attrs.NOTHING and not a.kw_only]
    if required:
        return f"takes {', '.join(required)} by position; decorate it with @attrs.frozen(kw_only=True)"
    return problem_of_fields(cls, base, strict=kind != "backend") or (
        problem_of_experiment(cls) if kind == "experiment" else ""
    )
