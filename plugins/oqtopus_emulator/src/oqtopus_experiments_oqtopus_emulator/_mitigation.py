"""Readout mitigation as the engine does it: invert each qubit's readout, take the nearest distribution, round down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments_oqtopus_emulator._devices import Device

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

Array = NDArray[np.float64]


def mitigate(counts: dict[str, int], circuit: QuantumCircuit, device: Device) -> dict[str, int]:
    """
    Return counts with the readout errors of the calibration taken out. Their sum may be below the shots.

    Args:
        counts: Of the job.
        circuit: The first program *as submitted*: its qubit numbers are taken for those of the device, also when a
            transpiler moved them. That is what the service does.
        device: With its calibration.
    """
    numbers = {qubit: i for i, qubit in enumerate(circuit.qubits)}
    bits = {clbit: i for i, clbit in enumerate(circuit.clbits)}
    measured = {bits[i.clbits[0]]: numbers[i.qubits[0]] for i in circuit.data if i.operation.name == "measure"}
    errors = {qubit["id"]: qubit["meas_error"] for qubit in (device.info or {}).get("qubits", ())}
    width = len(measured)
    if not width:
        return counts
    observed: Array = np.zeros(2**width)
    for key, count in counts.items():
        observed[int(key[-width:], 2)] += count
    quasi = observed / observed.sum()
    for position, clbit in enumerate(sorted(measured)):
        error = errors[measured[clbit]]
        quasi = _apply(np.asarray(np.linalg.pinv(_confusion(error)), dtype=float), quasi, width - 1 - position)
    shots = observed.sum()
    floored = {
        f"{index:0{width}b}": int(np.floor(probability * shots)) for index, probability in enumerate(nearest(quasi))
    }
    return {key: count for key, count in floored.items() if count}


def _confusion(error: dict[str, Any]) -> Array:
    up, down = error["prob_meas1_prep0"], error["prob_meas0_prep1"]
    return np.array([[1 - up, down], [up, 1 - down]])


def _apply(matrix: Array, distribution: Array, axis: int) -> Array:
    tensor = distribution.reshape((2,) * (distribution.size.bit_length() - 1))
    return np.moveaxis(np.tensordot(matrix, tensor, axes=(1, axis)), 0, axis).ravel()


def nearest(quasi: Array) -> Array:
    """Return the probability distribution nearest in the 2-norm (Smolin et al., PRL 108, 070502, 2012)."""
    order = np.argsort(quasi)
    result = quasi.copy()
    deficit = 0.0
    for rank, index in enumerate(order):
        share = deficit / (quasi.size - rank)
        if result[index] + share >= 0:
            result[order[rank:]] += share
            break
        deficit += result[index]
        result[index] = 0.0
    return result
