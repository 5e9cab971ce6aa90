"""Calling what an author wrote with the arguments it names."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

TARGET = "target"
"""Name of the argument by which a circuit, or a signal, asks for its target."""


def names(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the arguments of a function; those of a bound method without ``self``."""
    if inspect.ismethod(function):
        return _names(function.__func__)[1:]
    return _names(function)


@functools.lru_cache(maxsize=256)  # asked for every point, and slower than building a small circuit
def _names(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def asks_for_target(function: Callable[..., Any]) -> bool:
    """Return whether a function has an argument ``target``."""
    return TARGET in names(function)


def chosen(wanted: tuple[str, ...], offered: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the offered values that are wanted."""
    return {name: offered[name] for name in wanted if name in offered}
