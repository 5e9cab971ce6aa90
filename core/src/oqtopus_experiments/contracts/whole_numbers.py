"""Integers and floats as people write them: ``1e3`` where an integer is due, ``100`` where a float is."""

from __future__ import annotations

import numbers
from typing import Any


def as_whole(value: Any) -> Any:
    """Return a number without a fraction, such as ``1e3``, as an integer; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    number = float(value)
    return int(number) if number.is_integer() else value


def as_float(value: Any) -> Any:
    """Return an integer that stands for a float as one; anything else, and what no float holds, as it is."""
    if type(value) is not int:
        return value
    try:
        return float(value)
    except OverflowError:  # refused when its type is checked
        return value
