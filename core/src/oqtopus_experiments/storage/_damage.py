"""A line of a journal that cannot be read any more: what it was, as far as its beginning tells."""

from __future__ import annotations

import re

from attrs import frozen

# Enough of a line to know what it was: a bit that flips does not make one kind of it another.
_BEGUN = re.compile(rb'{"(?P<kind>job|index|apart|sweep|order|synthesized|done)":(?:(?P<index>\d{1,9}),")?')
_LOST = {
    "outcome": "an outcome",
    "job": "a note of the backend, perhaps the id of a job,",
    "sweep": "what was swept",
    "order": "the order of the circuits",
    "synthesized": "which gates the device makes of others",
    "done": "what the backend said at the end",
    "unknown": "an outcome, or a note of the backend such as the id of a job,",
}


@frozen
class Damage:
    """
    A line that cannot be read any more.

    Args:
        where: The journal and the number of the line.
        kind: What the line was, by how it begins; ``"unknown"`` where not even that is left.
        index: Its circuit, where the line was an outcome and that is left; -1 where not.
        reason: What is wrong with it.
    """

    where: str
    kind: str
    index: int
    reason: str

    @property
    def may_be_a_record(self) -> bool:
        """Whether the line may have been a note of the backend, such as the id of a job."""
        return self.kind in ("job", "unknown")

    def __str__(self) -> str:
        lost = _LOST[self.kind] + (f" of circuit {self.index}" if self.index >= 0 else "")
        return f"{self.where}: damaged: {lost} is lost ({self.reason})"


def damage_of(line: bytes, where: str, reason: str) -> Damage:
    """Return what is lost with a line that cannot be read."""
    begun = _BEGUN.match(line)
    if begun is None:
        return Damage(where, "unknown", -1, reason)
    kind = begun["kind"].decode()
    return Damage(where, "outcome" if kind in ("index", "apart") else kind, int(begun["index"] or -1), reason)
