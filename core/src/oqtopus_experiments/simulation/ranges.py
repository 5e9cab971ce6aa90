"""Numbers of circuits as people write them: ``0-29, 31``."""

from __future__ import annotations

from collections.abc import Iterable


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers as people write them."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in found)


def numbers_in(text: str) -> list[int]:
    """Return the numbers that `ranges` wrote."""
    ends = [part.strip().partition("-") for part in text.split(",") if part.strip()]
    return [number for low, _, high in ends for number in range(int(low), int(high or low) + 1)]
