"""A part as a matrix product state, read out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction

from oqtopus_experiments_aer._chain import Chain
from oqtopus_experiments_aer._channels import Complex, of_unitary, pauli_transfer
from oqtopus_experiments_aer._matrix_product import TRACE, MatrixProduct, TooEntangledError, effects
from oqtopus_experiments_aer._noisy_part import NoisyPart
from oqtopus_experiments_aer._quasi_static import WANDERING, Offsets, offsets, turns, wandering_times


def chain(part: NoisyPart, largest_bond: int) -> Chain:
    """
    Return the state of a part as it is read out.

    Raises:
        TooEntangledError: When a bond would become wider than that.
    """
    circuit = part.circuit()
    off = {qubit: offsets(part.spread(qubit), duration) for qubit, duration in wandering_times(circuit).items()}
    state = MatrixProduct(part.num_qubits, largest_bond, {qubit: own.weights for qubit, own in off.items()})
    try:
        readers: Mapping[Hashable, int] = (
            _run(circuit, state, part.num_bits, off)
            if part.by_shots
            else _run(circuit, state, 0, off) | {qubit: position for position, qubit in enumerate(part.part.readout)}
        )
    except TooEntangledError:
        message = (
            f"a group of {part.num_qubits} qubits is too entangled for a matrix product state with bonds of "
            f"{largest_bond}"
        )
        raise TooEntangledError(message) from None
    read = [effects(matrix) for matrix in part.confusions()]
    sites = [
        np.einsum("sp,lpr->slr", read[readers[label]] if label in readers else TRACE[None], tensor)
        for label, tensor in zip(state.order, state.tensors(), strict=True)
    ]
    positions = tuple(readers[label] for label in state.order if label in readers)
    return Chain(tuple(sites), positions, state.bond, state.discarded)


def _run(circuit: QuantumCircuit, state: MatrixProduct, bits: int, off: Mapping[int, Offsets]) -> dict[Hashable, int]:
    """Apply all instructions; return which site holds each of the first so many classical bits at the end."""
    numbers = {qubit: i for i, qubit in enumerate(circuit.qubits)}
    places = {clbit: i for i, clbit in enumerate(circuit.clbits)}
    last_of_qubit = {numbers[qubit]: i for i, instruction in enumerate(circuit.data) for qubit in instruction.qubits}
    last_of_bit = {places[bit]: i for i, instruction in enumerate(circuit.data) for bit in instruction.clbits}
    readers: dict[Hashable, int] = {}
    for i, instruction in enumerate(circuit.data):
        qubits = tuple(numbers[qubit] for qubit in instruction.qubits)
        if instruction.operation.name == "reset":
            state.reset(*qubits)
        elif instruction.operation.name == WANDERING:
            (qubit,) = qubits
            state.apply(turns(off[qubit], instruction.operation.params[0]), qubit)
        elif instruction.operation.name != "measure":
            # The last qubit of a transfer matrix is the least significant, Qiskit's first.
            state.apply(pauli_transfer(superoperator(instruction)), *reversed(qubits))
        else:
            (bit,) = (places[clbit] for clbit in instruction.clbits)
            kept = bit < bits and last_of_bit[bit] == i
            if kept and last_of_qubit[qubits[0]] == i:
                readers[qubits[0]] = bit
            elif kept:
                state.measure(qubits[0], ("bit", bit))
                readers["bit", bit] = bit
            else:
                state.dephase(qubits[0])
    return readers


def superoperator(instruction: CircuitInstruction) -> Complex:
    """Return what an instruction of a noisy circuit does, its first qubit the least significant."""
    operation = instruction.operation
    if operation.name == "superop":
        return np.asarray(operation.params[0])
    return of_unitary(np.asarray(operation.to_matrix()))
