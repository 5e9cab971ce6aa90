"""
The experiments of all installed plugins: ``from oqtopus_experiments.experiments import Rabi``.

Editors and type checkers know more when the plugin is named: ``from oqtopus_experiments_rabi import Rabi``.
"""

from __future__ import annotations

from typing import Any

from oqtopus_experiments.plugins._registry import registry


def __getattr__(name: str) -> Any:
    # Python's own probing (__path__, __wrapped__, ...) must see an AttributeError; a missing experiment must be an
    # ImportError, because Python would replace the text of an AttributeError by its own.
    if name.startswith("_"):
        raise AttributeError(name)
    return registry().get_class("experiment", name)


def __dir__() -> list[str]:
    return sorted(cls.__name__ for found in registry().classes("experiment").values() for cls, _ in found)
