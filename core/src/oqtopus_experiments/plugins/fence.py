"""
A fence around every call into code of a plugin: whatever it raises becomes one sentence that its author can act upon.

::

    with fence("circuit", type(experiment), lambda: f"at point {point}"):
        circuit = experiment.circuit(**point)

says ``distribution my-plugin 1.0: Rabi.circuit failed at point delay = 3 ns: ZeroDivisionError: division by zero
(my_plugin/rabi.py, line 12)``. The error itself is chained, for ``oqx --debug`` and for debuggers.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, TypeAlias

from oqtopus_experiments.errors import OqtopusExperimentsError, PluginFault
from oqtopus_experiments.plugins.blame import line_of_author, line_of_definition, package_of, quoted
from oqtopus_experiments.plugins.registry import registry

logger = logging.getLogger(__name__)

Owner: TypeAlias = type[Any] | ModuleType
"""What is called: a class of a plugin, or its module for what stands in no class."""
CORE = "oqtopus_experiments"


@contextlib.contextmanager
def fence(
    what: str,
    owner: Owner,
    where: str | Callable[[], str] = "",
    *,
    passing: tuple[type[OqtopusExperimentsError], ...] = (),
) -> Iterator[None]:
    """
    Turn whatever is raised inside into a `PluginFault`.

    ``SystemExit`` is a fault too: a plugin does not end the program. ``KeyboardInterrupt`` passes, and so does a
    `PluginFault` of a fence further in, which knows better.

    Args:
        what: Name of what is called, as ``circuit``.
        owner: Class or module it belongs to.
        where: At which point, target or file, as ``at point delay = 3 ns``; a function is only called on a fault.
        passing: Errors that the contract of this call allows; they pass unchanged.

    Raises:
        PluginFault: Naming distribution, class, place, error, file and line.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        if isinstance(error, (PluginFault, *passing)):
            raise
        raise PluginFault(_sentence(error, what, owner, where() if callable(where) else where)) from error


def log_fault(fault: PluginFault) -> None:
    """Log a fault that ends nothing: its sentence as a warning, its traceback for ``oqx --debug``."""
    logger.warning("%s", fault)
    log_traceback(fault)


def log_traceback(fault: PluginFault) -> None:
    """Log only the traceback of a fault whose sentence is told in another way."""
    logger.debug("the traceback of: %s", fault, exc_info=fault)


def _sentence(error: BaseException, what: str, owner: Owner, where: str) -> str:
    # An author's function that cannot even be called (a missing argument) has no line in the traceback.
    line = line_of_author(error, _packages(owner)) or line_of_definition(owner, what)
    place = f" {where}" if where else ""
    return f"{_author(owner)}: {owner.__name__}.{what} failed{place}: {quoted(error)}" + (f" ({line})" if line else "")


def _module_names(owner: Owner) -> list[str]:
    return [owner.__name__] if isinstance(owner, ModuleType) else [cls.__module__ for cls in owner.__mro__]


def _author(owner: Owner) -> str:
    plugin = registry().author(owner)
    if plugin is None:
        return f"module {_module_names(owner)[0]}"
    return f"distribution {plugin.distribution} {plugin.version}" if plugin.version else plugin.distribution


def _packages(owner: Owner) -> set[str]:
    """Return the packages of the owner and of all plugins: a model that an analyzer calls may be another author's."""
    named = [*_module_names(owner), *(plugin.module for plugin in registry().plugins)]
    return set(map(package_of, named)) - {CORE, "builtins", "abc"}
