"""Plugin settings from the environment and from ``oqx.toml`` in the current folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oqtopus_experiments.plugins.registry import PluginSettings, settings_with

DISABLE_VARIABLE = "OQX_DISABLE_PLUGINS"
FILE = Path("oqx.toml")


def default_settings() -> PluginSettings:
    """
    Return what the environment and ``oqx.toml`` say.

    Raises:
        ConfigError: When ``oqx.toml`` is wrong.
    """
    names = frozenset(filter(None, map(str.strip, os.environ.get(DISABLE_VARIABLE, "").split(","))))
    settings = PluginSettings(disable=names)
    if not FILE.is_file():
        return settings
    from oqtopus_experiments.support.toml_lines import TomlSource

    source = TomlSource.read(FILE)
    source.allow(["plugins"], source.data)
    return with_table(settings, source.data.get("plugins", {}), source)


def with_table(settings: PluginSettings, table: Any, source: Any) -> PluginSettings:
    """
    Return settings with those of a ``[plugins]`` table added.

    Args:
        settings: Settings that win.
        table: The table as read.
        source: The `TomlSource` it was read from, for messages.

    Raises:
        ConfigError: When the table is wrong.
    """
    if not isinstance(table, Mapping):
        raise source.error(f"must be a table, not {table!r}", ("plugins",))
    source.allow(["disable", "prefer"], table, ("plugins",))
    disable, prefer = table.get("disable", []), table.get("prefer", {})
    if not isinstance(disable, list) or not all(isinstance(name, str) for name in disable):
        raise source.error(f"must be a list of plugin names, not {disable!r}", ("plugins", "disable"))
    if not isinstance(prefer, Mapping) or not all(isinstance(name, str) for name in prefer.values()):
        raise source.error(f"must map a name to a distribution, not {prefer!r}", ("plugins", "prefer"))
    return settings_with(settings, disable=disable, prefer=dict(prefer))
