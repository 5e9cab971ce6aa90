"""What a circuit reads on a device without noise: what simulators are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def without_noise(circuit: QuantumCircuit) -> NDArray[np.float64]:
    """
    Return the outcome probabilities of gates followed by measurements, by Qiskit itself.

    Returns:
        Shape (2**classical bits,); bit j of the index is classical bit j.
    """
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Statevector

    gates = QuantumCircuit(circuit.num_qubits)
    read: dict[int, int] = {}
    for item in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in item.qubits]
        if item.operation.name == "measure":
            read[circuit.find_bit(item.clbits[0]).index] = qubits[0]
        else:
            gates.append(item.operation, qubits)
    # Qiskit's index has the first of the qubits it is asked for as its lowest bit.
    found = Statevector.from_instruction(gates).probabilities(list(read.values()))
    probabilities: NDArray[np.float64] = np.zeros(2**circuit.num_clbits)
    for index, value in enumerate(found):
        probabilities[sum(((index >> place) & 1) << bit for place, bit in enumerate(read))] += value
    probabilities /= probabilities.sum()
    return probabilities
