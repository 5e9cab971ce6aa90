"""What tells runs apart whose numbers must not be compared as if they were of one thing: the device, the settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from typing import Any

import attrs

from oqtopus_experiments.contracts.declared_fields import is_secret, plain_value
from oqtopus_experiments.contracts.defaults import default_of

_LONGEST = 100
"""Letters of a value that is kept as it is; of a longer one, such as a whole calibration, its fingerprint is."""


def chosen(made: Any, manner: Collection[str]) -> dict[str, Any]:
    """
    Return the fields of a backend or an experiment that differ from their defaults: JSON values, no secrets.

    What is left at its default is not told, so that a default which a later version adds sets no runs apart.

    Args:
        made: The object, of an attrs class.
        manner: Names of fields that do not count.
    """
    fields = [field for field in attrs.fields(type(made)) if field.init and not is_secret(field)]
    return {
        field.name: _brief(value)
        for field in fields
        if field.name not in manner
        and (value := plain_value(field, getattr(made, field.name))) != _default(field, made)
    }


def _default(field: attrs.Attribute[Any], made: Any) -> Any:
    default = default_of(field, made)
    return attrs.NOTHING if default is attrs.NOTHING else plain_value(field, default)


def _brief(value: Any) -> Any:
    text = json.dumps(value, sort_keys=True, default=str)
    return value if len(text) <= _LONGEST else f"#{hashlib.sha256(text.encode()).hexdigest()[:12]}"
