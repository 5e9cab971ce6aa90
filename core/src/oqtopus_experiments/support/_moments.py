"""Times as runs note them."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: str) -> float:
    """
    Return a time in ISO 8601 as seconds since 1970; without a zone it is UTC.

    Raises:
        ValueError: When it is not one.
        OverflowError: When it is too long ago.
    """
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
