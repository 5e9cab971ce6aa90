"""How long to wait between two looks at the queue: shorter while jobs move, longer while nothing does."""

from __future__ import annotations

FIRST = 0.1
"""Seconds before the second look."""


class Pace:
    """
    An interval that adapts.

    Args:
        longest: Seconds it may grow to.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self.interval = min(FIRST, longest)

    def moved(self) -> None:
        """Something changed: look again sooner."""
        self.interval = max(min(FIRST, self._longest), self.interval / 2)

    def still(self) -> None:
        """Nothing changed: look again later."""
        self.interval = min(self._longest, self.interval * 1.5)
