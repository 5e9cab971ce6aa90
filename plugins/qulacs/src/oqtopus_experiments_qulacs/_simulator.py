"""Outcome probabilities of a program, part by part, with Qulacs state vectors."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
import qulacs
from attrs import define, frozen
from numpy.typing import NDArray

from oqtopus_experiments import DeviceError, UnsupportedOperationError
from oqtopus_experiments.simulation import Part, PartProbabilities, Program, marginal, split
from oqtopus_experiments_qulacs._gates import add_step

# 2^26 amplitudes take 1 GB.
MAX_QUBITS = 26


@define(eq=False)
class _Distribution:
    """
    The outcome probabilities of equal parts: to be simulated, or known.

    Args:
        circuit: Their gates.
        is_shared: Whether it is kept once it is known; what is like no other is never met again, and may be large.
        known: Shape (2**bits,); None until it was asked for.
    """

    circuit: qulacs.QuantumCircuit
    is_shared: bool
    known: NDArray[np.float64] | None = None


@frozen(eq=False)
class Prepared:
    """
    An independent part that is ready to be simulated.

    Args:
        part: The part.
        distribution: That of its classical bits, which equal parts share.
    """

    part: Part
    distribution: _Distribution


class Simulator:
    """Remembers the parts it has seen, so that equal parts of many circuits are simulated once."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, _Distribution] = {}
        self._state: qulacs.QuantumState | None = None

    def prepare(self, program: Program) -> list[Prepared]:
        """
        Return the independent parts of a program; none is simulated yet.

        Raises:
            UnsupportedOperationError: When the program is more than gates followed by measurements.
            DeviceError: When a part is too large.
        """
        if program.dynamic:
            message = f"the noiseless simulator cannot run {program.dynamic}: only gates followed by measurements"
            raise UnsupportedOperationError(message)
        gates = [step for step in program.steps if step.name not in ("measure", "barrier", "delay")]
        return [self._ready(part) for part in split(gates, program.measured)]

    def probabilities(self, parts: Iterable[Prepared]) -> list[PartProbabilities]:
        """Return the outcome probabilities of every part."""
        return [PartProbabilities(prepared.part.clbits, self._solved(prepared)) for prepared in parts]

    def _ready(self, part: Part) -> Prepared:
        key = part.key()
        known = None if key is None else self._seen.get(key)
        if known is not None:
            return Prepared(part, known)
        qubits = len(part.qubits)
        if qubits > MAX_QUBITS:
            message = f"a group of {qubits} entangled qubits is beyond a state vector of {MAX_QUBITS} qubits"
            raise DeviceError(message)
        circuit = qulacs.QuantumCircuit(qubits)
        for step in part.steps:
            add_step(circuit, step)
        distribution = _Distribution(circuit, is_shared=key is not None)
        if key is not None:
            self._seen[key] = distribution
        return Prepared(part, distribution)

    def _solved(self, prepared: Prepared) -> NDArray[np.float64]:
        """Return the distribution of the classical bits of one part, shape (2**bits,)."""
        distribution = prepared.distribution
        if distribution.known is not None:
            return distribution.known
        found = self._simulated(prepared)
        if distribution.is_shared:
            distribution.known = found
        return found

    def _simulated(self, prepared: Prepared) -> NDArray[np.float64]:
        state = self._ground_state(len(prepared.part.qubits))
        prepared.distribution.circuit.update_quantum_state(state)
        amplitudes = state.get_vector()
        return marginal(amplitudes.real**2 + amplitudes.imag**2, prepared.part.readout)

    def _ground_state(self, qubits: int) -> qulacs.QuantumState:
        """Return the one state that is kept, with all qubits in 0: making one costs more than a small circuit."""
        if self._state is None or self._state.get_qubit_count() != qubits:
            self._state = None  # two large ones need not fit
            self._state = qulacs.QuantumState(qubits)
        self._state.set_zero_state()
        return self._state
