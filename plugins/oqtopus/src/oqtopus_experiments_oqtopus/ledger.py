"""The journal of one batch, as this backend keeps it: which job stands for which circuit."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Iterator, Mapping

from attrs import frozen

from oqtopus_experiments import Counts, DeviceInfo, Failure, JobError, Journal, StoreError
from oqtopus_experiments_oqtopus.errors import ClosedError


@frozen
class Entry:
    """The newest job of a circuit, and how many went before it."""

    job_id: str
    attempt: int


class Ledger:
    """
    Records ``{"batch", "device", "snapshot"}`` once, and ``{"index", "job_id", "attempt"}`` for every job; an earlier
    version also wrote ``{"cancelled"}``, and core writes ``{"again": [index, ...]}``.

    A job is written down after it is registered and before it is submitted. A process killed in between leaves a
    registered job that it knows, one killed before leaves a registered job that does nothing: none is ever
    submitted twice. A job stands for one circuit: an id that comes again is refused.

    Args:
        journal: The durable notebook.

    Raises:
        StoreError: When a record is not of this backend.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._entries: dict[int, Entry] = {}
        self._circuits: dict[str, set[int]] = {}
        self._attempts: dict[int, int] = {}
        self.batch = ""
        self.device = ""
        self.calibrated_at = ""
        self._cancelled = False
        for record in journal.records:
            try:
                if "batch" in record:
                    self.batch, self.device = str(record["batch"]), str(record["device"])
                    self.calibrated_at = str(record.get("snapshot", {}).get("summary", {}).get("calibrated_at", ""))
                elif "cancelled" in record:
                    self._cancelled = True
                elif "again" in record:
                    self._cancelled = False
                    self._send_again([int(index) for index in record["again"]])
                else:
                    self._remember(int(record["index"]), str(record["job_id"]), int(record["attempt"]))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                message = f"the journal has a record that is not of backend 'oqtopus': {record!r:.200}"
                raise StoreError(message) from error

    def begin(self, device: DeviceInfo) -> None:
        """Give the batch a name that finds all its jobs again, and note the device as it is calibrated now."""
        self.batch, self.device = f"oqx-{uuid.uuid4().hex[:12]}", device.summary.name
        self.calibrated_at = device.summary.calibrated_at
        self._journal.append({"batch": self.batch, "device": self.device, "snapshot": device.to_json()})

    def note(self, index: int, job_id: str, attempt: int) -> None:
        """
        Write down that a job stands for a circuit from now on; on disk when this returns.

        Raises:
            JobError: When the job stands for a circuit already.
        """
        with self._lock:
            if job_id in self._circuits:
                message = (
                    f"the service gave job id {job_id} for circuit {index}, but it stands for circuit "
                    f"{min(self._circuits[job_id])} already: something on the way, such as a caching proxy or gateway, "
                    "repeats its answers. Nothing was submitted under it again; let POST requests pass uncached, or go "
                    "another way, and resume the run"
                )
                raise JobError(message)
            self._journal.append({"index": index, "job_id": job_id, "attempt": attempt})
            self._remember(index, job_id, attempt)

    @property
    def cancelled(self) -> bool:
        """Whether nothing more is to be submitted."""
        return self._cancelled or self._journal.gate.closed

    @contextlib.contextmanager
    def passing(self) -> Iterator[None]:
        """
        Hold the gate of the journal for one request that submits something, or prepares it.

        Raises:
            ClosedError: When the run was cancelled.
        """
        with self._journal.gate.passing() as allowed:
            if self._cancelled or not allowed:
                message = "the run was cancelled: nothing more is submitted"
                raise ClosedError(message)
            yield

    def close(self, patience: float) -> None:
        """Let nothing more be submitted by any process, and learn what was noted until then."""
        self._journal.gate.close(patience)

    @property
    def entries(self) -> Mapping[int, Entry]:
        """The newest job of every circuit that has one."""
        with self._lock:
            return dict(self._entries)

    @property
    def job_ids(self) -> list[str]:
        """The newest job of every circuit, in order of the circuits."""
        return [entry.job_id for _, entry in sorted(self.entries.items())]

    @property
    def left_behind(self) -> Mapping[str, int]:
        """Jobs that another took the place of, such as one whose input never arrived, each with its circuit."""
        current = set(self.job_ids)
        with self._lock:
            return {job_id: min(found) for job_id, found in self._circuits.items() if job_id not in current}

    def attempt(self, index: int) -> int:
        """Return how many jobs of a circuit failed, or were cancelled, and are to be replaced."""
        with self._lock:
            return self._attempts.get(index, 0)

    @property
    def shared(self) -> Mapping[str, tuple[int, ...]]:
        """Jobs that the journal gives to several circuits, as an earlier version could write it."""
        with self._lock:
            return {job_id: tuple(sorted(found)) for job_id, found in self._circuits.items() if len(found) > 1}

    def results(self) -> Mapping[int, Counts | Failure]:
        """Return the outcomes that are safe already."""
        return self._journal.results()

    def _send_again(self, indices: list[int]) -> None:
        for index in indices:
            entry = self._entries.pop(index, None)
            if entry is not None:
                self._attempts[index] = entry.attempt + 1

    def _remember(self, index: int, job_id: str, attempt: int) -> None:
        self._entries[index] = Entry(job_id, attempt)
        self._circuits.setdefault(job_id, set()).add(index)
