"""Backends that run another one: which option holds it, and which one simulates in the end."""

from __future__ import annotations

from typing import Any

import attrs

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.declared_fields import declared_types


def holds_a_backend(field: attrs.Attribute[Any]) -> bool:
    """Return whether the value of an option is a backend, as it is annotated."""
    return "Backend" in declared_types(field)


def backends_within(backend: Backend) -> tuple[Backend, ...]:
    """Return a backend and all those among its options, from the outermost."""
    values = (getattr(backend, field.name) for field in attrs.fields(type(backend)) if field.init)
    inner = [value for value in values if isinstance(value, Backend)]
    return (backend, *(each for one in inner for each in backends_within(one)))


def innermost(backend: Backend) -> Backend:
    """Return the backend that simulates in the end; one that runs no other is it itself."""
    return backends_within(backend)[-1]


def has_device(backend: Backend) -> bool:
    """Return whether a backend can be asked for a device."""
    return type(innermost(backend)).device_info is not Backend.device_info


def takes_a_seed(backend: Backend) -> bool:
    """Return whether a backend has an option ``seed``, and was given none."""
    return any(field.name == "seed" and field.init for field in attrs.fields(type(backend))) and (
        attrs.asdict(backend, recurse=False)["seed"] is None
    )


def reseeded(backend: Backend, number: int) -> Backend:
    """Return a backend with this added to its seed, and to those of backends among its options."""
    changed: dict[str, Any] = {}
    for field in attrs.fields(type(backend)):
        value = getattr(backend, field.name)
        if field.init and field.name == "seed" and isinstance(value, int):
            changed[field.alias or field.name] = value + number
        elif field.init and isinstance(value, Backend):
            changed[field.alias or field.name] = reseeded(value, number)
    made: Backend = attrs.evolve(backend, **changed)
    return made
