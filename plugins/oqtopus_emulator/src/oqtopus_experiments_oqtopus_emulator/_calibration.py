"""The calibration document of a device as the library knows a device: what its twin is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from oqtopus_experiments import CouplingInfo, DeviceInfo, DeviceSummary, QubitInfo


def device_info(name: str, document: Mapping[str, Any]) -> DeviceInfo:
    """
    Return a device as its document says it is. Lifetimes are in us there, durations in ns; all are in ns here.

    Args:
        name: Of the device.
        document: With ``qubits`` and ``couplings``.

    Raises:
        KeyError: When a number is missing; `check` says which.
    """
    return DeviceInfo(
        summary=DeviceSummary(name=name, kind="QPU", status="available", num_qubits=len(document["qubits"])),
        qubits=tuple(_qubit(entry) for entry in document["qubits"]),
        couplings=tuple(_coupling(entry) for entry in document["couplings"]),
    )


def _qubit(entry: Mapping[str, Any]) -> QubitInfo:
    lifetime, readout = entry["qubit_lifetime"], entry["meas_error"]
    return QubitInfo(
        index=entry["id"],
        t1=1e3 * lifetime["t1"],
        t2=1e3 * lifetime["t2"],
        gate_error=1 - entry["fidelity"],
        gate_time=float(entry["gate_duration"]["x"]),
        readout_error_0=readout["prob_meas1_prep0"],
        readout_error_1=readout["prob_meas0_prep1"],
    )


def _coupling(entry: Mapping[str, Any]) -> CouplingInfo:
    return CouplingInfo(
        control=entry["control"],
        target=entry["target"],
        error=1 - entry["fidelity"],
        gate_time=float(entry["gate_duration"]["rzx90"]),
    )


def check(document: Mapping[str, Any]) -> None:
    """
    Refuse a document in which a number is missing, or cannot be.

    Raises:
        ValueError: Naming qubit or coupling, and the number.
    """
    known = set()
    for entry in document["qubits"]:
        known.add(entry["id"])
        _check(f"qubit {entry['id']}", entry, _OF_QUBIT)
    for entry in document["couplings"]:
        name = f"coupling {entry['control']}->{entry['target']}"
        if not {entry["control"], entry["target"]} <= known:
            message = f"{name} is between qubits that are not both listed"
            raise ValueError(message)
        _check(name, entry, _OF_COUPLING)


def _check(name: str, entry: Mapping[str, Any], numbers: Mapping[tuple[str, ...], Callable[[float], bool]]) -> None:
    for path, possible in numbers.items():
        value: Any = entry
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            message = f"{name} has no number {'.'.join(path)}, which its noise is made of"
            raise ValueError(message)
        if not possible(value):
            message = f"{'.'.join(path)} of {name} cannot be {value:g}"
            raise ValueError(message)


def _is_lifetime(value: float) -> bool:
    return value > 0


def _is_duration(value: float) -> bool:
    return value >= 0


def _is_share(value: float) -> bool:
    return 0 <= value <= 1


_OF_QUBIT = {
    ("qubit_lifetime", "t1"): _is_lifetime,
    ("qubit_lifetime", "t2"): _is_lifetime,
    ("fidelity",): _is_share,
    ("gate_duration", "x"): _is_duration,
    ("meas_error", "prob_meas1_prep0"): _is_share,
    ("meas_error", "prob_meas0_prep1"): _is_share,
}
_OF_COUPLING = {("fidelity",): _is_share, ("gate_duration", "rzx90"): _is_duration}
