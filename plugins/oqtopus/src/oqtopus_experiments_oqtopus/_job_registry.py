"""Which job stands for which circuit: as the journal of a batch keeps it, or as the service tells where that fails."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from oqtopus_experiments import BackendError, Counts, DeviceInfo, Failure, JobError, Journal, Order, StoreError
from oqtopus_experiments_oqtopus._answers import ClosedError
from oqtopus_experiments_oqtopus._download import Reading
from oqtopus_experiments_oqtopus._service import Service

logger = logging.getLogger(__name__)

_MAX_DESCRIPTION = 1024
_DESCRIPTION = re.compile(r"(oqx-[0-9a-f]{12}) (\d{1,6})/(\d{1,6}) (\d{1,5})(?::([\d,]+))?", re.ASCII)


@frozen
class JobDescription:
    """
    What the description of a job of ours says: its batch, which circuit of how many, and how to read the result.

    The index is that of the circuit in the experiment, not its position among those that run: a job that is found by
    its id alone tells its point.
    """

    batch_id: str
    index: int
    count: int
    reading: Reading


def describe(batch_id: str, index: int, count: int, read: Reading) -> str:
    """Return the description of a job: enough to collect a batch again with nothing but the id of one job."""
    text = f"{batch_id} {index}/{count} {read.width}"
    if read.clbits != tuple(range(read.width)):
        text += ":" + ",".join(map(str, read.clbits or ()))
    return text[:_MAX_DESCRIPTION]


def parse_description(description: object) -> JobDescription | None:
    """Return what a description says, or None when it is not one of ours, or was too long to be kept whole."""
    found = _DESCRIPTION.fullmatch(description) if isinstance(description, str) else None
    if found is None or len(found.string) == _MAX_DESCRIPTION:
        return None
    batch_id, index, count, width, clbits = found.groups()
    bits = tuple(map(int, clbits.strip(",").split(","))) if clbits else tuple(range(int(width)))
    return JobDescription(batch_id, int(index), int(count), Reading(bits, int(width)))


@frozen
class RegisteredJob:
    """The newest job of a circuit, and how many went before it."""

    job_id: str
    attempt: int


class JobRegistry:
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
        self._jobs: dict[int, RegisteredJob] = {}
        self._circuits: dict[str, set[int]] = {}
        self._attempts: dict[int, int] = {}
        self.batch_id = ""
        self.device = ""
        self.calibrated_at = ""
        self._cancelled = False
        for record in journal.records:
            try:
                if "batch" in record:
                    self.batch_id, self.device = str(record["batch"]), str(record["device"])
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
        self.batch_id, self.device = f"oqx-{uuid.uuid4().hex[:12]}", device.summary.name
        self.calibrated_at = device.summary.calibrated_at
        self._journal.append({"batch": self.batch_id, "device": self.device, "snapshot": device.to_json()})

    def note(self, index: int, job_id: str, attempt: int) -> None:
        """
        Write down that a job stands for a circuit from now on; on disk when this returns.

        Raises:
            JobError: When the job stands for a circuit already.
        """
        with self._lock:
            if job_id in self._circuits:
                message = (
                    f"the service gave job id {job_id} for circuit {self.order.circuit(index)}, but it stands for "
                    f"circuit {self.order.circuit(min(self._circuits[job_id]))} already: something on the way, such "
                    "as a caching proxy or gateway, repeats its answers. Nothing was submitted under it again; let "
                    "POST requests pass uncached, or go another way, and resume the run"
                )
                raise JobError(message)
            self._journal.append({"index": index, "job_id": job_id, "attempt": attempt})
            self._remember(index, job_id, attempt)

    @property
    def order(self) -> Order:
        """Which circuit of the experiment stands at which position: for texts and descriptions."""
        return self._journal.order

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
    def jobs(self) -> Mapping[int, RegisteredJob]:
        """The newest job of every circuit that has one."""
        with self._lock:
            return dict(self._jobs)

    @property
    def job_ids(self) -> list[str]:
        """The newest job of every circuit, in order of the circuits."""
        return [job.job_id for _, job in sorted(self.jobs.items())]

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
            job = self._jobs.pop(index, None)
            if job is not None:
                self._attempts[index] = job.attempt + 1

    def _remember(self, index: int, job_id: str, attempt: int) -> None:
        self._jobs[index] = RegisteredJob(job_id, attempt)
        self._circuits.setdefault(job_id, set()).add(index)


def disowned(service: Service, registry: JobRegistry) -> dict[int, str]:
    """
    Return the circuits whose job is not theirs, or may not be, each with the reason.

    The description a job was submitted with tells its circuit; where it does not, no circuit gets the counts.
    """
    found: dict[int, str] = {}
    for job_id, indices in registry.shared.items():
        owner = _owner(service, registry, job_id)
        for index in indices:
            newest = registry.jobs.get(index)
            if newest is not None and newest.job_id == job_id and index != owner:
                told = "nothing tells whose it is"
                if owner is not None and owner in indices:
                    told = f"it was submitted for circuit {registry.order.circuit(owner)}"
                found[index] = f"{why_shared(job_id, indices, registry.order)}; {told}"
    return found


def why_shared(job_id: str, indices: tuple[int, ...], order: Order) -> str:
    """Return what is wrong with a job of several circuits."""
    circuits = sorted(order.circuit(index) for index in indices)
    return f"the journal gives job {job_id} to circuits {' and '.join(map(str, circuits))}"


def _owner(service: Service, registry: JobRegistry, job_id: str) -> int | None:
    try:
        described = parse_description((service.job(job_id) or {}).get("description"))
    except BackendError:
        return None
    if described is None or described.batch_id != registry.batch_id:
        return None
    return registry.order.position(described.index)


def recover(service: Service, registry: JobRegistry, journal: Journal) -> list[str]:
    """
    Note the jobs that the service has and a damaged journal lost.

    Returns:
        What stays lost: as many of the damaged lines as no job was found for.

    Raises:
        JobError: When the line that names the batch is lost, and no job is known to tell it.
    """
    if not registry.batch_id:
        _find_batch_id(service, registry, journal)
    found = {}
    for _, page in service.jobs(registry.batch_id, ("job_id", "description")):
        for job in page:
            part = parse_description(job.get("description"))
            if part is None or part.batch_id != registry.batch_id:
                continue
            index = registry.order.position(part.index)
            if index not in registry.jobs:
                found[index] = str(job["job_id"])
    for index, job_id in found.items():
        registry.note(index, job_id, 0)
    return list(journal.lost[len(found) :])


def sendable(unsent: Iterable[int], registry: JobRegistry, journal: Journal, lost: Iterable[str]) -> list[int]:
    """Return the circuits that may be submitted: not those that may have a job which a damaged journal lost."""
    lost = list(lost)
    wanted = list(unsent)
    if not lost:
        return wanted
    asked = {index for record in journal.records for index in record.get("again", ())}
    safe = [index for index in wanted if index in registry.jobs or index in asked]
    if len(safe) < len(wanted):
        logger.warning(
            "%d circuits are not submitted, as each may have a job that is not known any more (%s); look for it at the "
            "service, or submit them once more with `oqx resume RUN --failed`", len(wanted) - len(safe), lost[0]
        )  # fmt: skip
    return safe


def _find_batch_id(service: Service, registry: JobRegistry, journal: Journal) -> None:
    for job_id in registry.job_ids:
        job = service.job(job_id) or {}
        part = parse_description(job.get("description"))
        if part is not None:
            registry.batch_id, registry.device = part.batch_id, str(job.get("device_id", ""))
            journal.append({"batch": registry.batch_id, "device": registry.device})
            return
    message = f"nothing is submitted, as it may have been before: {journal.lost[0]}; restore the journal or run anew"
    raise JobError(message)
