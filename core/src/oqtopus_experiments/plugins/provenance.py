"""Where a result comes from: versions, platform, backend, seed."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from datetime import datetime, timezone
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from oqtopus_experiments.plugins.registry import registry
from oqtopus_experiments.plugins.soundness import CORE

# Beside the plugins, the libraries whose version may change a number.
_LIBRARIES = ("numpy", "scipy", "lmfit", "qiskit", "qiskit-aer", "qulacs")


def now() -> str:
    """Return the time in UTC, ISO 8601."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def provenance(classes: Iterable[type[Any]]) -> dict[str, Any]:
    """
    Return the versions of Python, the platform, this library, the libraries below it and the plugins used.

    Args:
        classes: The experiments, backends and analyzers used.
    """
    plugins = {plugin.distribution: plugin.version for cls in classes if (plugin := registry().provider(cls))}
    return {
        "created": now(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": {CORE: version_of(CORE), **{name: v for name in _LIBRARIES if (v := version_of(name))}},
        "plugins": plugins,
    }


@cache
def version_of(distribution: str) -> str:
    """Return the installed version of a distribution, or an empty string; read once, as it parses a file."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
