"""A queue of version 1.0 of the contract: a job for each circuit, ids in the journal first, the same counts always."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, ClassVar

from attrs import field, frozen

from oqtopus_experiments import Backend, Batch, Counts, Failure, Job, Journal, Outcome, PartState, hookimpl, parameter


@frozen
class Cards(Job):
    """The jobs of a batch."""

    id: str
    batch: Batch
    fails: tuple[int, ...] = ()
    known: dict[int, Any] = field(factory=dict)

    def status(self) -> Any:
        """Return that it is done."""
        return "succeeded"

    def outcomes(self, timeout: float | None = None) -> Iterator[Outcome]:
        """Yield what each card says; a person loses patience after as many as FROZEN_QUEUE_SERVES says."""
        patience = int(os.environ.get("FROZEN_QUEUE_SERVES", "1000000"))
        for position, card in enumerate(self.batch.circuits):
            if position in self.known:
                yield Outcome(position, self.known[position])
                continue
            patience -= 1
            if patience < 0:
                raise KeyboardInterrupt
            number = self.batch.order.circuit(position)
            if number in self.fails:
                yield Outcome(position, Failure("the card was lost", f"card-{number}"))
                continue
            ones = round(card.p1 * self.batch.shots) + number % 3
            yield Outcome(position, Counts.from_dict({"1": ones, "0": self.batch.shots - ones}, 1))


@frozen(kw_only=True)
class Queue(Backend):
    """A queue of cards."""

    name: ClassVar[str] = "frozen-queue"
    local: ClassVar[bool] = False
    queued: ClassVar[bool] = True
    fails: tuple[int, ...] = parameter((), help="circuits that fail", converter=tuple)
    token: str = parameter("", secret=True, help="who asks")

    def submit(self, batch: Batch) -> Job:
        """Return the jobs of a batch that nobody notes."""
        return Cards("cards", batch, self.fails)

    def open(self, batch: Batch, journal: Journal) -> Job:
        """Note a job for each circuit, once."""
        noted = {record["index"] for record in journal.records if "index" in record}
        for position in range(len(batch.circuits)):
            if position not in noted:
                journal.append({"job_id": f"card-{batch.order.circuit(position)}", "index": position})
        return Cards("cards", batch, self.fails, dict(journal.results()))

    def jobs(self, journal: Journal) -> list[PartState]:
        """Return the state of each job."""
        known = journal.results()
        return [
            PartState(record["index"], record["job_id"], "done" if record["index"] in known else "waiting")
            for record in journal.records
            if "index" in record
        ]


@hookimpl
def register_backends() -> list[type[Queue]]:
    """Return the backend."""
    return [Queue]
