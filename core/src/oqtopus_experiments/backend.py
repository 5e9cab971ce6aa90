"""What runs circuits: a batch goes in, a job comes out, its outcomes arrive one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import attrs
from attrs import field, frozen

from oqtopus_experiments.counts import Counts
from oqtopus_experiments.devices import DeviceInfo, DeviceSummary
from oqtopus_experiments.errors import DeviceError, JobError
from oqtopus_experiments.gate import Gate, MemoryGate
from oqtopus_experiments.parameters import is_secret

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

JobStatus: TypeAlias = Literal["submitted", "running", "succeeded", "failed", "cancelled"]
Record: TypeAlias = dict[str, Any]
"""One entry of a journal: JSON values only."""


def _at_least_one(instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        message = f"{attribute.name!r} must be an integer >= 1, not {value!r}"
        raise ValueError(message)


@frozen
class Batch:
    """
    All circuits of one experiment, to be run alike.

    Args:
        circuits: Qiskit circuits with their measurements. Qubit i of each is ``physical_qubits[i]`` of the device.
        shots: Repetitions of each circuit.
        physical_qubits: Qubits of the device, as many as the widest circuit has.
        name: What a person sees in a queue, and what distinguishes the random numbers of two batches of one seed.
    """

    circuits: tuple[QuantumCircuit, ...] = field(repr=lambda circuits: f"<{len(circuits)}>")
    shots: int = field(validator=_at_least_one)
    physical_qubits: tuple[int, ...]
    name: str = "batch"


@frozen
class Failure:
    """
    Why a circuit has no counts. It stays a missing point: nothing is put in its place.

    Args:
        reason: Why, for a person.
        job_id: Its job, where it had one.
        final: Whether going on with the run cannot change it; False for a job that could not be asked for.
    """

    reason: str
    job_id: str = ""
    final: bool = True


@frozen
class Outcome:
    """
    What became of one circuit of a batch.

    Args:
        index: Position of the circuit in the batch.
        result: Its counts, or why there are none.
    """

    index: int
    result: Counts | Failure


@frozen
class PartState:
    """
    One of the jobs that a batch became.

    Args:
        index: Position of its circuit in the batch.
        job_id: Its id at the backend.
        status: Its state, in the words of the backend.
        detail: What else there is to say, such as why it failed.
        lost: Whether it has ended and will never have counts.
    """

    index: int
    job_id: str
    status: str
    detail: str = ""
    lost: bool = False


class Journal(ABC):
    """
    The durable notebook of one batch: what a backend must know to go on in another process.

    A record is on disk when `append` returns, so a backend writes a job id down before it relies on it.

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
        """Return the outcomes that are safe already, by index: a backend need not fetch them again."""
        return {}


class MemoryJournal(Journal):
    """A journal that lives as long as the process: for runs without a folder."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._gate = MemoryGate()

    @property
    def gate(self) -> Gate:
        """A gate between the threads of this process."""
        return self._gate

    @property
    def records(self) -> Sequence[Record]:
        """All records so far."""
        return tuple(self._records)

    def append(self, record: Record) -> None:
        """Keep a record."""
        self._records.append(record)


class Job(ABC):
    """A submitted batch."""

    @property
    @abstractmethod
    def id(self) -> str:
        """Name under which `Backend.job` finds it again."""

    @abstractmethod
    def status(self) -> JobStatus:
        """Return the state of the whole batch now."""

    @abstractmethod
    def outcomes(self, timeout: float | None = None) -> Iterator[Outcome]:
        """
        Yield the outcome of every circuit once, as they arrive, in any order.

        Args:
            timeout: Seconds to wait in all; None waits for as long as it takes.

        Raises:
            JobError: When the time is up. The job itself goes on; calling again yields every outcome again.
        """

    def cancel(self) -> None:  # noqa: B027  # a finished job has nothing to cancel
        """Ask the backend to stop what has not run yet. What has run is still yielded."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """``job_id`` and ``status``, and whatever else the backend knows: times, device, ids of parts."""
        return {"job_id": self.id, "status": self.status()}


def _as_outcomes(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    return tuple(outcomes)


@frozen
class FinishedJob(Job):
    """The job of a simulator: all outcomes are there when it is made."""

    id: str
    _outcomes: tuple[Outcome, ...] = field(converter=_as_outcomes, repr=False)
    _metadata: Mapping[str, Any] = field(factory=dict, repr=False)

    def status(self) -> JobStatus:
        """Return ``succeeded``, or ``failed`` when no circuit has counts."""
        return "succeeded" if any(isinstance(o.result, Counts) for o in self._outcomes) else "failed"

    def outcomes(self, timeout: float | None = None) -> Iterator[Outcome]:
        """Yield all outcomes in order."""
        yield from self._outcomes

    @property
    def metadata(self) -> Mapping[str, Any]:
        """``job_id``, ``status``, and what the backend added."""
        return {"job_id": self.id, "status": self.status(), **self._metadata}


@frozen(kw_only=True)
class Backend(ABC):
    """
    Base of all backends: a frozen attrs class whose fields are its options.

    A simulator writes `submit` and returns a `FinishedJob`. A queue also writes `job`, and overrides `open`
    to note job ids in the journal as it gets them.
    """

    name: ClassVar[str]
    """Name in a run file: ``use = "<name>"``."""
    local: ClassVar[bool] = True
    """Whether it runs in this process, so that ``LocalBackend(device=name)`` offers it."""
    queued: ClassVar[bool] = False
    """Whether its jobs outlive this process: a run then gets a folder, from which it can be resumed."""

    @abstractmethod
    def submit(self, batch: Batch) -> Job:
        """
        Run a batch, or hand it to a queue, without waiting for the queue.

        Raises:
            BackendError: When the batch cannot be run; nothing was submitted then.
        """

    def check(self, batch: Batch) -> None:  # noqa: B027  # a simulator finds out by running
        """
        Refuse a batch that this backend cannot run, before anything of its run is submitted.

        Raises:
            BackendError: When it cannot be run.
        """

    def job(self, job_id: str) -> Job:
        """
        Return a job submitted earlier, perhaps by another process.

        Raises:
            JobError: When there is none, or this backend keeps none.
        """
        message = f"backend {self.name!r} keeps no jobs, so there is no job {job_id!r} to return to; run it again"
        raise JobError(message)

    def open(self, batch: Batch, journal: Journal) -> Job:
        """
        Submit what the journal does not know as submitted yet, and return the job of the whole batch.

        A fresh run enters with an empty journal, a resumed one with that of the interrupted process. The default
        suits simulators: it runs the batch (again), unless every outcome is safe already. Counts that are safe stay.
        """
        known = journal.results()
        if journal.records and set(range(len(batch.circuits))) <= known.keys():
            outcomes = [Outcome(index, known[index]) for index in range(len(batch.circuits))]
            ids = [str(record["job_id"]) for record in journal.records if "job_id" in record]
            return FinishedJob(ids[-1] if ids else "", outcomes)
        job = self.submit(batch)
        journal.append({"job_id": job.id})
        kept = {index: result for index, result in known.items() if isinstance(result, Counts)}
        if not kept:
            return job
        outcomes = [Outcome(outcome.index, kept.get(outcome.index, outcome.result)) for outcome in job.outcomes()]
        return FinishedJob(job.id, outcomes, job.metadata)

    def jobs(self, journal: Journal) -> Sequence[PartState]:
        """Return the state of every job a journal knows, in order of the circuits; submits nothing."""
        done = "succeeded" if journal.results() else "unknown"
        return [PartState(0, str(record["job_id"]), done) for record in journal.records if "job_id" in record]

    def cancel(self, journal: Journal) -> int:
        """
        Close the gate of a journal, then cancel every job it knows that has not ended.

        Another process may be submitting from the same journal, which is open for reading here: `Journal.refresh`
        after the gate is closed shows what it has noted.

        Returns:
            How many jobs were asked to stop.
        """
        return 0

    def devices(self) -> Sequence[DeviceSummary]:
        """
        Return the devices one can choose from.

        Raises:
            DeviceError: When this backend has no list of devices.
        """
        message = f"backend {self.name!r} has no list of devices"
        raise DeviceError(message)

    def device_info(self, name: str | None = None) -> DeviceInfo:
        """
        Return what is known about a device: qubits, couplings, calibration.

        Args:
            name: The device; None for the one this backend runs on.

        Raises:
            DeviceError: When there is none of that name, or this backend has no devices.
        """
        message = f"backend {self.name!r} has no devices to describe"
        raise DeviceError(message)

    def notes(self) -> Sequence[str]:
        """
        Return what a person should know before a run, each in a sentence: what of its device's answers was left out.

        Raises:
            BackendError: When the device cannot be asked.
        """
        return ()

    def jobs_for(self, circuits: int) -> int:
        """Return how many jobs a batch of so many circuits becomes, for ``oqx plan``."""
        return 1

    def description(self) -> dict[str, Any]:
        """Return what identifies this backend in the provenance of a run: JSON values, no secrets."""
        return {"use": self.name, "options": attrs.asdict(self, filter=_is_told, value_serializer=_json_value)}


def _is_told(field: attrs.Attribute[Any], _: object) -> bool:
    return field.init and not is_secret(field)


def _json_value(_: object, __: object, value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


Progress: TypeAlias = Callable[[Outcome], None]
"""Called for each outcome once it is safe."""
