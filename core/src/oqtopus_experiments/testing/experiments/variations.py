"""Other values of the parameters of an experiment, as far as it accepts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from oqtopus_experiments.contracts.declared_fields import choices_of, declared_types, is_per_target
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.per_target import PerTarget
from oqtopus_experiments.errors import ParameterError


def own_parameters(experiment: Declaration) -> list[attrs.Attribute[Any]]:
    """Return the parameters that the author of an experiment declares."""
    given = {field.name for field in attrs.fields(Declaration)}
    return [field for field in attrs.fields(type(experiment)) if field.init and field.name not in given]


def with_value(experiment: Declaration, name: str, value: Any) -> Declaration:
    """
    Return an experiment with another value of one parameter, all others as they were given.

    Its targets are others where the value changes how many qubits one has.

    Raises:
        ParameterError: When it is refused.
    """
    try:
        return attrs.evolve(experiment, **{name: value})
    except ParameterError as error:
        if error.field != "targets":
            raise
    return attrs.evolve(experiment, physical_qubit=None, physical_qubits=None, targets=None, **{name: value})


def variants(experiment: Declaration, field: attrs.Attribute[Any]) -> Iterator[tuple[Any, Declaration]]:
    """Yield other values of a parameter that an experiment accepts, each with the experiment that has it."""
    now = getattr(experiment, field.name)
    for value in _candidates(field, now):
        try:
            other = with_value(experiment, field.name, value)
        except ParameterError:
            continue
        if getattr(other, field.name) != now:
            yield value, other


def _candidates(field: attrs.Attribute[Any], now: Any) -> list[Any]:
    if is_per_target(field):
        values = [] if not isinstance(now, PerTarget) else list(now)
        return [one for value in values[:1] for one in _near(value)]
    if isinstance(now, tuple) and now and not isinstance(now[0], str):
        return [tuple(1.25 * one for one in now), tuple(one + 1 for one in now), now[:-1], (*now, now[-1] + 1)]
    if now is not None:
        return [*choices_of(field), *_near(now)]
    usual: dict[str, list[Any]] = {
        "int": [1, 2, 3, 8, 0],
        "float": [1.0, 0.5, 16.0, 1000.0, 0.0],
        "bool": [True, False],
        "str": ["0", "1", "x", "01"],
        "tuple[float, ...]": [tuple(1000.0 * step for step in range(1, count)) for count in (9, 5, 3)],
        "tuple[int, ...]": [tuple(range(1, count)) for count in (9, 5, 3)],
    }
    return [*choices_of(field), *(one for kind in declared_types(field) for one in usual.get(kind, []))]


def _near(now: Any) -> list[Any]:
    if isinstance(now, bool):
        return [not now]
    if isinstance(now, int):
        return [now + 1, 2 * now, now - 1, now + 2, now // 2]
    if isinstance(now, float):
        return [1.5 * now, 0.5 * now, 2 * now, now + 0.1, now + 0.5, now + 1, now - 1]
    return [now + "x", now[::-1], "0", "1", now[:-1]] if isinstance(now, str) else []
