"""
What a device with depolarizing gates and readout errors reads, exactly: an independent calculation for the tests.

Nothing of it is shared with the noisy simulator, which works with superoperators of Aer: density matrices of Qiskit,
a gate, then rho -> (1 - p) rho + p I/2^n on its qubits; rotations about z are perfect.
"""

from __future__ import annotations

import numpy as np
from qiskit.quantum_info import DensityMatrix, Operator

PERFECT = ("rz", "z", "s", "sdg", "t", "tdg", "p", "id", "barrier")


def state(circuit, single=0.0, pair=0.0):
    """Return the density matrix before the measurements."""
    rho = DensityMatrix.from_label("0" * circuit.num_qubits)
    for item in circuit.data:
        name, qubits = item.operation.name, [circuit.find_bit(qubit).index for qubit in item.qubits]
        if name in ("barrier", "measure"):
            continue
        rho = rho.evolve(Operator(item.operation), qubits)
        error = pair if len(qubits) == 2 else 0.0 if name in PERFECT else single
        if error:
            rho = (1 - error) * rho + error * _mixed(rho, qubits)
    return rho


def _mixed(rho, qubits):
    """Return the state with some qubits replaced by I/2, by an average over all Paulis on them."""
    for qubit in qubits:
        rho = sum((rho.evolve(Operator.from_label(pauli), [qubit]) for pauli in "XYZ"), rho) / 4
    return rho


def probabilities(circuit, single=0.0, pair=0.0, read_1_in_0=0.0, read_0_in_1=0.0):
    """Return the probability of each outcome; bit j of the index is classical bit j, measured last."""
    measured = {
        circuit.find_bit(item.clbits[0]).index: circuit.find_bit(item.qubits[0]).index
        for item in circuit.data
        if item.operation.name == "measure"
    }
    found = state(circuit, single, pair).probabilities([measured[bit] for bit in sorted(measured)])
    readout = np.array([[1 - read_1_in_0, read_0_in_1], [read_1_in_0, 1 - read_0_in_1]])
    tensor = found.reshape((2,) * len(measured))
    for axis in range(len(measured)):
        tensor = np.moveaxis(np.tensordot(readout, tensor, (1, axis)), 0, axis)
    return tensor.ravel()


def fidelity(rho, vector):
    """Return <vector| rho |vector>."""
    return float((np.conj(vector) @ rho.data @ vector).real)
