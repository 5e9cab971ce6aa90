"""What a backend says of its devices and of itself."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.devices import CouplingInfo, DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments.contracts.nested import has_device
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.errors import ConfigError, DeviceError
from oqtopus_experiments.plugins import _backend_calls as calls
from oqtopus_experiments.testing.backends.places import device_of, places_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.presupposing import presupposing

_LOOKED_AT = 3
"""Devices that are asked for, of those in the list."""
_MANY = 150
"""Circuits of a batch that may become several jobs."""


def _listed(backend: Backend) -> tuple[DeviceSummary, ...] | None:
    try:
        return calls.devices(backend)
    except DeviceError:
        return None


@presupposing()
def a_device_that_there_is_not_is_a_device_error(subject: BackendSubject) -> None:
    """`device_info` raises a `DeviceError` for a device that there is not, which names it where there are any."""
    name = "verified_no_such_device"
    try:
        subject.backend.device_info(name)
    except DeviceError as error:
        if has_device(subject.backend) and name not in str(error):
            message = f"the error of a device that there is not does not name it: {error}"
            raise NotConforming(message) from error
        return
    message = f"there is no device {name!r}, and `device_info` described one"
    raise NotConforming(message)


@presupposing(a_device_that_there_is_not_is_a_device_error)
def devices_are_described_soundly(subject: BackendSubject) -> None:
    """Devices in the list are told apart by name; qubits, couplings and calibration of each can be, and are kept."""
    listed = _listed(subject.backend)
    own = device_of(subject)
    if listed is None and own is None:
        message = "it has neither a list of devices nor one to describe"
        raise NotApplicable(message)
    names = [one.name for one in listed or ()]
    if len(set(names)) < len(names) or not all(isinstance(name, str) and name for name in names):
        message = f"devices of one name, or of none: {', '.join(map(repr, names))}"
        raise NotConforming(message)
    infos = [calls.device_info(subject.backend, name) for name in names[:_LOOKED_AT]]
    for name, info in zip(names, infos, strict=False):
        if info.summary.name != name:
            message = f"asked for device {name!r}, it described {info.summary.name!r}"
            raise NotConforming(message)
    for info in (*infos, *([] if own is None else [own])):
        _check_device(info)


def _check_device(info: DeviceInfo) -> None:
    try:
        kept = DeviceInfo.from_json(json.loads(json.dumps(info.to_json(), allow_nan=False)))
    except (TypeError, ValueError) as error:
        message = f"device {info.summary.name}: its snapshot is not JSON: {error}"
        raise NotConforming(message) from error
    if kept != info:
        message = f"device {info.summary.name}: its snapshot, read back, is another"
        raise NotConforming(message)
    indices = [qubit.index for qubit in info.qubits]
    if len(set(indices)) < len(indices):
        message = f"device {info.summary.name}: two qubits of one index"
        raise NotConforming(message)
    for qubit in info.qubits:
        _check_values(info, f"qubit {qubit.index}", qubit)
    for pair in info.couplings:
        if indices and not {pair.control, pair.target} <= set(indices):
            message = f"device {info.summary.name}: coupling {pair.control}-{pair.target} of qubits that there are not"
            raise NotConforming(message)
        _check_values(info, f"coupling {pair.control}-{pair.target}", pair)


def _check_values(info: DeviceInfo, whose: str, described: QubitInfo | CouplingInfo) -> None:
    probabilities = ("gate_error", "readout_error_0", "readout_error_1", "error")
    for name in (*probabilities, "t1", "t2", "gate_time"):
        value = getattr(described, name, None)
        most = 1.0 if name in probabilities else math.inf
        if value is not None and not (math.isfinite(value) and 0 <= value <= most):
            message = f"device {info.summary.name}, {whose}: {name} = {value!r} cannot be; what is not known is None"
            raise NotConforming(message)


@presupposing()
def what_it_says_of_itself_is_sound(subject: BackendSubject) -> None:
    """Clock, gates made of others, number of jobs, identity, provenance and notes are of the kinds promised."""
    backend = subject.backend
    places = places_of(subject).qubits
    calls.clock_step(backend)
    calls.notes(backend)
    gates = ("rx", "x", "sx", "cx")
    if not set(backend.synthesized(gates, places)) <= set(gates):
        message = f"asked which of {gates} are made of others, it names {dict(backend.synthesized(gates, places))}"
        raise NotConforming(message)
    calls.synthesized(backend, gates, places)
    jobs = [backend.jobs_for(circuits) for circuits in (1, 2, _MANY)]
    sensible = jobs == sorted(jobs) and jobs[0] == 1 and jobs[2] <= _MANY
    if not all(type(number) is int for number in jobs) or not sensible:
        message = f"1, 2 and {_MANY} circuits become {jobs} jobs"
        raise NotConforming(message)
    if not isinstance(backend.stands_for(), Backend):
        message = f"stands_for returns {backend.stands_for()!r:.60} instead of the backend whose numbers these are"
        raise NotConforming(message)
    asked: dict[str, Callable[[], Any]] = {
        "identity": lambda: dict(backend.identity()),
        "provenance": lambda: dict(backend.provenance()),
    }
    for name, ask in asked.items():
        try:
            json.dumps(ask(), allow_nan=False)
        except (TypeError, ValueError) as error:
            message = f"its {name} are no JSON values: {error}"
            raise NotConforming(message) from error
        if ask() != ask():
            message = f"its {name} is another each time it is asked for"
            raise NotConforming(message)


@presupposing(devices_are_described_soundly)
def a_twin_is_a_simulator(subject: BackendSubject) -> None:
    """`twin_of` returns a simulator of a device, made of its calibration, which says the same of itself again."""
    device = device_of(subject) or _calibrated()
    try:
        twin = calls.twin_of(type(subject.backend), device, 5)
    except ConfigError as error:
        message = f"too little is known of {device.summary.name}: {error}"
        raise NotApplicable(message) from error
    if twin is None:
        message = "it makes no twins of devices"
        raise NotApplicable(message)
    if twin.queued or twin.drifts:
        message = "the twin of a device is a simulator: it has no queue and does not drift"
        raise NotConforming(message)
    if twin.configuration()["options"].get("seed") != 5:  # the seed above
        message = "the twin has not the seed that it was to have"
        raise NotConforming(message)
    if calls.twin_of(type(subject.backend), device, 5) != twin:
        message = "two twins of one device and one seed differ"
        raise NotConforming(message)


def _calibrated() -> DeviceInfo:
    """Return a device of which everything is known."""
    qubits = [
        QubitInfo(index=index, t1=50_000.0, t2=40_000.0, gate_error=0.001, gate_time=30.0,
                  readout_error_0=0.01, readout_error_1=0.02)
        for index in range(2)
    ]  # fmt: skip
    couplings = (CouplingInfo(control=0, target=1, error=0.01, gate_time=200.0),)
    summary = DeviceSummary(name="verified", kind="QPU", status="available", num_qubits=2)
    return DeviceInfo(summary=summary, qubits=tuple(qubits), couplings=couplings, gates=("sx", "x", "rz", "cx"))
