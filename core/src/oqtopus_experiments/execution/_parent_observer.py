"""Who watches several runs: a terminal, a test."""

from __future__ import annotations

from collections.abc import Sequence

from oqtopus_experiments.execution._observer import Observer
from oqtopus_experiments.storage._parent import ParentFolder, RecordedMember


class ParentObserver:
    """
    Told what happens to a sweep or a watch; every method does nothing until it is overridden.

    Args:
        each: Who watches each of its runs.
    """

    def __init__(self, each: Observer | None = None) -> None:
        self._each = each or Observer()

    def started(self, parent: ParentFolder) -> None:
        """The folder is there and held."""

    def member(self, member: RecordedMember, *, going_on: bool = False) -> Observer:
        """One of the runs begins, or goes on; return who watches it."""
        return self._each

    def failed(self, member: RecordedMember, reason: str) -> None:
        """One of the runs could not begin."""

    def submitted(self, members: Sequence[RecordedMember]) -> None:
        """These are with a queue, and are waited for from now on, one after the other."""

    def missed(self, members: Sequence[RecordedMember]) -> None:
        """The times of these have passed, and nobody was there."""

    def waiting(self, member: RecordedMember, seconds: float) -> None:
        """The next one begins in so many seconds."""

    def interrupted(self, parent: ParentFolder) -> None:
        """Ctrl-C was pressed; the interrupt goes on when this returns."""
