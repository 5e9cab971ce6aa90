"""What a backend must know to go on in another process, written down before it relies on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.gate import Gate, MemoryGate
from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.contracts.outcome import Failure

Record: TypeAlias = dict[str, Any]
"""One entry of a journal: JSON values only."""


class Journal(ABC):
    """
    The durable notebook of one batch: what a backend must know to go on in another process.

    A record is on disk when `append` returns, so a backend writes a job id down before it relies on it.

    Circuits are numbered by their position in the batch here; `order` tells how people know them.

    Core notes one kind of record itself: ``{"again": [3, 5]}`` says that these circuits, whose outcomes were failures,
    are to be submitted once more, each as a new job; `results` does not hold them from then on.
    """

    @property
    @abstractmethod
    def gate(self) -> Gate:
        """What every request that submits something passes, and cancelling closes; see `Gate`."""

    def refresh(self) -> None:  # noqa: B027  # most journals know all there is
        """Read what other processes have written since; for whoever only reads."""

    @property
    def order(self) -> Order:
        """Which circuit of the experiment stands at which position of the batch: for texts that name a circuit."""
        return Order()

    @property
    @abstractmethod
    def records(self) -> Sequence[Record]:
        """All records so far, those of earlier processes first."""

    @property
    def lost(self) -> Sequence[str]:
        """
        What can no longer be read and may have been a record, each in a sentence.

        Where there is any, a circuit without a known job may have one all the same: a queue does not submit it again.
        """
        return ()

    @abstractmethod
    def append(self, record: Record) -> None:
        """Add a record, a dict of JSON values; returns once it would survive a crash."""

    def results(self) -> Mapping[int, Counts | Failure]:
        """Return the outcomes that are safe already, by position: a backend need not fetch them again."""
        return {}


class MemoryJournal(Journal):
    """A journal that lives as long as the process: for runs without a folder."""

    def __init__(self, order: Order | None = None) -> None:
        self._records: list[Record] = []
        self._gate = MemoryGate()
        self._order = order or Order()

    @property
    def gate(self) -> Gate:
        """A gate between the threads of this process."""
        return self._gate

    @property
    def order(self) -> Order:
        """The order of the batch."""
        return self._order

    @property
    def records(self) -> Sequence[Record]:
        """All records so far."""
        return tuple(self._records)

    def append(self, record: Record) -> None:
        """Keep a record."""
        self._records.append(record)
