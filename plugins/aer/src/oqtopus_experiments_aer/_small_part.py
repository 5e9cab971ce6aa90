"""
The density matrix of one or two qubits, step by step: what Aer takes to be told a deep circuit takes ten times as long.

States are their coefficients in the Pauli basis, which are real, and every step with its noise is one matrix on them,
made once for all parts on the same qubits.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from qiskit.circuit import CircuitInstruction

from oqtopus_experiments.simulation import Step, marginal
from oqtopus_experiments_aer._channels import Array, pauli_transfer, waiting
from oqtopus_experiments_aer._contraction import superoperator
from oqtopus_experiments_aer._noisy_circuit import noisy_circuit
from oqtopus_experiments_aer._noisy_part import NoisyPart, misread
from oqtopus_experiments_aer._quasi_static import phase
from oqtopus_experiments_aer._schedule import Idle

LARGEST = 2
"""Qubits; of more, a step takes longer than telling Aer of it."""

# The value of I, X, Y, Z / sqrt(2) in the states 0 and 1.
_ON_STATES = np.array([[1, 0, 0, 1], [1, 0, 0, -1]]) / np.sqrt(2)


class SmallParts:
    """Solves small parts, and remembers what each step does."""

    def __init__(self) -> None:
        self._transfers: dict[Hashable, dict[Hashable, Array]] = {}

    def distribution(self, part: NoisyPart) -> Array:
        """Return the distribution of the classical bits of a part of at most `LARGEST` qubits, shape (2**bits,)."""
        known = self._transfers.setdefault((id(part.profile), part.places), {})
        on_states, state = _ON_STATES, _ON_STATES[0]
        for _ in range(part.num_qubits - 1):
            on_states, state = np.kron(on_states, _ON_STATES), np.kron(state, _ON_STATES[0])
        for step in part.part.steps:
            if isinstance(step.operation, Idle):
                # Not kept: it is quickly made again, and each qubit of a wide device waits for times of its own.
                state = _while_idle(step.operation.duration, step.qubits[0], part) @ state
                continue
            key = (step.key, step.qubits)
            transfer = known.get(key)
            if transfer is None:
                transfer = _transfer(step, part)
                if step.key is not None:
                    known[key] = transfer
            state = transfer @ state
        return misread(marginal(on_states @ state, part.part.readout), part.confusions())


def _while_idle(duration: float, qubit: int, part: NoisyPart) -> Array:
    """Return what happens to all qubits of a part while one of them waits for a time, ns."""
    own = part.profile.of(part.places[qubit])
    alone = waiting(duration, own.t1, own.t2, phase(own.detuning or 0.0, duration))
    return _on_all(alone, (qubit,), part.num_qubits)


def _transfer(step: Step, part: NoisyPart) -> Array:
    """Return what a step and its noise do to the coefficients of all qubits of a part, the first qubit fastest."""
    noise = [part.profile.of(place) for place in part.places]
    circuit = noisy_circuit([step], part.places, noise, part.profile)
    whole: Array = np.eye(4**part.num_qubits)
    for instruction, qubits in _placed(circuit.data, {qubit: i for i, qubit in enumerate(circuit.qubits)}):
        whole = _on_all(pauli_transfer(superoperator(instruction)), qubits, part.num_qubits) @ whole
    return whole


def _placed(
    instructions: Iterable[CircuitInstruction], numbers: dict[object, int]
) -> list[tuple[CircuitInstruction, tuple[int, ...]]]:
    return [(one, tuple(numbers[qubit] for qubit in one.qubits)) for one in instructions]


def _on_all(transfer: Array, qubits: tuple[int, ...], width: int) -> Array:
    """Return a channel on some qubits, the first of them fastest, as one on all of at most two."""
    if len(qubits) == width:
        if qubits in ((0,), (0, 1)):
            return transfer
        swapped = np.arange(16).reshape(4, 4).T.ravel()
        exchanged: Array = transfer[np.ix_(swapped, swapped)]
        return exchanged
    alone = np.eye(4)
    return (np.kron(transfer, alone) if qubits[0] else np.kron(alone, transfer)).astype(float)
