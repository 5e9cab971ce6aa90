"""What Qiskit knows of a device, in our words: qubits, couplings, calibration."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from oqtopus_experiments import CouplingInfo, DeviceInfo, DeviceSummary, QubitInfo

if TYPE_CHECKING:
    from qiskit.providers import BackendV2
    from qiskit.transpiler import Target

_HALF_PI = ("sx", "x", "u2")
"""Driven gates of one qubit, the one whose error is meant first."""


def described(device: BackendV2, *, real: bool) -> DeviceInfo:
    """
    Return a device with its calibration.

    Args:
        device: As Qiskit describes it.
        real: Whether it is a device, or the snapshot of one.
    """
    from qiskit.circuit.library import get_standard_gate_name_mapping

    target, standard = device.target, get_standard_gate_name_mapping().keys() - {"measure", "reset", "delay"}
    summary = DeviceSummary(
        name=str(device.name),
        kind="QPU" if real else "simulator",
        status="available",
        num_qubits=target.num_qubits,
        description="" if real else "snapshot of a device, simulated with Aer",
    )
    return DeviceInfo(
        summary=summary,
        qubits=tuple(_qubit(target, index) for index in range(target.num_qubits or 0)),
        couplings=_couplings(target),
        gates=tuple(sorted(name for name in target.operation_names if name in standard)),
        notes=() if target.dt else ("Qiskit knows no clock of this device: delays are taken as they are",),
    )


def _qubit(target: Target, index: int) -> QubitInfo:
    known = target.qubit_properties[index] if target.qubit_properties else None
    gate = next((target[name].get((index,)) for name in _HALF_PI if name in target.operation_names), None)
    readout = target["measure"].get((index,)) if "measure" in target.operation_names else None
    # One number for both errors is what Qiskit has.
    error = _probability(readout)
    return QubitInfo(
        index=index,
        t1=_ns(known.t1 if known else None),
        t2=_ns(known.t2 if known else None),
        gate_error=_probability(gate),
        gate_time=_ns(gate.duration if gate else None),
        readout_error_0=error,
        readout_error_1=error,
    )


def _couplings(target: Target) -> tuple[CouplingInfo, ...]:
    found: dict[tuple[int, int], Any] = {}
    for name in target.operation_names:
        for on, properties in (target[name] or {}).items():
            if on is not None and len(on) == 2 and on not in found:
                found[on] = properties
    return tuple(
        CouplingInfo(
            control=a,
            target=b,
            error=_probability(properties),
            gate_time=_ns(properties.duration if properties else None),
        )
        for (a, b), properties in sorted(found.items())
    )


def _probability(properties: Any) -> float | None:
    value = None if properties is None else properties.error
    return float(value) if value is not None and 0 <= value <= 1 else None


def _ns(seconds: float | None) -> float | None:
    return seconds * 1e9 if seconds is not None and math.isfinite(seconds) and seconds > 0 else None
