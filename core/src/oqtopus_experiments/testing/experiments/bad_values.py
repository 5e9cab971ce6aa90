"""A value that cannot be is refused when it is given, and not by a crash of something else later."""

from __future__ import annotations

from typing import Any

import attrs

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.parameters import LARGEST, declared_types, unit_of
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.errors import ParameterError
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import sound
from oqtopus_experiments.testing.experiments.elsewhere import ask
from oqtopus_experiments.testing.experiments.variations import own_parameters, with_value

NOT_NUMBERS = (float("nan"), float("inf"), "several", True)
NEVER: dict[str, tuple[Any, ...]] = {
    "int": (*NOT_NUMBERS, 7.5),
    "float": NOT_NUMBERS,
    "bool": ("yes", 2, 0.5),
    "str": (3, 1.5, True),
    "tuple[float, ...]": ("several", 3, (float("nan"),), ("a", "b")),
    "tuple[int, ...]": ("several", 3, (1.5, 2.5), ("a", "b")),
}
"""Values that are none of a type."""


def odd(field: attrs.Attribute[Any]) -> list[Any]:
    """Return values of the right type that hardly anybody means: nothing, negative, as large and small as can be."""
    largest = 0.9 * LARGEST.get(unit_of(field), LARGEST[""])
    known = {
        "int": (0, -1, -(2**62), 2**62),
        "float": (0.0, -1.0, largest, -largest, 2 / LARGEST[""]),
        "str": ("", "no such choice"),
        "tuple[float, ...]": ((), (-1.0,), (0.0,)),
        "tuple[int, ...]": ((), (-1,), (0,)),
    }
    return [value for kind in declared_types(field) for value in known.get(kind, ())]


def a_bad_value_is_refused_when_it_is_given(subject: ExperimentSubject) -> None:
    """No number, a wrong type, zero, a negative and a huge value are refused by a ParameterError, or they work."""
    experiment = sound(subject)
    fields = own_parameters(experiment)
    if not fields:
        message = "it has no parameters"
        raise NotApplicable(message)
    accepted: list[tuple[str, Any]] = []
    for field in fields:
        kinds = declared_types(field)
        if kinds - {"None"} <= NEVER.keys():
            never = [value for kind in kinds & NEVER.keys() for value in NEVER[kind]]
            for value in never:
                if not any(_is_of(value, kind) for kind in kinds) and _accepts(experiment, field, value):
                    message = f"{field.name} = {value!r} is accepted, which is no {' or '.join(sorted(kinds))}"
                    raise NotConforming(message)
        accepted += [(field.name, value) for value in odd(field) if _accepts(experiment, field, value)]
    if not accepted:
        return
    troubles = ask(experiment, "troubles", [{name: value} for name, value in accepted])
    for (name, value), trouble in zip(accepted, troubles, strict=True):
        if trouble:
            message = f"{name} = {value!r} is accepted, and then: {trouble:.200}; refuse it by ge, gt, le or lt"
            raise NotConforming(message)


def _is_of(value: Any, kind: str) -> bool:
    """Return whether what is none of one type is a value of another that is declared beside it."""
    return value not in NEVER.get(kind, ()) if kind in NEVER else kind == "None" and value is None


def _accepts(experiment: Declaration, field: attrs.Attribute[Any], value: Any) -> bool:
    told = f"of {field.name} = {value!r:.40}"
    try:
        with fence("__init__", type(experiment), told, passing=(ParameterError,)):
            with_value(experiment, field.name, value)
    except ParameterError:
        return False
    return True
