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
    if inspect.ismethod(function):
        return dict(list(arguments_of(function.__func__).items())[1:])
    if isinstance(function, FunctionType):
        return _of_function(function)
    return inspect.signature(function).parameters


def names(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the arguments of a function; those of a bound method without ``self``."""
    return tuple(arguments_of(function))


@functools.lru_cache(maxsize=256)  # asked for every point and again for every fit, and slower than a small circuit
def _of_function(function: FunctionType) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters


def asks_for_target(function: Callable[..., Any]) -> bool:
    """Return whether a function has an argument ``target``."""
    return TARGET in names(function)


def chosen(wanted: tuple[str, ...], offered: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the offered values that are wanted."""
    return {name: offered[name] for name in wanted if name in offered}
