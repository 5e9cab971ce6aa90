"""A TOML file and where each of its values stands, so that a message can name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.support._suggestions import suggest


@frozen
class TomlSource:
    """
    A parsed file.

    Args:
        file: Where it is.
        text: Its text.
        data: What it says, command-line settings included.
        overridden: Paths set on the command line, with what was written there.
    """

    file: Path
    text: str = field(repr=False)
    data: dict[str, Any]
    overridden: Mapping[str, str] = field(factory=dict)

    @classmethod
    def read(cls, file: Path, overrides: Sequence[str] = ()) -> TomlSource:
        """
        Read a file and apply settings such as ``experiments.0.max_amplitude=3`` on top.

        Raises:
            ConfigError: When the file cannot be read, is not TOML, or a setting does not fit it.
        """
        try:
            text = file.read_text(encoding="utf-8")
            data = tomllib.loads(text)
        except OSError as error:
            message = f"cannot be read: {error.strerror}"
            raise ConfigError(message, file=file) from error
        except UnicodeDecodeError as error:
            message = "is not a text file in UTF-8"
            raise ConfigError(message, file=file) from error
        except tomllib.TOMLDecodeError as error:
            message = f"is not valid TOML: {error}"
            # The parser tells the line in its text only.
            place = re.search(r"at line (\d+)", str(error))
            raise ConfigError(message, file=file, line=int(place[1]) if place else None) from error
        except (ValueError, RecursionError) as error:  # integers of thousands of digits, tables in tables in tables
            message = f"holds what no run file needs: {error}"
            raise ConfigError(message, file=file) from error
        return cls.of(file, data, overrides, text)

    @classmethod
    def of(cls, file: Path, data: dict[str, Any], overrides: Sequence[str] = (), text: str = "") -> TomlSource:
        """
        Take over tables and apply settings on top.

        Args:
            file: What they came from, for messages.
            data: The tables; changed by the settings.
            overrides: As for `read`.
            text: The text they were read from; without it messages name no line.

        Raises:
            ConfigError: When a setting does not fit.
        """
        overridden: dict[str, str] = {}
        for setting in overrides:
            path, separator, value = setting.partition("=")
            if not separator or not path.strip():
                message = f"write it as path=value, for example experiments.0.max_amplitude=3; got {setting!r}"
                raise ConfigError(message, path="--set")
            _assign(data, path.strip(), _value(value.strip()))
            overridden[path.strip()] = setting
        return cls(file, text, data, overridden)

    def error(self, message: str, path: Sequence[str | int]) -> ConfigError:
        """Return the error to raise about the value at a path, naming the line or the setting it came from."""
        dotted = ".".join(map(str, path))
        for overridden in self.overridden:
            if dotted == overridden or dotted.startswith(f"{overridden}."):
                return ConfigError(message, path=f"--set {dotted}")
        return ConfigError(message, path=dotted, file=self.file, line=self.line(path))

    def allow(self, known: Sequence[str], table: Mapping[str, Any], path: Sequence[str | int] = ()) -> None:
        """
        Check that a table has no other keys than these.

        Raises:
            ConfigError: For the first that is unknown, with the nearest that is known.
        """
        for key in table:
            if key not in known:
                raise self.error(f"unknown key{suggest(key, known)}", (*path, key))

    def line(self, path: Sequence[str | int]) -> int | None:
        """
        Return the line on which the value at a path begins, or the nearest table around it; None for the file.

        The parser itself gives no lines, so the file is read again line by line until the value appears.
        """
        lines = self.text.splitlines()
        for depth in range(len(path), 0, -1):
            begin = 0
            for end in range(1, len(lines) + 1):
                try:
                    data = tomllib.loads("\n".join(lines[:end]))
                except tomllib.TOMLDecodeError:
                    continue  # in the middle of a value of several lines
                if _contains(data, path[:depth]):
                    return begin + 1
                begin = end
        return None


def _contains(data: Any, path: Sequence[str | int]) -> bool:
    for step in path:
        if isinstance(data, list):
            if not isinstance(step, int) or step >= len(data):
                return False
        elif not isinstance(data, dict) or step not in data:
            return False
        data = data[step]
    return True


def _value(text: str) -> Any:
    """Read a value as TOML would; what is not a TOML value is a text, so that quotes may be left out."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _assign(data: dict[str, Any], dotted: str, value: Any) -> None:
    *parents, last = dotted.split(".")
    place: Any = data
    for i, step in enumerate(parents):
        if isinstance(place, list):
            place = place[_index(place, step, dotted)]
        elif isinstance(place, dict):
            place = place.setdefault(step, {})
        if not isinstance(place, (dict, list)):
            message = f"{'.'.join(parents[: i + 1])} is a value, not a table"
            raise ConfigError(message, path=f"--set {dotted}")
    if isinstance(place, list):
        place[_index(place, last, dotted)] = value
    else:
        place[last] = value


def _index(place: list[Any], step: str, dotted: str) -> int:
    if not step.isdigit() or int(step) >= len(place):
        message = f"there are {len(place)} entries, numbered from 0; {step!r} is not one of them"
        raise ConfigError(message, path=f"--set {dotted}")
    return int(step)
