"""Many qubits in few words: ``"0-4"``, ``"0-15 except 7"``, ``"all except 3, 8-9"``."""

from __future__ import annotations

import re
from collections.abc import Sequence

HIGHEST = 1_000_000
"""Highest number of a qubit; what is beyond is a slip, and no file holds every integer."""
_PART = r"\d+(\s*-\s*\d+)?"
_LIST = rf"{_PART}(\s*,\s*{_PART})*"
RANGES = re.compile(rf"\s*(all|{_LIST})(\s+except\s+{_LIST})?\s*")
"""How ranges are written."""
EXAMPLES = '"0-4", "0-15 except 7" or "0, 2, 5-7"'


def names_all(text: str) -> bool:
    """Return whether ranges begin with ``all``, the qubits of a device."""
    return text.strip().startswith("all")


def qubits_in(text: str, device: Sequence[int] | None = None) -> tuple[int, ...]:
    """
    Return the qubits that ranges mean, in the order written.

    Args:
        text: Numbers and ranges between commas, the last one included; ``except`` and others leaves those out. ``all``
            are the qubits of the device.
        device: The qubits of the device; None where there is none to ask.

    Raises:
        ValueError: When it is not written so, leaves no qubit, or needs a device.
    """
    if not RANGES.fullmatch(text):
        also = "" if device is None else ', or "all"'
        message = f"{text!r:.60} are no qubits; write {EXAMPLES}{also}"
        raise ValueError(message)
    wanted, _, left_out = text.partition("except")
    without = set(_numbers(left_out))
    if not names_all(wanted):
        meant = _numbers(wanted)
    elif device is None:
        message = f"{text!r:.60} are the qubits of a device, which only a run file names; write {EXAMPLES}"
        raise ValueError(message)
    else:
        meant = tuple(device)
    found = tuple(qubit for qubit in meant if qubit not in without)
    if not found:
        message = f"{text!r:.60} leaves no qubit"
        raise ValueError(message)
    return found


def _numbers(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in text.split(",") if text.strip() else ():
        first, _, last = (number.strip() for number in part.partition("-"))
        low, high = int(first), int(last or first)
        if high < low:
            message = f"{part.strip()!r} counts down; write {high}-{low}"
            raise ValueError(message)
        if high > HIGHEST:
            message = f"a physical qubit must be at most {HIGHEST:,}; no device has so many"
            raise ValueError(message)
        found += range(low, high + 1)
    return tuple(found)
