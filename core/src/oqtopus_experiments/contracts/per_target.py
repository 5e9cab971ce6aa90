"""Parameters that may differ between targets: one value for all, or one for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from oqtopus_experiments.contracts.targets import Target, label

T = TypeVar("T")
_KEY = re.compile(r"\d+([-, ]+\d+)*")


@frozen
class PerTarget(Generic[T]):
    """
    A parameter declared with ``parameter(..., per_target=True)``: ``self.amplitude[target]`` is its value there.

    Args:
        table: Values by target; empty when one value holds for all.
        common: The value of all targets that are not in the table; None when there is none.
    """

    table: Mapping[Target, T] = field(factory=dict)
    common: T | None = None

    def __getitem__(self, target: Target) -> T:
        """Return the value of a target; KeyError when it has none, which the construction of an experiment refuses."""
        if target in self.table:
            return self.table[target]
        if self.common is None:
            raise KeyError(target)
        return self.common

    def __iter__(self) -> Iterator[T]:
        """Return all values there are."""
        yield from self.table.values()
        if self.common is not None:
            yield self.common

    def without(self, targets: Iterable[Target]) -> list[Target]:
        """Return which of some targets have no value."""
        return [] if self.common is not None else [target for target in targets if target not in self.table]

    def plain(self) -> Any:
        """Return what a run file would say: one value, or a table by qubit."""
        return {label(target): value for target, value in self.table.items()} if self.table else self.common


def as_per_target(value: Any, convert: Callable[[Any], Any] = lambda one: one) -> PerTarget[Any]:
    """
    Return the values of targets from one value, or from a table by qubit: ``{0: 0.98, 1: 1.02}``, ``{"0-1": 3}``.

    Args:
        value: As given.
        convert: Applied to each value.

    Raises:
        ValueError: For a key that is not a qubit or a target, for two that are the same, or an empty table.
    """
    if isinstance(value, PerTarget):
        return value
    if not isinstance(value, Mapping):
        return PerTarget(common=convert(value))
    if not value:
        message = "a table of values by qubit needs at least one"
        raise ValueError(message)
    table = dict[Target, Any]()
    for key, one in value.items():
        target = _target(key)
        if target in table:
            message = f"a table of values by qubit names {label(target)} twice"
            raise ValueError(message)
        table[target] = convert(one)
    return PerTarget(table)


def _target(key: Any) -> Target:
    if isinstance(key, tuple) and all(type(qubit) is int for qubit in key):
        return key
    text = str(key).strip()
    if isinstance(key, bool) or not _KEY.fullmatch(text):
        message = f"a table of values names qubits, such as 3 or '2-3', not {key!r:.40}"
        raise ValueError(message)
    return tuple(int(part) for part in re.findall(r"\d+", text))
