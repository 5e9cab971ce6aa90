"""
Defaults of all experiments of a file: what each table says with what it leaves to ``[defaults]``.

::

    [defaults]                   # of every experiment that has such a parameter
    shots = 2000
    physical_qubits = "0-4"

    [defaults.t1]                # of every t1
    max_delay = "200 us"

An experiment's own table goes before the defaults of its kind, and these before those of all. Who names its targets in
one way leaves the defaults of the other ways. A default that no experiment of the file could take is a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.reserved import TARGETS
from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile import _slips
from oqtopus_experiments.runfile._keys import names_in
from oqtopus_experiments.runfile._labels import labels
from oqtopus_experiments.runfile._lookup import Path, class_named
from oqtopus_experiments.support._suggestions import suggest
from oqtopus_experiments.support._toml_lines import TomlSource

_OF_EACH = ("use", "name")
"""What every experiment says itself."""


@frozen
class ExperimentTable:
    """
    One experiment of a file, its defaults filled in.

    Args:
        label: What it is called.
        path: Its own table.
        cls: What it is an experiment of.
        values: What its table and the defaults say, by key.
        defaults: Where those values stand that are defaults, by key.
    """

    label: str
    path: Path
    cls: type[Any]
    values: Mapping[str, Any]
    defaults: Mapping[str, Path]

    def place(self, inner: Sequence[str | int]) -> Path:
        """Return where a value stands in the file."""
        first = str(inner[0]) if inner else ""
        return (*self.defaults[first], *inner[1:]) if first in self.defaults else (*self.path, *inner)

    def error(self, source: TomlSource, message: str, inner: Sequence[str | int]) -> ConfigError:
        """Return the error to raise about a value; of a default it says for whom it does not do."""
        if inner and str(inner[0]) in self.defaults:
            message += f"; it is a default, which experiment {self.label!r} may replace in its own table"
        return source.error(message, self.place(inner))


def experiment_tables(source: TomlSource) -> tuple[ExperimentTable, ...]:
    """
    Return the tables of all experiments with their defaults, in order.

    Raises:
        ConfigError: When there are none, one names no experiment, or a default is of no use to any.
    """
    tables = source.data.get("experiments", [])
    if not isinstance(tables, list) or not tables:
        raise source.error(_slips.of_experiments(tables), ("experiments",))
    classes = []
    for index, table in enumerate(tables):
        if not isinstance(table, Mapping):
            raise source.error(_slips.of_entry(table), ("experiments", index))
        meant = _slips.of_use(table, registry().names("experiment")) if not isinstance(table.get("use"), str) else ""
        classes.append(class_named(source, "experiment", table.get("use"), ("experiments", index, "use"), meant))
    common, of_kind = _read(source, classes)
    called = labels(tables)
    return tuple(
        _with_defaults(called[index], index, tables[index], cls, common, of_kind.get(cls.name, {}))
        for index, cls in enumerate(classes)
    )


def _read(source: TomlSource, classes: Sequence[type[Any]]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the defaults of all, and those of each kind by its name."""
    given = source.data.get("defaults", {})
    if not isinstance(given, Mapping):
        raise source.error(f"must be a table, [defaults], not {given!r}", ("defaults",))
    used = {cls.name: cls for cls in classes}
    experiments = registry().names("experiment")
    common: dict[str, Any] = {}
    of_kind: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        if isinstance(value, Mapping) and key in experiments:
            if key not in used:
                message = f"no experiment of this file is a {key!r}: it uses {', '.join(used)}"
                raise source.error(message, ("defaults", key))
            for name in value:
                _check(source, ("defaults", key, name), [used[key]], f"{key!r} has no parameter")
            of_kind[key] = dict(value)
        else:
            _check(source, ("defaults", key), list(used.values()), "no experiment of this file has a parameter")
            common[key] = value
    return common, of_kind


def _check(source: TomlSource, path: Path, classes: Sequence[type[Any]], words: str) -> None:
    key = str(path[-1])
    if key in _OF_EACH:
        raise source.error(f"{key!r} is said by each experiment in its own table", path)
    if not any(takes(cls, key) for cls in classes):
        known = {name for cls in classes for name in _keys_of(cls)}
        raise source.error(f"{words} {key!r}{suggest(key, known)}", path)


def takes(cls: type[Any], key: str) -> bool:
    """Return whether a table of an experiment may have a key."""
    return key in _keys_of(cls)


def _keys_of(cls: type[Any]) -> list[str]:
    shared = [key for key in names_in("[[experiments]]") if key not in _OF_EACH]
    return [*shared, *(field.name for field in attrs.fields(cls) if field.init)]


def _with_defaults(
    label: str,
    index: int,
    table: Mapping[str, Any],
    cls: type[Any],
    common: Mapping[str, Any],
    of_kind: Mapping[str, Any],
) -> ExperimentTable:
    values = dict(table)
    places: dict[str, Path] = {}
    for defaults, where in ((of_kind, ("defaults", cls.name)), (common, ("defaults",))):
        named = any(name in values for name in TARGETS)
        for key, value in defaults.items():
            if key not in values and takes(cls, key) and not (named and key in TARGETS):
                values[key] = value
                places[key] = (*where, key)
    return ExperimentTable(label, ("experiments", index), cls, values, places)
