"""How old something may be: texts such as ``1 day``, kept in ns."""

from __future__ import annotations

import re
from typing import Any

AGE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(s|min|h|hours?|days?|weeks?)\s*$")
"""An age as a text."""
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0}
DAY = 86400e9
"""ns."""
_MINUTE = 60e9
LONGEST = 1e20
"""ns, three thousand years: a larger number is not meant."""


def as_age(value: Any) -> float:
    """
    Return an age in ns: of a number as it is, of a text such as ``"1 day"``, ``"12 h"`` or ``"30 min"``.

    Raises:
        ValueError: For any other.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and (value == 0 or 1 <= value <= LONGEST):
        return float(value)
    found = AGE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        message = f"an age is written as '1 day' or '30 min', or in ns, 0 or 1 to {LONGEST:g}, not {value!r:.40}"
        raise ValueError(message)
    unit = found[2] if found[2] in _SECONDS else found[2].removesuffix("s")
    return float(found[1]) * _SECONDS[unit] * 1e9


def told_age(nanoseconds: float) -> str:
    """Return an age as a person says it: in seconds, minutes, hours, or days."""
    hours = nanoseconds / 3600e9
    if nanoseconds < _MINUTE:
        return f"{nanoseconds / 1e9:.3g} s"
    return f"{hours * 60:.0f} min" if hours < 1 else f"{hours:.3g} h" if hours < 48 else f"{hours / 24:.3g} days"
