"""What the service says about a device, in our values: times in ns, errors, and nothing that only looks measured."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from oqtopus_experiments import CouplingInfo, DeviceError, DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments_oqtopus.errors import RefusedError
from oqtopus_experiments_oqtopus.service import Service

logger = logging.getLogger(__name__)

_ADDRESSES = 5
"""Addresses of one calibration file that are tried."""
# Written by the calibration service where it has no value of the last 24 hours.
_PLACEHOLDER_TIME_US = 100.0
_PLACEHOLDER_FIDELITY = 0.25
_PLACEHOLDER_READOUT = 0.75


def summary(content: Mapping[str, Any]) -> DeviceSummary:
    """Return one line of a list of devices from an answer of the service."""
    queue, size = content.get("n_pending_jobs"), content.get("n_qubits")
    return DeviceSummary(
        name=str(content["device_id"]),
        kind=str(content.get("device_type", "")),
        status=str(content.get("status", "")),
        queue=queue if isinstance(queue, int) else None,
        num_qubits=size if isinstance(size, int) else None,
        calibrated_at=str(content.get("calibrated_at") or ""),
        description=str(content.get("description") or ""),
    )


def fetched(service: Service, name: str) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    """
    Return what the service says about a device, and its calibration file.

    Raises:
        DeviceError: When there is none of that name, or its file is unreadable.
        BackendError: When storage refuses every address the service gives.
    """
    for _ in range(_ADDRESSES - 1):
        content = service.device(name)
        try:
            return content, calibration(service, content)
        except RefusedError as error:  # its address has expired: ask for a fresh one
            logger.info("%s", error)
    content = service.device(name)
    return content, calibration(service, content)


def calibration(service: Service, content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """
    Return the calibration file of a device: behind a URL, in the answer itself, or None.

    Raises:
        DeviceError: When it is neither.
    """
    given = content.get("device_info")
    name = content["device_id"]
    if given is None or given == "":
        return None
    if isinstance(given, str) and given.startswith(("https://", "http://")):
        return service.download(given, f"device info of {name}")
    try:
        parsed = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, Mapping):
        message = f"device {name!r}: its device info is neither a URL nor JSON text"
        raise DeviceError(message)
    return parsed


def describe(content: Mapping[str, Any], file: Mapping[str, Any] | None) -> DeviceInfo:
    """
    Return a device from an answer of the service and its calibration file.

    Raises:
        DeviceError: When the file has not the form it should have.
    """
    line = summary(content)
    if file is None:
        return DeviceInfo(summary=line)
    told: list[str] = []
    simulated = line.kind == "simulator"
    if simulated:
        told.append(f"{line.name} is a simulator: the values in its file are defaults, not measurements")
    try:
        qubits = [_qubit(qubit, told, simulated=simulated) for qubit in file.get("qubits") or ()]
        couplings = [_coupling(pair, told, simulated=simulated) for pair in file.get("couplings") or ()]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"device {line.name!r}: its device info has not the expected form ({error!r})"
        raise DeviceError(message) from error
    return DeviceInfo(summary=line, qubits=tuple(qubits), couplings=tuple(couplings), placeholders=tuple(told))


def _qubit(qubit: Mapping[str, Any], told: list[str], *, simulated: bool) -> QubitInfo:
    index = int(qubit["id"])
    name = f"qubit {index}"
    place = qubit.get("position")
    lifetime, readout = qubit.get("qubit_lifetime") or {}, qubit.get("meas_error") or {}
    durations = qubit.get("gate_duration") or {}

    def time(key: str) -> float | None:
        value = _measured(lifetime.get(key), _PLACEHOLDER_TIME_US, f"{key} of {name}", told, simulated=simulated)
        return None if value is None else value * 1000.0

    def misread(key: str) -> float | None:
        return _measured(readout.get(key), _PLACEHOLDER_READOUT, f"{key} of {name}", told, simulated=simulated)

    fidelity = _measured(qubit.get("fidelity"), _PLACEHOLDER_FIDELITY, f"fidelity of {name}", told, simulated=simulated)
    return QubitInfo(
        index=index,
        chip_index=qubit.get("physical_id"),
        position=(float(place["x"]), float(place["y"])) if place else None,
        t1=time("t1"),
        t2=time("t2"),
        gate_error=None if fidelity is None else round(1.0 - fidelity, 12),
        gate_time=_number(durations.get("x", durations.get("sx"))),
        readout_error_0=misread("prob_meas1_prep0"),
        readout_error_1=misread("prob_meas0_prep1"),
    )


def _coupling(pair: Mapping[str, Any], told: list[str], *, simulated: bool) -> CouplingInfo:
    control, target = int(pair["control"]), int(pair["target"])
    name = f"coupling {control}->{target}"
    fidelity = _measured(pair.get("fidelity"), _PLACEHOLDER_FIDELITY, f"fidelity of {name}", told, simulated=simulated)
    durations = pair.get("gate_duration") or {}
    return CouplingInfo(
        control=control,
        target=target,
        error=None if fidelity is None else round(1.0 - fidelity, 12),
        gate_time=_number(durations.get("rzx90", durations.get("cx"))),
    )


def _measured(value: Any, placeholder: float, name: str, told: list[str], *, simulated: bool) -> float | None:
    """Return a value that was measured; one that was only filled in becomes None and is told by name."""
    number = _number(value)
    if number is None or simulated:
        return None
    if number == placeholder:
        told.append(f"{name} is {number:g}, which the service writes where nothing was measured")
        return None
    return number


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
