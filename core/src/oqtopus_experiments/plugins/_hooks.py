"""
The hooks that a module implements, each held against its specification before anything of it is used.

A hook that is misspelt, not marked, or asks for a value there is none of would otherwise never be called, or fail at
the end of a run. pluggy marks the functions; they are called one by one here, each behind its own fence.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from inspect import Parameter
from types import ModuleType
from typing import Any

import pluggy
from attrs import frozen

from oqtopus_experiments.contracts import hookspecs
from oqtopus_experiments.errors import PluginError
from oqtopus_experiments.plugins._blame import line_of_definition
from oqtopus_experiments.support._suggestions import suggest


@frozen(eq=False)
class Hook:
    """
    One function of a plugin that implements a hook.

    Args:
        name: Name of the hook.
        function: What to call.
        owner: The module it stands in, or the class where an object is the plugin.
        asked: Names of the values it wants to be told.
    """

    name: str
    function: Callable[..., Any]
    owner: type[Any] | ModuleType
    asked: tuple[str, ...] = ()

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Call it with those of the values that it asks for."""
        return self.function(**{name: values[name] for name in self.asked})


def hooks_of(module: Any) -> tuple[Hook, ...]:
    """
    Return the hooks of a module.

    Raises:
        PluginError: When there is none, or one that cannot be called; the message names the nearest hook.
    """
    owner = module if isinstance(module, (type, ModuleType)) else type(module)
    manager = _manager()
    found = []
    for attribute in dir(module):
        options = manager.parse_hookimpl_opts(module, attribute)
        if options is None:
            if attribute in specified() and _is_own(module, attribute):
                raise _error(owner, attribute, f"{attribute} is not marked with @hookimpl, so nobody would call it")
            continue
        name, function = options.get("specname") or attribute, getattr(module, attribute)
        if problem := _problem(name, function, options):
            raise _error(owner, attribute, problem)
        asked = (each for each in inspect.signature(function).parameters if each in specified()[name])
        found.append(Hook(name, function, owner, tuple(asked)))
    if not found:
        message = "it implements no hook; mark its functions with @hookimpl"
        raise PluginError(message)
    return tuple(found)


@cache
def specified() -> Mapping[str, tuple[str, ...]]:
    """Return the names of the values that every hook is told, by its name."""
    manager = _manager()
    return {
        name: tuple(inspect.signature(value).parameters)
        for name, value in vars(hookspecs).items()
        if manager.parse_hookspec_opts(hookspecs, name) is not None
    }


@cache
def _manager() -> pluggy.PluginManager:
    return pluggy.PluginManager(hookspecs.PROJECT)


def _problem(name: str, function: Callable[..., Any], options: Mapping[str, Any]) -> str:
    """Return why an implementation could not be called, or an empty text."""
    if name not in specified():
        return f"there is no hook {name!r}{suggest(name, specified())}"
    if options.get("wrapper") or options.get("hookwrapper"):
        return f"{name} is marked as a wrapper; hooks are not wrapped here"
    for asked in inspect.signature(function).parameters.values():
        if asked.kind not in {Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY}:
            return f"{name} takes {asked}; ask for each value by its name"
        if asked.name not in specified()[name] and asked.default is Parameter.empty:
            return f"{name} is not told any {asked.name!r}{suggest(asked.name, specified()[name])}"
    return ""


def _error(owner: type[Any] | ModuleType, attribute: str, problem: str) -> PluginError:
    line = line_of_definition(owner, attribute)
    return PluginError(f"{problem} ({line})" if line else problem)


def _is_own(module: Any, attribute: str) -> bool:
    """Return whether a function was written in the module itself, rather than imported into it."""
    found = getattr(module, attribute)
    return inspect.isfunction(found) and found.__module__ == getattr(module, "__name__", "")
