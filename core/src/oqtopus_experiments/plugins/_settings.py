"""Which plugins load: from the environment, from ``oqx.toml`` in the current folder, from a run file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

DISABLE_VARIABLE = "OQX_DISABLE_PLUGINS"
FILE = Path("oqx.toml")


@frozen
class PluginSettings:
    """
    Which plugins load.

    Args:
        disable: Names of entry points or distributions not to import.
        prefer: For a name that two distributions provide, the distribution to take it from.
        strict: Whether a plugin that cannot be loaded is an error instead of being skipped.
    """

    disable: frozenset[str] = frozenset()
    prefer: Mapping[str, str] = field(factory=dict)
    strict: bool = False


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
    from oqtopus_experiments.support._toml_lines import TomlSource

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


def settings_with(
    settings: PluginSettings,
    *,
    disable: Iterable[str] = (),
    prefer: Mapping[str, str] | None = None,
    strict: bool = False,
) -> PluginSettings:
    """Return settings with further names disabled or preferred added to those there are."""
    return attrs.evolve(
        settings,
        disable=settings.disable | frozenset(disable),
        prefer={**(prefer or {}), **settings.prefer},
        strict=settings.strict or strict,
    )
