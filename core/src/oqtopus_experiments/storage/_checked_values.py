"""Values of a line that is read without trust: of the kind that they must be, or an error."""

from __future__ import annotations

from typing import Any


def whole(value: Any, what: str, most: int = 2**31) -> int:
    """Return an integer from 0 to `most`; ValueError for anything else, `what` naming it."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        message = f"{what} must be an integer from 0 to {most}, not {value!r:.40}"
        raise ValueError(message)
    return value


def as_text(value: Any) -> str:
    """Return a text; TypeError for anything else."""
    if not isinstance(value, str):
        message = f"a text is expected, not {value!r:.40}"
        raise TypeError(message)
    return value


def as_list(value: Any) -> list[Any]:
    """Return a list; TypeError for anything else."""
    if not isinstance(value, list):
        message = f"a list is expected, not {value!r:.40}"
        raise TypeError(message)
    return value
