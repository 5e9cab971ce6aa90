"""IBM Quantum devices by the name of an account, and the fake ones of qiskit-ibm-runtime, simulated with Aer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import (
    REQUIRED,
    Backend,
    Batch,
    Credential,
    DeviceInfo,
    DeviceSummary,
    Job,
    Journal,
    MemoryJournal,
    PartState,
    ge,
    gt,
    hookimpl,
    le,
    parameter,
)
from oqtopus_experiments_qiskit._source import Source, source_of

if TYPE_CHECKING:
    from oqtopus_experiments.testing import Subject


def _name(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and (not isinstance(value, str) or not value.strip()):
        message = f"{field.name!r} must be a name, not {value!r}"
        raise ValueError(message)


def _simulated(backend: QiskitBackend, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and backend.account is not None:
        message = f"{field.name!r} is for fake devices: nothing seeds a real one; leave it out, or the account"
        raise ValueError(message)


@frozen(kw_only=True)
class QiskitBackend(Backend):
    """
    A device of IBM Quantum, or a fake one: a snapshot of such a device, which Aer simulates here.

    With `account` circuits go to the device of that name, and the jobs are found again by their ids. Without it the
    fake device of that name in qiskit-ibm-runtime is simulated, with the errors and times that were measured then.
    Circuits are compiled here, each qubit pinned to the physical qubit that was asked for, nothing optimized away.

    Raises:
        ParameterError: For an option out of range.
    """

    name: ClassVar[str] = "qiskit"
    local: ClassVar[bool] = False

    manner: ClassVar[tuple[str, ...]] = ("seed", "circuits_per_job", "poll_interval")
    device: str = parameter(REQUIRED, _name, help="its name: fake_manila; with an account that of a real one")
    account: str | None = parameter(
        None, _name, help="name under which qiskit-ibm-runtime has saved the account; none: a fake device"
    )
    seed: int | None = parameter(None, ge(0), _simulated, help="the same seed gives the same counts; for fake devices")
    circuits_per_job: int = parameter(100, ge(1), le(10_000), help="circuits in one job of an account")
    poll_interval: float = parameter(
        5.0, gt(0), le(86_400), unit="s", help="pause between two looks at the jobs of an account"
    )

    source: Source = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(lambda self: source_of(self.account), takes_self=True)
    )

    @property
    def queued(self) -> bool:
        """Whether the jobs outlive this process: those of an account do."""
        return self.account is not None

    @property
    def drifts(self) -> bool:
        """Whether it is a device; what is simulated stays as it is."""
        return self.account is not None

    def submit(self, batch: Batch) -> Job:
        """
        Simulate a fake device; submit to a real one without keeping job ids on disk, which `open` does.

        Raises:
            BackendError: When there is no such device, or the batch cannot be written for it.
        """
        if self.queued:
            return self.open(batch, MemoryJournal())
        from oqtopus_experiments_qiskit._simulator import sample

        return sample(self.source.device(self.device), batch, self.seed)

    def check(self, batch: Batch) -> None:
        """
        Compile a batch for the device; nothing is submitted.

        Raises:
            BackendError: When there is no such device, or the batch cannot be written for it.
        """
        from oqtopus_experiments.transpilation import compile_batch

        compile_batch(batch.circuits, batch, self.source.device(self.device))

    def clock_step(self) -> float:
        """
        Return what delays on the device are multiples of, ns.

        Raises:
            BackendError: When there is no such device.
        """
        from oqtopus_experiments.transpilation import step_of

        return step_of(self.source.device(self.device))

    def synthesized(self, gates: Sequence[str], physical_qubits: Sequence[int]) -> Mapping[str, tuple[int, ...]]:
        """
        Return which gates are not among those of the device, and on which qubits.

        Raises:
            BackendError: When there is no such device.
        """
        from oqtopus_experiments.transpilation import synthesized_on

        return synthesized_on(self.source.device(self.device).target, gates, physical_qubits)

    def open(self, batch: Batch, journal: Journal) -> Job:
        """Submit what the journal does not know as submitted; what is about to be submitted is in it first."""
        if not self.queued:
            return super().open(batch, journal)
        from oqtopus_experiments_qiskit._submission import submit_or_resume

        return submit_or_resume(
            self.source.service(),
            self.device,
            batch,
            journal,
            circuits_per_job=self.circuits_per_job,
            poll_interval=self.poll_interval,
        )

    def job(self, job_id: str) -> Job:
        """
        Return a job submitted earlier, by its id.

        Raises:
            JobError: When the account has none of that id; for a fake device, which keeps none.
        """
        if not self.queued:
            return super().job(job_id)
        from oqtopus_experiments_qiskit._job import single

        return single(self.source.service(), job_id, self.poll_interval)

    def jobs(self, journal: Journal) -> Sequence[PartState]:
        """
        Return the state of the job of every circuit that has one.

        Raises:
            BackendError: When the service cannot be asked.
        """
        if not self.queued:
            return super().jobs(journal)
        from oqtopus_experiments_qiskit._job_control import states

        return states(self.source.service(), journal)

    def cancel(self, journal: Journal) -> int:
        """
        Cancel the jobs a journal knows; circuits not submitted yet never will be.

        Raises:
            BackendError: When the service cannot be asked.
        """
        if not self.queued:
            return super().cancel(journal)
        from oqtopus_experiments_qiskit._job_control import cancel

        return cancel(self.source.service(), journal)

    def devices(self) -> Sequence[DeviceSummary]:
        """
        Return the devices of the account, or the fake ones.

        Raises:
            BackendError: When the service cannot be asked.
        """
        return self.source.summaries()

    def credentials(self) -> Sequence[Credential]:
        """Return where the account comes from; a fake device needs none."""
        if self.account is None:
            return ()
        from oqtopus_experiments_qiskit._account import credential

        return [credential(self.account)]

    def device_info(self, name: str | None = None) -> DeviceInfo:
        """
        Return a device with its calibration; without a name, the one this backend runs on.

        Raises:
            DeviceError: When there is none of that name.
        """
        from oqtopus_experiments_qiskit._device_description import described

        return described(self.source.device(name or self.device), real=self.queued)

    def notes(self) -> Sequence[str]:
        """
        Return which values of the calibration are older than a week, and what else is odd about the device.

        Raises:
            DeviceError: When there is no such device.
        """
        info = self.device_info()
        return (*info.notes, *info.old)

    def jobs_for(self, circuits: int) -> int:
        """Return how many jobs a batch of so many circuits becomes."""
        return -(-circuits // self.circuits_per_job) if self.queued else 1

    def provenance(self) -> Mapping[str, Any]:
        """Return the versions that decide what a fake device does."""
        from importlib.metadata import version

        return {name: version(name) for name in ("qiskit", "qiskit-aer", "qiskit-ibm-runtime")}


@hookimpl
def register_backends() -> list[type[Backend]]:
    """Return the backend of this plugin."""
    return [QiskitBackend]


@hookimpl
def conformance_subjects() -> list[Subject]:
    """Return a small fake device: nobody's account is used up, and how noisy it is its snapshot says roughly."""
    from oqtopus_experiments.testing import BackendSubject

    return [BackendSubject(backend=QiskitBackend(device="fake_manila"), noise=0.3)]
