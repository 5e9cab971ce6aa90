"""Declaring a parameter of an experiment, or an option of a backend or analyzer: once, with type, unit and help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
from attrs.validators import ge, gt, in_, le, lt

from oqtopus_experiments.contracts.checked_values import Check, has_declared_type, in_reach, naming_the_field, of_each
from oqtopus_experiments.contracts.given_values import reader
from oqtopus_experiments.contracts.units import unknown_unit

__all__ = ["REQUIRED", "ge", "gt", "in_", "le", "lt", "parameter"]

REQUIRED: Any = attrs.NOTHING
"""Default of a parameter that must be given."""


def parameter(
    default: Any,
    *validators: Callable[[Any, attrs.Attribute[Any], Any], None],
    unit: str = "",
    help: str = "",
    converter: Callable[[Any], Any] | None = None,
    secret: bool = False,
    per_target: bool = False,
    plain: Callable[[Any], Any] | None = None,
) -> Any:
    """
    Declare a parameter of an experiment, or an option of a backend or analyzer.

    The annotation is enforced for ``int``, ``float``, ``bool`` and ``str``, and for lists of one of them,
    ``tuple[float, ...]`` with ``converter=tuple``: ``1.7`` and ``True`` are not integers, ``1e3`` is one, NaN is not a
    number. ``None`` is accepted where the annotation says so.

    Args:
        default: The default value, or `REQUIRED`.
        *validators: attrs validators, for example ``ge(5)``.
        unit: Unit of the value, for example ``"ns"``; ``"50 us"`` may then be given, in Python and in a run file.
        help: One phrase for ``oqx show``.
        converter: Applied to a given value before it is checked; what it refuses (`ValueError`, `TypeError`) is said
            with the name of the field.
        secret: Whether the value is shown nowhere: not in the repr, not in a run folder.
        per_target: Whether each target may have its own value: annotate ``PerTarget[float]`` and read
            ``self.amplitude[target]``. A run file gives one value, or a table by qubit.
        plain: Returns the JSON value from which the field can be built again, where the value itself is not one.

    Raises:
        ValueError: For a unit that is not known, or a default that can be changed.
        ParameterError: On construction of the class, when the value has the wrong type or a validator refuses it.
    """
    if problem := unknown_unit(unit):
        raise ValueError(problem)
    if isinstance(default, (list, dict, set, bytearray)) and converter is None and not per_target:
        kind = type(default).__name__
        message = (
            f"a default that can be changed is shared by all: not {default!r:.60} but a tuple or attrs.Factory({kind})"
        )
        raise ValueError(message)
    checks: list[Check] = [has_declared_type, in_reach, *(naming_the_field(check) for check in validators)]
    return attrs.field(
        default=default,
        validator=[of_each(check) for check in checks] if per_target else checks,
        converter=reader(converter, per_target=per_target),
        metadata={
            "unit": unit,
            "help": help,
            "secret": secret,
            "per_target": per_target,
            "plain": plain,
            "checks": validators,
            "converted": converter is not None,
        },
        kw_only=True,
        repr=not secret,
    )
