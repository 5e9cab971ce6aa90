"""A TOML file and where each of its values stands, so that a message can name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.support._suggestions import suggest
from oqtopus_experiments.support._toml_slips import no_text, not_there, slip

Place: TypeAlias = str | tuple[str | int, ...]
"""Where a value was written: an option of the command line, or a path in the file."""
Naming: TypeAlias = Callable[[Sequence[Any]], Sequence[str]]
"""What the entries of a list are called, by which a setting may name one."""


def unnamed(entries: Sequence[Any]) -> Sequence[str]:
    """Return no names: entries are named by their numbers alone."""
    return ()


@frozen
class TomlSource:
    """
    A parsed file.

    Args:
        file: Where it is.
        text: Its text.
        data: What it says, command-line settings included.
        elsewhere: Values that were written elsewhere than where they stand now, by their path: an option of the command
            line, or another path of the file.
        naming: What the entries of a list are called.
    """

    file: Path
    text: str = field(repr=False)
    data: dict[str, Any]
    elsewhere: Mapping[tuple[str, ...], Place] = field(factory=dict)
    naming: Naming = unnamed

    @classmethod
    def read(cls, file: Path, overrides: Sequence[str] = (), naming: Naming = unnamed) -> TomlSource:
        """
        Read a file and apply settings such as ``experiments.0.max_amplitude=3`` on top.

        Raises:
            ConfigError: When the file cannot be read, is not TOML, or a setting does not fit it.
        """
        try:
            raw = file.read_bytes()
            text = raw.decode("utf-8-sig")  # some editors begin a file with a mark
            data = tomllib.loads(text)
        except FileNotFoundError as error:
            raise ConfigError(not_there(file), file=file) from error
        except OSError as error:
            message = f"cannot be read: {error.strerror}"
            raise ConfigError(message, file=file) from error
        except UnicodeDecodeError as error:
            raise ConfigError(no_text(raw), file=file) from error
        except tomllib.TOMLDecodeError as error:
            # The parser tells the line in its text only.
            place = re.search(r"at line (\d+)", str(error))
            line = int(place[1]) if place else None
            meant = slip(file, text, line, str(error))
            message = f"is not valid TOML: {meant} ({error})" if meant else f"is not valid TOML: {error}"
            raise ConfigError(message, file=file, line=line) from error
        except (ValueError, RecursionError) as error:  # integers of thousands of digits, tables in tables in tables
            message = f"holds what no run file needs: {error}"
            raise ConfigError(message, file=file) from error
        return cls.of(file, data, overrides, text, naming)

    @classmethod
    def of(
        cls,
        file: Path,
        data: dict[str, Any],
        overrides: Sequence[str] = (),
        text: str = "",
        naming: Naming = unnamed,
    ) -> TomlSource:
        """
        Take over tables and apply settings on top.

        Args:
            file: What they came from, for messages.
            data: The tables; they stay as they are.
            overrides: As for `read`.
            text: The text they were read from; without it messages name no line.
            naming: What the entries of a list are called.

        Raises:
            ConfigError: When a setting does not fit.
        """
        source = cls(file, text, data, naming=naming)
        for setting in overrides:
            path, separator, value = setting.partition("=")
            if not separator or not path.strip():
                message = f"write it as path=value, for example experiments.0.max_amplitude=3; got {setting!r}"
                if ":" in setting and "=" not in setting:
                    message += f"; did you mean {setting.replace(':', '=', 1)!r}?"
                raise ConfigError(message, path="--set")
            source = source.with_value(path.strip(), _value(value.strip()), f"--set {path.strip()}")
        return source

    def with_value(self, dotted: str, value: Any, written: Place) -> TomlSource:
        """
        Return this file with another value at a path such as ``experiments.t1.max_delay``.

        Args:
            dotted: The path; an entry of a list by its number or its name.
            value: The value.
            written: Where it was written, for messages about it.

        Raises:
            ConfigError: When nothing can be there.
        """
        data = deepcopy(self.data)
        try:
            path = _assign(data, dotted, value, self.naming)
        except ConfigError as error:
            raise self._at(error.message, written) from None
        return evolve(self, data=data, elsewhere={**self.elsewhere, path: written})

    def error(self, message: str, path: Sequence[str | int]) -> ConfigError:
        """Return the error to raise about the value at a path, naming the line or the setting it came from."""
        steps = tuple(map(str, path))
        # What was written last holds.
        for moved, written in reversed(list(self.elsewhere.items())):
            if steps[: len(moved)] == moved:
                rest = tuple(path[len(moved) :])
                return self._at(message, ".".join([written, *map(str, rest)]) if isinstance(written, str) else written)
        return self._at(message, tuple(path))

    def _at(self, message: str, place: Place) -> ConfigError:
        if isinstance(place, str):
            return ConfigError(message, path=place)
        return ConfigError(message, path=".".join(map(str, place)), file=self.file, line=self.line(place))

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


def _assign(data: dict[str, Any], dotted: str, value: Any, naming: Naming) -> tuple[str, ...]:
    """Put a value at a path, and return the path with numbers for names."""
    steps = _steps(dotted)
    *parents, last = steps
    place: Any = data
    path: list[str] = []
    for i, step in enumerate(parents):
        if isinstance(place, list):
            index = _index(place, step, naming)
            path.append(str(index))
            place = place[index]
        else:
            path.append(step)
            place = place.setdefault(step, {})
        if not isinstance(place, (dict, list)):
            message = f"{'.'.join(parents[: i + 1])} is a value, not a table"
            raise ConfigError(message)
    if isinstance(place, list):
        index = _index(place, last, naming)
        place[index] = value
        return (*path, str(index))
    place[last] = value
    return (*path, last)


def _steps(dotted: str) -> list[str]:
    """Return the steps of a path; one that holds a point is written in quotes, as a key of TOML is."""
    try:
        table: Any = tomllib.loads(f"{dotted} = 0")
    except (ValueError, RecursionError):
        return dotted.split(".")
    steps = []
    while isinstance(table, dict):
        ((step, table),) = table.items()
        steps.append(step)
    return steps


def _index(place: list[Any], step: str, naming: Naming) -> int:
    names = list(naming(place))
    if step in names:
        return names.index(step)
    if step.isdigit() and int(step) < len(place):
        return int(step)
    message = f"there are {len(place)} entries, numbered from 0; {step!r} is not one of them"
    raise ConfigError(f"{message}, nor the name of one{suggest(step, names)}" if names else message)
