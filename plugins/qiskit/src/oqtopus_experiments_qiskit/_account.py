"""An account of IBM Quantum, as qiskit-ibm-runtime has saved it: its devices and its jobs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from oqtopus_experiments import (
    AuthenticationError,
    BackendError,
    Credential,
    DeviceError,
    DeviceSummary,
    JobError,
    suggest,
)
from oqtopus_experiments.transpilation import asked
from oqtopus_experiments_qiskit._service import Answer, JobState, Service, State
from oqtopus_experiments_qiskit._source import Source

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import PrimitiveResult
    from qiskit.providers import BackendV2

_STATES: dict[str, State] = {
    "INITIALIZING": "queued",
    "QUEUED": "queued",
    "VALIDATING": "queued",
    "RUNNING": "running",
    "DONE": "done",
    "ERROR": "failed",
    "CANCELLED": "cancelled",
}


def credential(name: str) -> Credential:
    """Return where an account is kept; its token is neither shown nor sent."""
    from qiskit_ibm_runtime import QiskitRuntimeService

    what = f"account {name!r}"
    if name in QiskitRuntimeService.saved_accounts():
        return Credential(what, "what qiskit-ibm-runtime has saved", "IBM Quantum")
    problem = f"no such account is saved; save it once with QiskitRuntimeService.save_account(name={name!r}, token=...)"
    return Credential(what, problem=problem)


class Account(Source, Service):
    """
    The devices and jobs of an account; nothing is asked before it is needed.

    Args:
        name: Under which the account was saved. No token is ever seen here.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._devices: dict[str, BackendV2] = {}
        self._submitted: dict[str, Any] = {}

    def service(self) -> Service:
        """Return what keeps the jobs of this account."""
        return self

    @cached_property
    def client(self) -> Any:
        """
        The client of qiskit-ibm-runtime.

        Raises:
            AuthenticationError: When there is no such account, or it is not let in.
        """
        from qiskit_ibm_runtime import QiskitRuntimeService
        from qiskit_ibm_runtime.accounts import AccountNotFoundError, InvalidAccountError
        from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError

        def connect() -> Any:
            try:
                return QiskitRuntimeService(name=self._name)
            except AccountNotFoundError as error:
                saved = sorted(QiskitRuntimeService.saved_accounts())
                message = (
                    f"qiskit-ibm-runtime has saved no account {self._name!r}{suggest(self._name, saved)}; save it once "
                    f"with QiskitRuntimeService.save_account(name={self._name!r}, token=...)"
                )
                raise AuthenticationError(message) from error
            except (InvalidAccountError, IBMNotAuthorizedError) as error:
                message = (
                    f"IBM Quantum does not accept the account {self._name!r} ({error}); save it anew with "
                    f"QiskitRuntimeService.save_account(name={self._name!r}, token=..., overwrite=True)"
                )
                raise AuthenticationError(message) from error

        return asked(f"account {self._name!r}", connect)

    def device(self, name: str) -> BackendV2:
        """
        Return a device of the account, as it is calibrated now.

        Raises:
            DeviceError: When the account has none of that name; the message lists those it has.
        """
        from qiskit.providers.exceptions import QiskitBackendNotFoundError

        def find() -> BackendV2:
            try:
                found: BackendV2 = self.client.backend(name)
            except QiskitBackendNotFoundError as error:
                there_are = sorted(str(device.name) for device in self.client.backends())
                message = f"account {self._name!r} has no device {name!r}{suggest(name, there_are)}"
                raise DeviceError(message) from error
            return found

        if name not in self._devices:
            self._devices[name] = asked(f"account {self._name!r}, device {name!r}", find)
        return self._devices[name]

    def summaries(self) -> Sequence[DeviceSummary]:
        """Return the devices of the account, with their queues."""
        return asked(f"the devices of account {self._name!r}", lambda: [_summary(d) for d in self.client.backends()])

    def submit(self, device: str, circuits: Sequence[QuantumCircuit], shots: int, tag: str) -> str:
        """Submit compiled circuits as one job that bears a tag, and return its id."""
        from qiskit_ibm_runtime import SamplerV2

        def send() -> Any:
            with warnings.catch_warnings():
                # It warns that it is to be replaced; what replaces it is not in the oldest version we work with.
                warnings.simplefilter("ignore", DeprecationWarning)
                sampler = SamplerV2(mode=self.device(device), options={"environment": {"job_tags": [tag]}})
                return sampler.run(list(circuits), shots=shots)

        job = asked(f"{device}, a job of {len(circuits)} circuits", send)
        job_id = str(job.job_id())
        self._submitted[job_id] = job
        return job_id

    def tagged(self, tag: str) -> Sequence[str]:
        """Return the ids of the jobs that bear a tag."""
        return asked(
            f"the jobs tagged {tag!r}", lambda: [str(j.job_id()) for j in self.client.jobs(limit=None, job_tags=[tag])]
        )

    def state(self, job_id: str) -> JobState:
        """Return how a job is doing."""
        job = self._job(job_id)
        status = asked(f"job {job_id}", job.status)
        word = str(status if isinstance(status, str) else status.name)
        if word not in _STATES:
            message = f"job {job_id}: its state {word!r} is unknown here; a newer version of this plugin may know it"
            raise BackendError(message)
        failed = word == "ERROR"
        return JobState(_STATES[word], str(asked(f"job {job_id}", job.error_message) or "") if failed else "")

    def results(self, job_id: str) -> Sequence[Answer]:
        """Return the answers of a job that is done, in the order of its circuits."""

        def fetch() -> list[Answer]:
            result = self._job(job_id).result()
            times = _times(result)
            return [Answer(one, times.get(number)) for number, one in enumerate(result)]

        return asked(f"job {job_id}, its results", fetch)

    def cancel(self, job_id: str) -> bool:
        """Ask for a job to be stopped; return whether there was something to stop."""
        from qiskit_ibm_runtime.exceptions import RuntimeInvalidStateError

        def stop() -> bool:
            try:
                self._job(job_id).cancel()
            except RuntimeInvalidStateError:  # it has ended meanwhile
                return False
            return True

        return asked(f"job {job_id}, to cancel it", stop)

    def _job(self, job_id: str) -> Any:
        """Return a job, asked for once."""
        from qiskit_ibm_runtime.exceptions import RuntimeJobNotFound

        def find() -> Any:
            try:
                return self.client.job(job_id)
            except RuntimeJobNotFound as error:
                message = f"account {self._name!r} has no job {job_id!r}; was it submitted with another account?"
                raise JobError(message) from error

        if job_id not in self._submitted:
            self._submitted[job_id] = asked(f"account {self._name!r}, job {job_id}", find)
        return self._submitted[job_id]


def _times(result: PrimitiveResult) -> dict[int, float]:
    """Return when each circuit ran that the service tells of: the middle of the time in which its shots were taken."""
    spans = list(result.metadata.get("execution", {}).get("execution_spans", ()))
    return {
        number: (min(first) + max(last)) / 2
        for number in range(len(result))
        if (first := [span.start.timestamp() for span in spans if number in span.pub_idxs])
        and (last := [span.stop.timestamp() for span in spans if number in span.pub_idxs])
    }


def _summary(device: Any) -> DeviceSummary:
    status = device.status()
    return DeviceSummary(
        name=str(device.name),
        kind="simulator" if getattr(device, "simulator", False) else "QPU",
        status="available" if status.operational else str(status.status_msg),
        queue=int(status.pending_jobs),
        num_qubits=device.num_qubits,
    )
