"""Where a result comes from: versions, platform, backend, seed."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from datetime import datetime, timezone
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

from oqtopus_experiments.plugins._compatibility import CORE
from oqtopus_experiments.plugins._registry import registry

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def now() -> str:
    """Return the time in UTC, ISO 8601, fine enough that two runs never have the same."""
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")


def provenance(classes: Iterable[type[Any]]) -> dict[str, Any]:
    """
    Return the versions of Python, the platform, the host, this library, the libraries below it and the plugins used.

    Args:
        classes: The experiments, backends and analyzers used.
    """
    plugins = {plugin.distribution: plugin.version for cls in classes if (plugin := registry().provider(cls))}
    return {
        "created": now(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "host": platform.node(),
        "versions": {CORE: version_of(CORE), **{name: v for name in libraries(plugins) if (v := version_of(name))}},
        "plugins": plugins,
    }


def libraries(distributions: Iterable[str]) -> list[str]:
    """Return what core and these distributions require, in order: the libraries whose version may change a number."""
    names = {name for one in (CORE, *distributions) for name in _required(one)}
    return sorted(names - {CORE} - set(distributions))


@cache
def _required(distribution: str) -> tuple[str, ...]:
    try:
        lines = requires(distribution) or []
    except PackageNotFoundError:
        return ()
    # What belongs to an extra may be there by chance.
    return tuple(match[0] for line in lines if "extra ==" not in line and (match := _NAME.match(line)))


@cache
def version_of(distribution: str) -> str:
    """Return the installed version of a distribution, or an empty string; read once, as it parses a file."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
