"""What backends may answer: of the kind that was asked for, and JSON where it is to be written down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from oqtopus_experiments.errors import BackendError, ConfigError

T = TypeVar("T")
REFUSALS = (BackendError, ConfigError)
"""What a backend may say instead of an answer: it cannot, or its configuration is wrong."""


def as_json(given: Any) -> dict[str, Any]:
    """Return a mapping as it can be written down; TypeError when it is none of JSON values."""
    found = dict(given)
    try:
        json.dumps(found, allow_nan=False)
    except ValueError as error:
        message = f"must give JSON values: {error}"
        raise TypeError(message) from error
    return found


def each(given: Any, kind: type[T]) -> Sequence[T]:
    """Return a list of which each is of a kind; TypeError when it is anything else."""
    if isinstance(given, (list, tuple)) and all(isinstance(item, kind) for item in given):
        return given
    message = f"must return a list of {kind.__name__}, not {given!r}"
    raise TypeError(message)


def one(given: Any, kind: type[T]) -> T:
    """Return what is of a kind; TypeError when it is not."""
    if isinstance(given, kind):
        return given
    message = f"must return a {kind.__name__}, not {given!r}"
    raise TypeError(message)
