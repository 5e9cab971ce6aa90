"""Calling what an author wrote with the arguments it names."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

TARGET = "target"
"""Name of the argument by which a circuit, or a signal, asks for its target."""


def arguments_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the arguments of a function by name; those of a bound method without ``self``."""
    if isinstance(function, FunctionType):
        return _of_function(function, of_method=False)
    if inspect.ismethod(function) and isinstance(function.__func__, FunctionType):
        return _of_function(function.__func__, of_method=True)
    return inspect.signature(function).parameters


def names(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the arguments of a function; those of a bound method without ``self``."""
    return tuple(arguments_of(function))


@functools.lru_cache(maxsize=256)  # asked for every point and again for every fit, and slower than a small circuit
def _of_function(function: FunctionType, *, of_method: bool) -> Mapping[str, inspect.Parameter]:
    found = inspect.signature(function).parameters
    return dict(list(found.items())[1:]) if of_method else found


def with_defaults(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the arguments that need not be given."""
    return tuple(name for name, one in arguments_of(function).items() if one.default is not inspect.Parameter.empty)


def asks_for_target(function: Callable[..., Any]) -> bool:
    """Return whether a function has an argument ``target``."""
    return TARGET in arguments_of(function)


def chosen(wanted: tuple[str, ...], offered: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the offered values that are wanted."""
    return {name: offered[name] for name in wanted if name in offered}
