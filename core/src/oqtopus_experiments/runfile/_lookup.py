"""The class that a name in a run file stands for, and an object of it: every mistake named with its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from oqtopus_experiments.errors import ConfigError, PluginError
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._plugin import Kind
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.support._toml_lines import TomlSource

Path: TypeAlias = tuple[str | int, ...]


def class_named(source: TomlSource, kind: Kind, name: Any, path: Path, meant: str = "") -> type[Any]:
    """
    Return the class of a name.

    Args:
        source: The run file.
        kind: What it is the name of.
        name: As given.
        path: Where.
        meant: What was probably meant where it is no name, to be told.

    Raises:
        ConfigError: When it is not a name, or nothing that is installed has it.
    """
    if not isinstance(name, str):
        known = ", ".join(registry().names(kind))
        article, got = "an" if kind[0] in "ae" else "a", "nothing" if name is None else repr(name)
        message = f'must name {article} {kind}, as in use = "NAME"; got {got:.60}{meant} (known: {known})'
        raise source.error(message, path)
    try:
        return registry().get(kind, name)
    except PluginError as error:
        raise source.error(str(error), path) from error


def made(cls: type[Any], options: Mapping[str, Any], refused: Callable[[str, Sequence[str | int]], ConfigError]) -> Any:
    """
    Return an object of a class with its options.

    Args:
        cls: The class.
        options: Plain values, as the file holds them.
        refused: Returns the error to raise, of a message and the path below the options.

    Raises:
        ConfigError: When an option is not known, missing or refused.
    """
    try:
        return construct(cls, options)
    except ConfigError as error:
        inner = tuple(int(step) if step.isdigit() else step for step in error.path.split(".") if step)
        raise refused(error.message, inner) from error
