"""The journal of one batch, as this backend keeps it: which job stands for which circuit."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping

from attrs import frozen

from oqtopus_experiments import Counts, DeviceInfo, Failure, JobError, Journal, StoreError


@frozen
class Entry:
    """The newest job of a circuit, and how many went before it."""

    job_id: str
    attempt: int


class Ledger:
    """
    Records ``{"batch", "device", "snapshot"}`` once, ``{"index", "job_id", "attempt"}`` for every job, and
    ``{"cancelled"}``.

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
        self.batch = ""
        self.device = ""
        self.calibrated_at = ""
        self.cancelled = False
        for record in journal.records:
            try:
                if "batch" in record:
                    self.batch, self.device = str(record["batch"]), str(record["device"])
                    self.calibrated_at = str(record.get("snapshot", {}).get("summary", {}).get("calibrated_at", ""))
                elif "cancelled" in record:
                    self.cancelled = True
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

    def cancel(self) -> None:
        """Write down that nothing more is to be submitted."""
        if not self.cancelled:
            self._journal.append({"cancelled": True})
            self.cancelled = True

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
    def shared(self) -> Mapping[str, tuple[int, ...]]:
        """Jobs that the journal gives to several circuits, as an earlier version could write it."""
        with self._lock:
            return {job_id: tuple(sorted(found)) for job_id, found in self._circuits.items() if len(found) > 1}

    def results(self) -> Mapping[int, Counts | Failure]:
        """Return the outcomes that are safe already."""
        return self._journal.results()

    def _remember(self, index: int, job_id: str, attempt: int) -> None:
        self._entries[index] = Entry(job_id, attempt)
        self._circuits.setdefault(job_id, set()).add(index)
