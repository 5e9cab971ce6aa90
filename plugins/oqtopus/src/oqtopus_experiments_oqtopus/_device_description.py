"""What the service says about a device: its line in the list, and its calibration file, wherever that is."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any

from oqtopus_experiments import (
    LARGEST_INTEGER,
    DeviceError,
    DeviceInfo,
    DeviceSummary,
    bounded,
)
from oqtopus_experiments_oqtopus._answers import RefusedError, parse_json
from oqtopus_experiments_oqtopus._device_calibration import MOST_QUBITS, Calibration
from oqtopus_experiments_oqtopus._service import Service

logger = logging.getLogger(__name__)

_ADDRESSES = 5
"""Addresses of one calibration file that are tried."""
_LONGEST_TEXT = 1000


def summary(content: Mapping[str, Any]) -> DeviceSummary:
    """Return one line of a list of devices from an answer of the service; what cannot be is not known."""
    return DeviceSummary(
        name=_text(content["device_id"]),
        kind=_text(content.get("device_type")),
        status=_text(content.get("status")),
        queue=_count(content.get("n_pending_jobs"), LARGEST_INTEGER),
        num_qubits=_count(content.get("n_qubits"), MOST_QUBITS),
        calibrated_at=_text(content.get("calibrated_at")),
        description=_text(content.get("description")),
    )


def fetched(service: Service, name: str) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    """
    Return what the service says about a device, and its calibration file.

    Raises:
        DeviceError: When no device has that name, or its file is unreadable.
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
        parsed = parse_json(given.encode(errors="replace"), math.nan) if isinstance(given, str) else given
    except ValueError:
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
    read = Calibration(simulated=line.kind == "simulator")
    if read.simulated:
        read.told.append(f"{line.name} is a simulator: the values in its file are defaults, not measurements")
    try:
        qubits, couplings = read.qubits(file.get("qubits")), read.couplings(file.get("couplings"))
    except ValueError as error:
        message = f"device {line.name!r}: its device info has not the expected form ({error})"
        raise DeviceError(message) from error
    notes = read.notes()
    given = content.get("n_qubits")
    if given is not None and line.num_qubits is None:
        notes = (f"a number of qubits of {given!r:.40} is not believed", *notes)
    return DeviceInfo(summary=line, qubits=qubits, couplings=couplings, placeholders=tuple(read.told), notes=notes)


def _text(value: Any) -> str:
    """Return a text that is one; the service has no reason to write longer ones."""
    return bounded(value, _LONGEST_TEXT) if isinstance(value, str) else ""


def _count(value: Any, most: int) -> int | None:
    return value if type(value) is int and 0 <= value <= most else None
