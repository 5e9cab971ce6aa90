"""Values of a run file that belong to no plugin: numbers of shots, texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oqtopus_experiments.contracts.checked_values import means_a_value
from oqtopus_experiments.contracts.whole_numbers import as_whole
from oqtopus_experiments.runfile._config import MAX_SHOTS
from oqtopus_experiments.support._toml_lines import TomlSource


def shots_at(source: TomlSource, path: tuple[str | int, ...], default: int) -> int:
    """Return a number of shots; ConfigError when it is not one."""
    return integer(source, path, 1, MAX_SHOTS, default)


def integer(source: TomlSource, path: tuple[str | int, ...], low: int, high: int, default: int = 0) -> int:
    """Return the integer at a path, or the default where there is none; ConfigError when it is not one in bounds."""
    value: Any = source.data
    for step in path:
        value = value.get(step, default) if isinstance(value, Mapping) else value[step]
    number = as_whole(value)
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        quoted = "; write it without quotes" if means_a_value(value) else ""
        raise source.error(f"must be an integer from {low} to {high}, not {as_written(value)}{quoted}", path)
    return number


def text_at(source: TomlSource, path: tuple[str], default: str) -> str:
    """Return the text of a key, or the default where there is none; ConfigError when it is not one, or empty."""
    value = source.data.get(path[0], default)
    if not isinstance(value, str) or not value.strip():
        raise source.error(f"must be a text, not {as_written(value)}", path)
    return value


def as_written(value: Any) -> str:
    """Return a value as a run file writes it."""
    return str(value).lower() if isinstance(value, bool) else repr(value)
