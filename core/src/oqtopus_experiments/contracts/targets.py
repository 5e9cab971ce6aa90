"""Targets: the physical qubits an experiment acts on, one tuple per independent copy of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeAlias

from oqtopus_experiments.contracts.qubit_ranges import EXAMPLES, HIGHEST, qubits_in
from oqtopus_experiments.contracts.whole_numbers import as_whole
from oqtopus_experiments.errors import ParameterError

Target: TypeAlias = tuple[int, ...]
"""Physical qubits of one copy of an experiment; logical qubit i is element i."""


def label(target: Target) -> str:
    """Return ``"3"`` for (3,) and ``"2-3"`` for (2, 3)."""
    return "-".join(map(str, target))


def as_value(target: Target) -> int | str:
    """Return the number of a single qubit, ``"2-3"`` for a pair: what tables for programs hold."""
    return target[0] if len(target) == 1 else label(target)


def as_qubit(value: Any, field: str = "physical_qubit") -> int:
    """
    Return a qubit number.

    Raises:
        ParameterError: For anything but an integer from 0 to a million.
    """
    value = as_whole(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST:
        listed = f"; for several: physical_qubits = {list(value)!r:.60}" if isinstance(value, (list, tuple)) else ""
        message = f"a physical qubit must be an integer >= 0, not {value!r:.60}{listed}"
        if isinstance(value, int) and value > HIGHEST:
            message = f"a physical qubit must be at most {HIGHEST:,}; no device has so many"
        raise ParameterError(field, message)
    return value


def as_qubits(values: Any, field: str = "physical_qubits") -> tuple[int, ...]:
    """
    Return qubit numbers from any list of them, or from ranges such as ``"0-4"``.

    Raises:
        ParameterError: For anything else.
    """
    if isinstance(values, str):
        try:
            return qubits_in(values)
        except ValueError as error:
            raise ParameterError(field, str(error)) from error
    if isinstance(values, int) or not isinstance(values, Iterable):
        single = isinstance(values, int) and not isinstance(values, bool)
        meant = f"; write [{values}], or physical_qubit = {values}" if single else f"; or ranges such as {EXAMPLES}"
        message = f"physical qubits must be a list such as [0, 1, 2], not {values!r:.60}{meant}"
        raise ParameterError(field, message)
    return tuple(as_qubit(value, field) for value in values)


def as_targets(values: Any) -> tuple[Target, ...]:
    """Return targets from any list of lists of qubit numbers; a bare number stands for a target of one qubit."""
    texts = isinstance(values, (list, tuple)) and any(isinstance(value, str) for value in values)
    if isinstance(values, (str, int)) or not isinstance(values, Iterable) or texts:
        message = f"targets must be a list such as [[0, 1], [2, 3]], not {values!r:.60}; ranges go into physical_qubits"
        raise ParameterError("targets", message)
    return tuple(
        (as_qubit(value, "targets"),) if isinstance(value, int) else as_qubits(value, "targets") for value in values
    )


def resolve(num_qubits: int, qubit: int | None, qubits: tuple[int, ...] | None) -> tuple[Target, ...]:
    """
    Return the targets meant by ``physical_qubit`` or ``physical_qubits``; by default the first qubits.

    An experiment on one qubit takes each listed qubit as a target; one on n takes n listed qubits as one target.
    """
    if qubits is not None:
        return tuple((value,) for value in qubits) if num_qubits == 1 else (qubits,)
    first = qubit or 0
    return (tuple(range(first, first + num_qubits)),)


def problem(targets: tuple[Target, ...], num_qubits: int) -> str:
    """Return what is wrong with targets: none at all, one of another size, a shared qubit; empty if nothing is."""
    if not targets:
        return "name at least one target"
    wrong = [target for target in targets if len(target) != num_qubits]
    if wrong:
        return f"each target must have {num_qubits} qubit{'s' * (num_qubits > 1)}; got {list(wrong[0])}"
    named = Counter(qubit for target in targets for qubit in target)
    twice = min((qubit for qubit, times in named.items() if times > 1), default=None)
    if twice is None:
        return ""
    return f"qubit {twice} is named twice; targets run side by side and cannot share a qubit"
