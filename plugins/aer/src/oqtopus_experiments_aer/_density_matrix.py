"""Outcome probabilities from all 4^n numbers of a density matrix, with Qiskit Aer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from qiskit_aer import AerSimulator

from oqtopus_experiments import DeviceError, UnsupportedOperationError
from oqtopus_experiments.simulation import marginal
from oqtopus_experiments_aer._channels import Array
from oqtopus_experiments_aer._noisy_part import NoisyPart, misread

# A density matrix of 12 qubits takes 270 MB.
MAX_QUBITS = 12


def distributions(parts: Sequence[NoisyPart]) -> list[Array]:
    """
    Return the distribution of the classical bits of every part, shape (2**bits,), all in one run of Aer.

    Raises:
        DeviceError: When a part is too large.
        UnsupportedOperationError: When its measurements matter for what comes later.
    """
    if not parts:
        return []
    circuits = []
    for part in parts:
        if part.num_qubits > MAX_QUBITS:
            message = (
                f"a group of {part.num_qubits} entangled qubits is beyond a density matrix of {MAX_QUBITS} qubits; "
                "method = 'automatic' finds another way"
            )
            raise DeviceError(message)
        if part.by_shots:
            message = (
                "a density matrix says nothing of measurements before its end; method = 'automatic' runs the circuit "
                "shot by shot"
            )
            raise UnsupportedOperationError(message)
        circuit = part.circuit()
        circuit.save_probabilities(range(part.num_qubits))
        circuits.append(circuit)
    result = AerSimulator(method="density_matrix").run(circuits, shots=1).result()
    return [
        misread(
            marginal(np.asarray(result.data(i)["probabilities"], dtype=float), part.part.readout), part.confusions()
        )
        for i, part in enumerate(parts)
    ]
