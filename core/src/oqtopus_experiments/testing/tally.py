"""What came of many checks, in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from attrs import frozen

from oqtopus_experiments.testing.check import CheckOutcome, State

STATES: tuple[State, ...] = get_args(State)


@frozen
class Tally:
    """
    How many checks came to what.

    Args:
        counts: How many, by state.
        seconds: How long all of them took.
    """

    counts: Counter[State]
    seconds: float = 0.0

    @classmethod
    def of(cls, outcomes: Iterable[CheckOutcome]) -> Tally:
        """Return the tally of some outcomes."""
        listed = list(outcomes)
        return cls(Counter(one.state for one in listed), sum(one.seconds for one in listed))

    @property
    def ran(self) -> int:
        """How many checks had something to look at."""
        return self.counts.total() - self.counts["skipped"]

    @property
    def problem(self) -> str:
        """Why these checks do not speak for a plugin, as the rest of a sentence; empty where they do."""
        if not self.ran:
            return "no check ran, so nothing is verified"
        return f"{self.counts['failed']} of {self.ran} checks failed" if self.counts["failed"] else ""

    def __str__(self) -> str:
        known = {"passed": "passed", "failed": "failed", "skipped": "skipped", "deviates": "known to deviate"}
        parts = [f"{self.counts[state]} {known[state]}" for state in STATES if self.counts[state]]
        ran = f"{self.ran} check{'s' * (self.ran != 1)} ran"
        return f"{ran}: {', '.join(parts) or 'none'} in {self.seconds:.1f} s"
