"""What is asked of a backend, each question behind a fence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts.credentials import Credential
from oqtopus_experiments.contracts.devices import DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments.errors import PluginError, PluginFault
from oqtopus_experiments.plugins._answers import REFUSALS, as_json, each, one
from oqtopus_experiments.plugins._fence import fence, log_fault

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit

    from oqtopus_experiments.contracts.backend import Backend
    from oqtopus_experiments.contracts.batch import Batch


def notes(backend: Backend) -> tuple[str, ...]:
    """
    Return what a person should know before a run; see `Backend.notes`.

    Raises:
        BackendError: When its device cannot be asked.
        PluginFault: When its code fails, or gives something else than sentences.
    """
    with fence("notes", type(backend), passing=REFUSALS):
        return tuple(each(backend.notes(), str))


def credentials(backend: Backend) -> tuple[Credential, ...]:
    """
    Return where the secrets of a backend come from; see `Backend.credentials`.

    Raises:
        BackendError: When they cannot be looked for.
        PluginFault: When its code fails, or gives something else.
    """
    with fence("credentials", type(backend), passing=REFUSALS):
        return tuple(each(backend.credentials(), Credential))


def devices(backend: Backend) -> tuple[DeviceSummary, ...]:
    """
    Return the devices one can choose from; see `Backend.devices`.

    Raises:
        BackendError: When they cannot be listed.
        PluginFault: When its code fails, or gives something else.
    """
    with fence("devices", type(backend), passing=REFUSALS):
        return tuple(each(backend.devices(), DeviceSummary))


def device_info(backend: Backend, name: str | None = None) -> DeviceInfo:
    """
    Return what is known about a device; see `Backend.device_info`.

    Raises:
        BackendError: When there is none of that name, or it cannot be asked.
        PluginFault: When its code fails, or gives something else.
    """
    asked = "of its own device" if name is None else f"of device {name!r}"
    with fence("device_info", type(backend), asked, passing=REFUSALS):
        return one(backend.device_info(name), DeviceInfo)


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
        return None if twin is None else one(twin, Backend)  # type: ignore[type-abstract]  # only asked whether it is one


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
        found = one(backend.synthesized(tuple(gates), tuple(physical_qubits)), Mapping)  # type: ignore[type-abstract]  # as above
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


def provenance(backend: Backend) -> dict[str, Any]:
    """
    Return what a backend says of where its numbers come from; see `Backend.provenance`.

    A fault is logged and costs only this: counts are worth more than what is told of them.
    """
    return _told(backend, "provenance", backend.provenance)


def stands_for(backend: Backend) -> Backend:
    """Return the backend whose numbers these are, see `Backend.stands_for`; a fault is logged: it is itself then."""
    try:
        with fence("stands_for", type(backend)):
            # Its base is loaded with it; who reads what devices say need not load that.
            from oqtopus_experiments.contracts.backend import Backend as Base

            found = backend.stands_for()
            if not isinstance(found, Base):
                message = f"must return a Backend, not {found!r:.60}"
                raise TypeError(message)
            return found
    except PluginFault as fault:
        log_fault(fault)
        return backend


def identity(backend: Backend) -> dict[str, Any]:
    """Return what tells a device from others, see `Backend.identity`; a fault is logged and costs only this."""
    return _told(backend, "identity", backend.identity)


def _told(backend: Backend, method: str, ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        with fence(method, type(backend)):
            return as_json(ask())
    except PluginFault as fault:
        log_fault(fault)
        return {}
