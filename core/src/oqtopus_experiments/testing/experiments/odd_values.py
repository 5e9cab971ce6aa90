"""Values that are none of a type, and those of a type that hardly anybody means; what an experiment makes of them."""

from __future__ import annotations

from typing import Any

import attrs

from oqtopus_experiments.contracts.checked_values import LARGEST
from oqtopus_experiments.contracts.declared_fields import declared_types, unit_of
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.errors import ParameterError, PluginFault
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.testing.elsewhere import ask
from oqtopus_experiments.testing.experiments.basis import kept, sound
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


def accepted(experiment: Declaration) -> list[tuple[str, Any]]:
    """
    Return the odd values of its parameters that an experiment accepts.

    Raises:
        PluginFault: When one is refused by something else than a `ParameterError`.
    """
    fields = own_parameters(experiment)
    return [(field.name, value) for field in fields for value in odd(field) if accepts(experiment, field, value)]


def is_of(value: Any, kind: str) -> bool:
    """Return whether what is none of one type is a value of another that is declared beside it."""
    return value not in NEVER.get(kind, ()) if kind in NEVER else kind == "None" and value is None


def accepts(experiment: Declaration, field: attrs.Attribute[Any], value: Any) -> bool:
    """Return whether a value is not refused, as it should be: by a `ParameterError`."""
    told = f"of {field.name} = {value!r:.40}"
    try:
        with fence("__init__", type(experiment), told, passing=(ParameterError,)):
            with_value(experiment, field.name, value)
    except ParameterError:
        return False
    return True


@kept
def elsewhere(subject: ExperimentSubject) -> dict[str, list[str]]:
    """
    Return what another process says: ``digests`` of the circuits, and ``troubles`` with each value that is accepted.

    Both are asked at once, as starting it takes longer than the answers. Raises as `ask`.
    """
    experiment = sound(subject)
    try:
        values = accepted(experiment)
    except PluginFault:  # the check of bad values says so
        values = []
    return ask(experiment, values)
