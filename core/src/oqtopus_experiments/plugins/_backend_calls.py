"""What is asked of a backend and its jobs, each question behind a fence."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from oqtopus_experiments.contracts.credentials import Credential
from oqtopus_experiments.contracts.devices import DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments.errors import BackendError, ConfigError, PluginError, PluginFault, StoreError
from oqtopus_experiments.plugins._fence import fence, log_fault

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit

    from oqtopus_experiments.contracts.backend import Backend, Batch
    from oqtopus_experiments.contracts.job import FinishedJob, Job, PartState
    from oqtopus_experiments.contracts.journal import Journal
    from oqtopus_experiments.contracts.outcome import Outcome
    from oqtopus_experiments.contracts.simulated import SimulatedJob

T = TypeVar("T")
REFUSALS = (BackendError, ConfigError)
"""What a backend may say instead of an answer: it cannot, or its configuration is wrong."""


def notes(backend: Backend) -> tuple[str, ...]:
    """
    Return what a person should know before a run; see `Backend.notes`.

    Raises:
        BackendError: When its device cannot be asked.
        PluginFault: When its code fails, or gives something else than sentences.
    """
    with fence("notes", type(backend), passing=REFUSALS):
        return tuple(_each(backend.notes(), str))


def credentials(backend: Backend) -> tuple[Credential, ...]:
    """
    Return where the secrets of a backend come from; see `Backend.credentials`.

    Raises:
        BackendError: When they cannot be looked for.
        PluginFault: When its code fails, or gives something else.
    """
    with fence("credentials", type(backend), passing=REFUSALS):
        return tuple(_each(backend.credentials(), Credential))


def devices(backend: Backend) -> tuple[DeviceSummary, ...]:
    """
    Return the devices one can choose from; see `Backend.devices`.

    Raises:
        BackendError: When they cannot be listed.
        PluginFault: When its code fails, or gives something else.
    """
    with fence("devices", type(backend), passing=REFUSALS):
        return tuple(_each(backend.devices(), DeviceSummary))


def device_info(backend: Backend, name: str | None = None) -> DeviceInfo:
    """
    Return what is known about a device; see `Backend.device_info`.

    Raises:
        BackendError: When there is none of that name, or it cannot be asked.
        PluginFault: When its code fails, or gives something else.
    """
    asked = "of its own device" if name is None else f"of device {name!r}"
    with fence("device_info", type(backend), asked, passing=REFUSALS):
        return _one(backend.device_info(name), DeviceInfo)


def all_qubits(backend: Backend) -> tuple[int, ...]:
    """
    Return the qubits that ``"all"`` means; see `Backend.all_qubits`.

    Raises:
        BackendError: When there is no device, or it cannot be asked.
        PluginFault: When its code fails, or gives something else.
    """
    with fence("all_qubits", type(backend), passing=REFUSALS):
        found = tuple(backend.all_qubits())
        if not all(type(qubit) is int and qubit >= 0 for qubit in found):
            message = f"{type(backend).__name__}.all_qubits must return numbers of qubits, not {found!r:.60}"
            raise PluginError(message)
        return found


def exact_probabilities(
    backend: Backend, circuits: Sequence[QuantumCircuit], target: tuple[int, ...]
) -> Sequence[NDArray[Any]] | None:
    """
    Return the exact outcome probabilities of circuits on some qubits; see `Backend.exact_probabilities`.

    Raises:
        BackendError: When there are none.
        PluginFault: When its code fails, or gives as many as there are not circuits.
    """
    import numpy as np

    with fence("exact_probabilities", type(backend), passing=REFUSALS):
        found = backend.exact_probabilities(circuits, target)
        shapes = None if found is None else [np.shape(one) for one in found]
        if shapes is not None and shapes != [(2**circuit.num_clbits,) for circuit in circuits]:
            message = f"must give a probability for each outcome of each circuit, not arrays of shape {shapes!r:.80}"
            raise ValueError(message)
        return found


def qubit_calibration(backend: Backend, physical_qubits: Sequence[int]) -> tuple[QubitInfo, ...]:
    """
    Return what is known of qubits without asking anybody; see `Backend.qubit_calibration`.

    Raises:
        PluginFault: When its code fails, or gives something else.
    """
    with fence("qubit_calibration", type(backend), passing=REFUSALS):
        found = tuple(backend.qubit_calibration(tuple(physical_qubits)))
        if not all(isinstance(one, QubitInfo) for one in found):
            message = f"{type(backend).__name__}.qubit_calibration must return a list of QubitInfo"
            raise PluginError(message)
        return found


def twin_of(cls: type[Backend], device: DeviceInfo, seed: int | None) -> Backend | None:
    """
    Return a simulator that is like a device, or None; see `Backend.twin_of`.

    Raises:
        ConfigError: When too little was measured of the device.
        PluginFault: When its code fails, or gives something that is not a backend.
    """
    from oqtopus_experiments.contracts.backend import Backend

    with fence("twin_of", cls, f"for device {device.summary.name!r}", passing=REFUSALS):
        twin = cls.twin_of(device, seed)
        return None if twin is None else _one(twin, Backend)  # type: ignore[type-abstract]  # only asked whether it is one


def clock_step(backend: Backend) -> float:
    """
    Return what delays are multiples of, ns; see `Backend.clock_step`.

    Raises:
        BackendError: When the device cannot be asked.
        PluginFault: When its code fails, or gives something else.
    """
    with fence("clock_step", type(backend), passing=REFUSALS):
        step = backend.clock_step()
        if isinstance(step, bool) or not isinstance(step, (int, float)) or not 0 <= step < math.inf:
            message = f"must return a number of ns >= 0, not {step!r:.60}"
            raise TypeError(message)
        return float(step)


def clock_ahead(backend: Backend) -> float | None:
    """
    Return by how many seconds the clock of a service is ahead, or None; see `Backend.clock_ahead`.

    Raises:
        PluginFault: When its code fails, or gives something else.
    """
    with fence("clock_ahead", type(backend), passing=REFUSALS):
        ahead = backend.clock_ahead()
        if ahead is not None and not math.isfinite(ahead):
            message = f"must return a number of seconds or None, not {ahead!r:.60}"
            raise TypeError(message)
        return ahead


def synthesized(backend: Backend, gates: Sequence[str], physical_qubits: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """
    Return which gates are made of others, and on which of these qubits; see `Backend.synthesized`.

    Raises:
        BackendError: When the device cannot be asked.
        PluginFault: When its code fails, or gives something else.
    """
    with fence("synthesized", type(backend), passing=REFUSALS):
        found = _one(backend.synthesized(tuple(gates), tuple(physical_qubits)), Mapping)  # type: ignore[type-abstract]  # as above
        known = {str(gate): {int(qubit) for qubit in qubits} for gate, qubits in found.items()}
        # In the order of what was asked for: what a backend says beyond it is nobody's business.
        told = {gate: tuple(q for q in physical_qubits if q in known.get(gate, ())) for gate in gates}
        return {gate: qubits for gate, qubits in told.items() if qubits}


def check(backend: Backend, batch: Batch) -> None:
    """
    Let a backend refuse a batch before anything is submitted; see `Backend.check`.

    Raises:
        BackendError: When it cannot be run.
        PluginFault: When its code fails.
    """
    with fence("check", type(backend), f"of experiment {batch.name!r}", passing=REFUSALS):
        backend.check(batch)


def open_job(backend: Backend, batch: Batch, journal: Journal) -> Job:
    """
    Submit what a journal does not know as submitted; see `Backend.open`.

    Raises:
        BackendError: When the batch cannot be run.
        StoreError: When the journal cannot be written.
        PluginFault: When its code fails, or gives something that is not a job.
    """
    from oqtopus_experiments.contracts.backend import Backend
    from oqtopus_experiments.contracts.job import Job

    what = "submit" if type(backend).open is Backend.open else "open"
    with fence(what, type(backend), f"of experiment {batch.name!r}", passing=(*REFUSALS, StoreError)):
        return _one(backend.open(batch, journal), Job)  # type: ignore[type-abstract]  # as below


def arrivals(job: Job, owner: type[Any], timeout: float | None, name: str) -> Iterator[Sequence[Outcome]]:
    """
    Yield what a job yields, unchecked; see `Job.outcomes`. What whoever takes them raises is not the job's fault.

    Together is what a simulator has at once; of a job of somebody else each outcome is by itself.

    Args:
        job: The job.
        owner: Class that is answerable for it.
        timeout: Seconds to wait in all.
        name: Label of the experiment.

    Raises:
        BackendError: When the time is up, or there are none.
        PluginFault: When its code fails.
    """
    fenced = partial(fence, "outcomes", owner, f"of experiment {name!r}", passing=(*REFUSALS, StoreError))
    with fenced():
        # A class of somebody else's below one of these may yield other outcomes than that.
        told = job.arrivals(timeout) if is_of_core(job) else ((outcome,) for outcome in job.outcomes(timeout))
        found = iter(told)
    while True:
        with fenced():
            try:
                together = next(found)
            except StopIteration:
                return
        yield together


def is_of_core(job: Job) -> TypeGuard[FinishedJob | SimulatedJob]:
    """Return whether a job is of one of the classes of core itself: what fails in it is its backend's."""
    from oqtopus_experiments.contracts.job import FinishedJob
    from oqtopus_experiments.contracts.simulated import SimulatedJob

    return type(job) in (FinishedJob, SimulatedJob)


def metadata(job: Job, owner: type[Any]) -> dict[str, Any]:
    """Return what a backend knows of a job; see `Job.metadata`. A fault is logged and costs no counts."""
    try:
        with fence("metadata", owner):
            return _json(job.metadata)
    except PluginFault as fault:
        log_fault(fault)
        return {}


def cancel(backend: Backend, journal: Journal) -> int:
    """
    Cancel the jobs of a journal; see `Backend.cancel`.

    Raises:
        BackendError: When it cannot.
        StoreError: When the journal cannot be read.
        PluginFault: When its code fails.
    """
    with fence("cancel", type(backend), passing=(*REFUSALS, StoreError)):
        return _one(backend.cancel(journal), int)


def jobs(backend: Backend, journal: Journal) -> tuple[PartState, ...]:
    """
    Return the state of every job a journal knows; see `Backend.jobs`.

    Raises:
        BackendError: When they cannot be asked for.
        StoreError: When the journal cannot be read.
        PluginFault: When its code fails, or gives something else.
    """
    from oqtopus_experiments.contracts.job import PartState

    with fence("jobs", type(backend), passing=(*REFUSALS, StoreError)):
        return tuple(_each(backend.jobs(journal), PartState))


def jobs_for(backend: Backend, circuits: int) -> int:
    """
    Return how many jobs a batch of so many circuits becomes; see `Backend.jobs_for`.

    Raises:
        PluginFault: When its code fails, or gives something else.
    """
    with fence("jobs_for", type(backend), passing=REFUSALS):
        return _one(backend.jobs_for(circuits), int)


def provenance(backend: Backend) -> dict[str, Any]:
    """
    Return what a backend says of where its numbers come from; see `Backend.provenance`.

    A fault is logged and costs only this: counts are worth more than what is told of them.
    """
    return _told(backend, "provenance", backend.provenance)


def identity(backend: Backend) -> dict[str, Any]:
    """Return what tells a device from others, see `Backend.identity`; a fault is logged and costs only this."""
    return _told(backend, "identity", backend.identity)


def _told(backend: Backend, method: str, ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        with fence(method, type(backend)):
            return _json(ask())
    except PluginFault as fault:
        log_fault(fault)
        return {}


def _json(given: Any) -> dict[str, Any]:
    found = dict(given)
    try:
        json.dumps(found, allow_nan=False)
    except ValueError as error:
        message = f"must give JSON values: {error}"
        raise TypeError(message) from error
    return found


def _each(given: Any, kind: type[T]) -> Sequence[T]:
    if isinstance(given, (list, tuple)) and all(isinstance(item, kind) for item in given):
        return given
    message = f"must return a list of {kind.__name__}, not {given!r}"
    raise TypeError(message)


def _one(given: Any, kind: type[T]) -> T:
    if isinstance(given, kind):
        return given
    message = f"must return a {kind.__name__}, not {given!r}"
    raise TypeError(message)
