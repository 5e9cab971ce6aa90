"""
How long to wait between two looks at the jobs of a batch.

A device runs one job at a time. Looking more often than jobs end tells nothing new, so that looks are paid for by
jobs that have ended: on average at most one look each.
"""

from __future__ import annotations

FIRST = 0.1
"""Seconds before the second look."""
SLOWEST = 60.0
"""Seconds between two looks at most, however long jobs take; unless more is asked for."""
_SHARE = 8
"""So many looks are spread over what is left of a long queue."""
_AT_ONCE = 4
"""Jobs to wait for with one look, at most."""


class PollingInterval:
    """
    An interval that adapts: longer while nothing ends, shorter while much does.

    Args:
        longest: Seconds it may grow to before any job has ended; and later too, unless jobs take longer.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._pause = min(FIRST, longest)
        self._begun: float | None = None
        self._moved = 0.0
        self._looks = 0
        self._ended = 0
        self.interval = self._pause

    def looked(self, ended: int, left: int, now: float) -> None:
        """
        Note a look, and set the interval until the next one.

        Args:
            ended: Jobs that have ended since the look before.
            left: Jobs that have not ended.
            now: Time of the look, s.
        """
        if self._begun is None:
            self._begun = now
        self._looks += 1
        self._ended += ended
        if ended:
            self._moved = now
        debt = 1 + self._looks - self._ended
        paid = debt <= 0
        self._pause = max(min(FIRST, self._longest), self._pause / 2) if paid else min(self._longest, self._pause * 2)
        self.interval = self._pause
        if not self._ended:
            return
        each = (self._moved - self._begun) / self._ended
        if paid:
            # Never more often than jobs end; and of a long queue many end between two looks.
            self.interval = max(self._pause, min(each * max(1, left / _SHARE), self._longest))
        else:
            # Several jobs to a look until the looks made while nothing ended are paid for.
            most = max(self._longest, SLOWEST)
            self.interval = min(max(FIRST, each * min(1 + debt, _AT_ONCE, max(1, left))), most)
