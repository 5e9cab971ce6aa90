"""From the calibration of a device to the options of the noisy backend, so that it does what it says it does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def relaxation_fidelity(duration: float, t1: float, t2: float) -> float:
    """
    Return the entanglement fidelity of idling, (1 + exp(-t/T1) + 2 exp(-t/T2)) / 4.

    Diagonal of the Pauli transfer matrix of amplitude and phase damping (Nielsen and Chuang, 2010, section 8.3).
    Times in one unit.
    """
    return (1 + math.exp(-duration / t1) + 2 * math.exp(-duration / t2)) / 4


def excess_depolarizing(fidelity: float, entanglement_fidelity: float, qubits: int) -> float:
    """
    Return the depolarizing probability that, on top of relaxation, gives a gate its average fidelity.

    Average fidelity is (d F_e + 1) / (d + 1) (Nielsen, Phys. Lett. A 303, 249, 2002), and depolarizing with
    probability p costs p (1 - 1/d) of it; small errors add.

    Args:
        fidelity: Average gate fidelity of the calibration.
        entanglement_fidelity: That of relaxing for as long as the gate lasts.
        qubits: 1 or 2.
    """
    size = 2**qubits
    relaxing = (size * entanglement_fidelity + 1) / (size + 1)
    return float(min(1.0, max(0.0, (relaxing - fidelity) / (1 - 1 / size))))


def noisy_options(info: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return options for ``LocalBackend("noisy", ...)`` from a calibration document.

    Calibrations are in us and ns; the options are in ns. The backend knows one kind of two-qubit gate, which gets the
    mean of the couplings. Driven one-qubit gates last as long as ``x``.
    """
    lifetimes = {}
    qubits = {}
    for qubit in info["qubits"]:
        t1 = 1e3 * qubit["qubit_lifetime"]["t1"]
        t2 = min(1e3 * qubit["qubit_lifetime"]["t2"], 2 * t1)
        gate_time = float(qubit["gate_duration"]["x"])
        lifetimes[qubit["id"]] = (t1, t2)
        qubits[qubit["id"]] = {
            "t1": t1,
            "t2": t2,
            "single_qubit_gate_time": gate_time,
            "single_qubit_error": excess_depolarizing(
                qubit["fidelity"], relaxation_fidelity(gate_time, t1, t2), qubits=1
            ),
            "readout_error_0": qubit["meas_error"]["prob_meas1_prep0"],
            "readout_error_1": qubit["meas_error"]["prob_meas0_prep1"],
        }
    options: dict[str, Any] = {"qubits": qubits}
    couplings = info["couplings"]
    if couplings:
        times = [float(c["gate_duration"]["rzx90"]) for c in couplings]
        errors = [
            excess_depolarizing(
                coupling["fidelity"],
                relaxation_fidelity(time, *lifetimes[coupling["control"]])
                * relaxation_fidelity(time, *lifetimes[coupling["target"]]),
                qubits=2,
            )
            for coupling, time in zip(couplings, times, strict=True)
        ]
        options |= {"two_qubit_gate_time": sum(times) / len(times), "two_qubit_error": sum(errors) / len(errors)}
    return options
