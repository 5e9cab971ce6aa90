"""Numbers with a unit as people wrote them, for the record: a run folder keeps 100000.0, and its report says 100 us."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from oqtopus_experiments.contracts.declared_fields import is_secret, unit_of
from oqtopus_experiments.contracts.units import display_scale, parse

_NOTHING: Mapping[str, str] = {}


def written_values(declared: Any, given: Mapping[str, str] = _NOTHING) -> dict[str, str]:
    """
    Return every number with a unit of an experiment or a backend as text, by name of the field.

    Those of parts that are declared in the same way, such as the noise of each qubit, are under ``qubits.0.t1``.

    Args:
        declared: The experiment or backend.
        given: What a run file says of its fields as texts. One that is still true is what is returned: a device may
            round a time to its clock.
    """
    told: dict[str, str] = {}
    for field in attrs.fields(type(declared)):
        unit, value = unit_of(field), getattr(declared, field.name)
        if is_secret(field):
            continue
        for key, part in _parts(value):
            told |= {f"{field.name}{key}.{name}": text for name, text in written_values(part).items()}
        if not unit:
            continue
        text = (
            given[field.name] if field.name in given and _says(given[field.name], value, unit) else _text(value, unit)
        )
        if text:
            told[field.name] = text
    return told


def _parts(value: Any) -> list[tuple[str, Any]]:
    """Return the parts of a value that are declared themselves, each with what stands between the names."""
    if isinstance(value, Mapping):
        return [(f".{key}", part) for key, part in value.items() if attrs.has(type(part))]
    return [("", value)] if attrs.has(type(value)) else []


def _says(text: str, value: Any, unit: str) -> bool:
    try:
        return bool(parse(text, unit) == value)
    except ValueError:
        return False


def _text(value: Any, unit: str) -> str:
    """Return a number, or a list of numbers, in the unit a person would choose; empty for anything else."""
    numbers = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not numbers or any(isinstance(one, bool) or not isinstance(one, (int, float)) for one in numbers):
        return ""
    factor, shown = display_scale(max(map(abs, numbers)), unit)
    texts = [f"{one * factor:.12g}" for one in numbers if math.isfinite(one)]
    return f"{', '.join(texts)} {shown}"
