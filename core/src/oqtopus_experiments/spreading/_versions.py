"""Whether workers have what this process has: other versions may give other counts, and nobody would see it."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from typing import Any

from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.plugins._compatibility import CORE
from oqtopus_experiments.plugins._provenance import libraries, version_of
from oqtopus_experiments.plugins._registry import registry

PYTHON = "Python"


class WorkerRefusedError(BackendError):
    """A worker must not be used: it has other versions. What it was given may be done by another."""


def versions_here(*kinds: type[Any]) -> dict[str, str]:
    """
    Return what the numbers of plugins depend on, by distribution: what a run folder says of where they come from.

    Args:
        *kinds: A class of each plugin, such as that of a simulator; of none, what those of core depend on.
    """
    plugins = [registry().provider(kind) for kind in kinds]
    distributions = [plugin.distribution for plugin in plugins if plugin]
    named = {
        name: version for name in [CORE, *distributions, *libraries(distributions)] if (version := version_of(name))
    }
    return {PYTHON: _python(), **named}


def check_versions(expected: Mapping[str, str], worker: str, found: Mapping[str, str] | None = None) -> None:
    """
    Refuse a worker that has other versions.

    Args:
        expected: What the client has, by distribution.
        worker: What the worker is called.
        found: What it has; by default what this process has.

    Raises:
        WorkerRefusedError: Naming the worker, the distributions, and both versions of each.
    """
    has = installed_versions(expected) if found is None else found
    told = {name: f"{name} {has.get(name) or 'is missing'}, here {here}" for name, here in expected.items()}
    other = [words for name, words in told.items() if has.get(name) != expected[name]]
    if other:
        message = (
            f"worker {worker} is not used: it has {'; '.join(other)}. Install the same versions there, then go on "
            "(oqx resume)"
        )
        raise WorkerRefusedError(message)


def installed_versions(names: Iterable[str]) -> dict[str, str]:
    """Return which versions this process has of some distributions; "" of what is missing."""
    return {name: _python() if name == PYTHON else version_of(name) for name in names}


def _python() -> str:
    """Return the version of Python whose libraries are its own: 3.12."""
    return ".".join(platform.python_version_tuple()[:2])
