"""What runs circuits: a batch goes in, a job comes out, its outcomes arrive one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, final

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.alike import chosen
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.credentials import Credential
from oqtopus_experiments.contracts.declared_fields import is_secret, plain_value
from oqtopus_experiments.contracts.devices import DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments.contracts.going_on import go_on
from oqtopus_experiments.contracts.job import Job, PartState
from oqtopus_experiments.contracts.journal import Journal
from oqtopus_experiments.contracts.readable_signature import ReadableSignature
from oqtopus_experiments.contracts.told import said_together
from oqtopus_experiments.errors import DeviceError, JobError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit


@frozen(kw_only=True)
class Backend(ABC):
    """
    Base of all backends: a frozen attrs class whose fields are its options.

    A simulator writes `submit` and returns a `SimulatedJob`, or a `FinishedJob` where all outcomes are there at once. A
    queue also writes `job`, and overrides `open` to note job ids in the journal as it gets them.
    """

    __signature__ = ReadableSignature()

    name: ClassVar[str]
    """Name in a run file: ``use = "<name>"``."""
    local: ClassVar[bool] = True
    """Whether it runs in this process, so that ``LocalBackend(device=name)`` offers it."""
    manner: ClassVar[tuple[str, ...]] = ("seed",)
    """Options that say how a device is asked, not which one it is: a history keeps runs apart by all others."""

    @property
    def queued(self) -> bool:
        """Whether its jobs outlive this process: a run then gets a folder, from which it can be resumed."""
        return False

    @property
    def drifts(self) -> bool:
        """
        Whether a circuit may come out otherwise an hour later.

        Batches are in a random order then, so that a drift looks like noise; a simulator says False, and gets them in
        the order of the sweep.
        """
        return True

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

    def clock_step(self) -> float:
        """
        Return what delays on its device are multiples of, ns; 0 where any will do.

        Experiments that wait choose their delays by it (`Experiment.on_clock`): what is fitted then is what was waited.

        Raises:
            BackendError: When the device cannot be asked.
        """
        return 0.0

    def synthesized(self, gates: Sequence[str], physical_qubits: Sequence[int]) -> Mapping[str, tuple[int, ...]]:
        """
        Return which of these gates are made of others before they run, and on which of these qubits.

        Asked once for an experiment that sweeps the strength of a gate (`Declaration.driven`): a device that makes rx
        of sx and rotations about z in software sweeps no pulse. The default is for what runs gates as they are written.

        Args:
            gates: Qiskit's names.
            physical_qubits: Qubits of the device.

        Returns:
            For each gate that is made of others somewhere, the qubits where it is.

        Raises:
            BackendError: When the device cannot be asked.
        """
        return {}

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
        suits simulators: it runs the batch (again), unless every outcome is safe already. Counts that are safe stay; a
        `SimulatedJob` does not simulate what has them.
        """
        return go_on(self.submit, batch, journal)

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
        message = f"backend {self.name!r} has no devices to describe; `oqx devices` lists what has"
        raise DeviceError(message)

    def all_qubits(self) -> Sequence[int]:
        """
        Return the qubits that a run file means by ``"all"``: those of `device_info`, unless overridden.

        Returns:
            Their numbers; none where the device does not tell them.

        Raises:
            DeviceError: When this backend has no device.
        """
        info = self.device_info()
        return tuple(qubit.index for qubit in info.qubits) or tuple(range(info.summary.num_qubits or 0))

    def qubit_calibration(self, physical_qubits: Sequence[int]) -> Sequence[QubitInfo]:
        """
        Return what is known of qubits without asking anybody: a simulator knows the noise that it was given.

        ``oqx check``, ``plan`` and ``run`` ask about windows that do not go with it. What a device was measured to
        have stands in `device_info`.

        Args:
            physical_qubits: Qubits of the device.

        Returns:
            One for each of them, in order; none where nothing is known.
        """
        return ()

    def notes(self) -> Sequence[str]:
        """
        Return what a person should know before a run, each in a sentence: what of its device's answers was left out.

        Raises:
            BackendError: When the device cannot be asked.
        """
        return ()

    def credentials(self) -> Sequence[Credential]:
        """
        Return where the secrets come from that a request would carry, for ``oqx doctor``; nothing is asked.

        A secret that is missing or cannot be used is a `Credential` with a problem, not an error.
        """
        return ()

    def clock_ahead(self) -> float | None:
        """
        Return by how many seconds the clock of its service is ahead of this one; None where it has not said.

        ``oqx doctor`` asks once the device has answered: nothing is asked of the service for it.
        """
        return None

    @classmethod
    def twin_of(cls, device: DeviceInfo, seed: int | None = None) -> Backend | None:
        """
        Return a simulator that behaves as a device did when it was calibrated; None where a backend cannot.

        Args:
            device: The device and its calibration.
            seed: Seed of its random numbers.

        Raises:
            ConfigError: When too little was measured of the device.
        """
        return None

    def exact_probabilities(
        self, circuits: Sequence[QuantumCircuit], physical_qubits: tuple[int, ...]
    ) -> Sequence[NDArray[Any]] | None:
        """
        Return the exact outcome probabilities of some circuits, readout errors included, for a simulator that has them.

        The curve of a twin is drawn from them instead of from shots. None where a backend only draws shots.

        Args:
            circuits: Gates, delays and final measurements.
            physical_qubits: Device qubit of each qubit of the circuits.

        Returns:
            For each circuit shape (2**classical bits,); bit j of the index is classical bit j.

        Raises:
            BackendError: When a circuit has none, or is too large.
        """
        return None

    def jobs_for(self, circuits: int) -> int:
        """Return how many jobs a batch of so many circuits becomes, for ``oqx plan``."""
        return 1

    def told_together(self, told: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """
        Return as one what jobs of parts of a batch tell (`SimulatedJob.told`), where several places simulated it.

        By default what all say alike is said once, and of anything else all that was said, each once, in a list.

        Args:
            told: What the parts told, JSON values; what several told alike stands there once.
        """
        return said_together(told)

    @final
    def configuration(self) -> dict[str, Any]:
        """Return ``use`` and ``options``, from which a run is resumed: JSON values, no secrets."""
        told = [f for f in attrs.fields(type(self)) if f.init and not is_secret(f)]
        return {"use": self.name, "options": {f.name: plain_value(f, getattr(self, f.name)) for f in told}}

    def stands_for(self) -> Backend:
        """
        Return the backend whose numbers these are: this one.

        One that only has another's work done elsewhere returns that: histories and calibrations know both as one, by
        its name and its `identity`.
        """
        return self

    def identity(self) -> Mapping[str, Any]:
        """
        Return what tells one device from another among those this backend may stand for: JSON values, no secrets.

        A history keeps runs apart by it. By default the options that were chosen, but those in `manner`.
        """
        return chosen(self, self.manner)

    def provenance(self) -> Mapping[str, Any]:
        """Return what else tells where the numbers come from, for the record only: JSON values, no secrets."""
        return {}
