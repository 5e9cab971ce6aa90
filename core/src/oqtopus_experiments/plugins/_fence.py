"""
A fence around every call into code of a plugin: whatever it raises becomes one sentence that its author can act upon.

::

    with fence("circuit", type(experiment), lambda: f"at point {point}"):
        circuit = experiment.circuit(**point)

says ``distribution my-plugin 1.0: Rabi.circuit failed at point delay = 3 ns: ZeroDivisionError: division by zero
(my_plugin/rabi.py, line 12)``. The error itself is chained, for ``oqx --debug`` and for debuggers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeAlias

from oqtopus_experiments.errors import OqtopusExperimentsError, PluginError, PluginFault
from oqtopus_experiments.plugins._blame import line_of_author, line_of_definition, package_of, quoted
from oqtopus_experiments.plugins._registry import registry

logger = logging.getLogger(__name__)

Owner: TypeAlias = type[Any] | ModuleType
"""What is called: a class of a plugin, or its module for what stands in no class."""
SHARED = {"oqtopus_experiments", "builtins", "abc"}
"""Packages of nobody's: core, and what classes of Python stand in."""


class fence:  # noqa: N801  # used like a function; a generator would cost more than most of what it guards
    """
    Turn whatever is raised inside into a `PluginFault`.

    ``SystemExit`` is a fault too: a plugin does not end the program. ``KeyboardInterrupt`` passes, and so does a
    `PluginFault` of a fence further in, which knows better. A `PluginError` is what core itself says of an answer that
    is unsound, naming class and method: its sentence is told as it is, with distribution and line.

    Args:
        what: Name of what is called, as ``circuit``.
        owner: Class or module it belongs to.
        where: At which point, target or file, as ``at point delay = 3 ns``; a function is only called on a fault.
        passing: Errors that the contract of this call allows; they pass unchanged.
        others: Classes or modules whose code is called on the way, as a model by an analyzer: where the line is one of
            theirs, the fault is theirs.

    Raises:
        PluginFault: Naming distribution, class, place, error, file and line.
    """

    __slots__ = ("_others", "_owner", "_passing", "_what", "_where")

    def __init__(
        self,
        what: str,
        owner: Owner,
        where: str | Callable[[], str] = "",
        *,
        passing: tuple[type[OqtopusExperimentsError], ...] = (),
        others: tuple[Owner, ...] = (),
    ) -> None:
        self._what, self._owner, self._where, self._passing, self._others = what, owner, where, passing, others

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise the fault in place of an error."""
        if not isinstance(error, (Exception, SystemExit)) or isinstance(error, (PluginFault, *self._passing)):
            return
        place = self._where() if callable(self._where) else self._where
        raise PluginFault(_sentence(error, self._what, self._owner, place, self._others)) from error


def log_fault(fault: PluginFault) -> None:
    """Log a fault that ends nothing: its sentence as a warning, its traceback for ``oqx --debug``."""
    logger.warning("%s", fault)
    log_traceback(fault)


def log_traceback(fault: OqtopusExperimentsError) -> None:
    """Log only the traceback of an error whose sentence is told in another way."""
    logger.debug("the traceback of: %s", fault, exc_info=fault)


def _sentence(error: BaseException, what: str, owner: Owner, where: str, others: tuple[Owner, ...]) -> str:
    place = f" {where}" if where else ""
    called = f"{owner.__name__}.{what}"
    own = set(map(package_of, _module_names(owner)))
    for other in others:
        if (line := line_of_author(error, set(map(package_of, _module_names(other))) - own - SHARED)) and (
            line == line_of_author(error, _packages(owner) | own)
        ):
            return f"{author_of(other)}: {other.__name__} failed in {called}{place}: {quoted(error)} ({line})"
    # An author's function that cannot even be called (a missing argument) has no line in the traceback.
    line = line_of_author(error, _packages(owner)) or line_of_definition(owner, what)
    said = f"{error}{', ' if where else ''}{where}" if isinstance(error, PluginError) else None
    said = said or f"{called} failed{place}: {quoted(error)}"
    return f"{author_of(owner)}: {said}" + (f" ({line})" if line else "")


def _module_names(owner: Owner) -> list[str]:
    return [owner.__name__] if isinstance(owner, ModuleType) else [cls.__module__ for cls in owner.__mro__]


def author_of(owner: Owner) -> str:
    """Return who wrote a class or module, as messages begin: its distribution, or its module where none gives it."""
    plugin = registry().author(owner)
    if plugin is None:
        return f"module {_module_names(owner)[0]}"
    return f"distribution {plugin.distribution} {plugin.version}" if plugin.version else plugin.distribution


def _packages(owner: Owner) -> set[str]:
    """Return the packages of the owner and of all plugins: a model that an analyzer calls may be another author's."""
    named = [*_module_names(owner), *(plugin.module for plugin in registry().plugins)]
    return set(map(package_of, named)) - SHARED
