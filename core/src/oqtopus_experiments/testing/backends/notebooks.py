"""Journals of the kit: one that dies with its process after so many lines, and one that knows outcomes already."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.gate import Gate, MemoryGate
from oqtopus_experiments.contracts.journal import Journal, Record
from oqtopus_experiments.contracts.outcome import Failure


class Killed(BaseException):
    """The process ends here, as by ``kill -9``."""


class Notebook(Journal):
    """
    A journal in memory, of which the lines are what a later process finds.

    Args:
        records: Lines of earlier processes.
        results: Outcomes that are safe.
        left: How many more lines may be written; writing one more ends the process. None for any number.
        kept: Whether the process ends when the last of them is written, and not only when the next is to be.
    """

    def __init__(
        self,
        records: Iterable[Record] = (),
        results: Mapping[int, Counts | Failure] | None = None,
        *,
        left: int | None = None,
        kept: bool = True,
    ) -> None:
        self._records = list(records)
        self._results = dict(results or {})
        self._last = None if left is None else len(self._records) + left
        self._kept = kept
        self._gate = MemoryGate()
        self._lock = threading.Lock()

    @property
    def gate(self) -> Gate:
        """A gate between the threads of this process."""
        return self._gate

    @property
    def records(self) -> Sequence[Record]:
        """All lines so far."""
        return tuple(self._records)

    def append(self, record: Record) -> None:
        """Keep a line, unless the process has ended."""
        with self._lock:
            if self._last is not None and len(self._records) >= self._last:
                raise Killed
            self._records.append(record)
            if self._last is not None and self._kept and len(self._records) >= self._last:
                raise Killed

    def results(self) -> Mapping[int, Counts | Failure]:
        """Return the outcomes that are safe."""
        return dict(self._results)
