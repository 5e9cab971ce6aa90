"""
What a journal says of the jobs of a batch.

Before a job is submitted, a line says which circuits it is to hold and which tag it will bear; after that another line
has its id. A process that ends in between leaves a tag, by which the service is asked for the job.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from oqtopus_experiments import Journal


class Records:
    """
    The records of one batch.

    Args:
        journal: Where they are.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.device = ""
        self.tag = ""
        self.changes: Mapping[str, Any] = {}
        self._circuits: dict[str, tuple[int, ...]] = {}
        self._ids: dict[str, str] = {}
        self._again: dict[int, int] = {}
        self._order: dict[str, int] = {}
        for number, record in enumerate(journal.records):
            self._know(number, record)

    def _know(self, number: int, record: Mapping[str, Any]) -> None:
        if "batch" in record:
            self.tag, self.device = str(record["batch"]), str(record.get("device", ""))
            self.changes = dict(record.get("changes", {}))
        elif "again" in record:
            self._again |= dict.fromkeys(map(int, record["again"]), number)
        elif "circuits" in record:
            sending = str(record["sending"])
            self._circuits[sending], self._order[sending] = tuple(map(int, record["circuits"])), number
        elif "job_id" in record:
            self._ids[str(record["sending"])] = str(record["job_id"])
        elif "never" in record:
            self._circuits.pop(str(record["never"]), None)

    def begin(self, device: str, changes: Mapping[str, Any]) -> None:
        """Note that a batch begins: its device, and what compiling changed."""
        self._write({"batch": f"oqx-{uuid.uuid4().hex[:16]}", "device": device, "changes": dict(changes)})

    def sending(self, circuits: Sequence[int]) -> str:
        """Note which circuits the next job will hold, and return its tag."""
        sending = f"{self.tag}-{len(self.journal.records)}"
        self._write({"sending": sending, "circuits": list(circuits)})
        return sending

    def sent(self, sending: str, job_id: str) -> None:
        """Note the id of a job."""
        self._write({"sending": sending, "job_id": job_id})

    def never(self, sending: str) -> None:
        """Note that a job was never submitted."""
        self._write({"never": sending})

    @property
    def unconfirmed(self) -> Sequence[str]:
        """The tags of jobs that may or may not have been submitted."""
        return [sending for sending in self._circuits if sending not in self._ids]

    @property
    def jobs(self) -> Mapping[str, tuple[int, ...]]:
        """The circuits each job answers for, by its id: those not sent again since; jobs without any are left out."""
        newest: dict[int, str] = {}
        for sending, circuits in self._circuits.items():
            if sending in self._ids:
                newest |= {i: sending for i in circuits if self._order[sending] > self._again.get(i, -1)}
        return {
            self._ids[sending]: left
            for sending, circuits in self._circuits.items()
            if (left := tuple(i for i in circuits if newest.get(i) == sending))
        }

    def position(self, job_id: str) -> Mapping[int, int]:
        """Return which result of a job belongs to which circuit."""
        sending = next(sending for sending, known in self._ids.items() if known == job_id)
        return {circuit: place for place, circuit in enumerate(self._circuits[sending])}

    @property
    def asked_again(self) -> frozenset[int]:
        """Circuits that somebody wants submitted once more."""
        return frozenset(self._again)

    def _write(self, record: dict[str, Any]) -> None:
        self.journal.append(record)
        self._know(len(self.journal.records) - 1, record)
