"""Outcome probabilities of a program, part by part, with Qulacs state vectors."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import qulacs
from numpy.typing import NDArray

from oqtopus_experiments import DeviceError, UnsupportedOperationError
from oqtopus_experiments.simulation import Part, PartProbabilities, Program, marginal, split
from oqtopus_experiments_qulacs._gates import add_gate

# 2^26 amplitudes take 1 GB.
MAX_QUBITS = 26


class Simulator:
    """Remembers the parts it has seen, so that equal parts of many circuits are simulated once."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, NDArray[np.float64]] = {}
        self._state: qulacs.QuantumState | None = None

    def probabilities(self, program: Program) -> list[PartProbabilities]:
        """
        Return the outcome probabilities of every independent part.

        Raises:
            UnsupportedOperationError: When the program is more than gates followed by measurements.
            DeviceError: When a part is too large.
        """
        if program.dynamic:
            message = f"the noiseless simulator cannot run {program.dynamic}: only gates followed by measurements"
            raise UnsupportedOperationError(message)
        gates = [step for step in program.steps if step.name not in ("measure", "barrier", "delay")]
        return [PartProbabilities(part.clbits, self._part(part)) for part in split(gates, program.measured)]

    def _part(self, part: Part) -> NDArray[np.float64]:
        key = part.key()
        if key is None:
            return self._simulate(part)
        if key not in self._seen:
            self._seen[key] = self._simulate(part)
        return self._seen[key]

    def _simulate(self, part: Part) -> NDArray[np.float64]:
        """Return the distribution of the classical bits of one part, shape (2**bits,)."""
        qubits = len(part.qubits)
        if qubits > MAX_QUBITS:
            message = f"a group of {qubits} entangled qubits is beyond a state vector of {MAX_QUBITS} qubits"
            raise DeviceError(message)
        circuit = qulacs.QuantumCircuit(qubits)
        for step in part.steps:
            add_gate(circuit, step.operation, step.qubits)
        state = self._ground_state(qubits)
        circuit.update_quantum_state(state)
        amplitudes = state.get_vector()
        return marginal(amplitudes.real**2 + amplitudes.imag**2, part.readout)

    def _ground_state(self, qubits: int) -> qulacs.QuantumState:
        """Return the one state that is kept, with all qubits in 0: making one costs more than a small circuit."""
        if self._state is None or self._state.get_qubit_count() != qubits:
            self._state = None  # two large ones need not fit
            self._state = qulacs.QuantumState(qubits)
        self._state.set_zero_state()
        return self._state
