"""Shots of a part, each with a state vector of its own whose noise is drawn at random, with Qiskit Aer."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Instruction
from qiskit_aer import AerSimulator

from oqtopus_experiments import DeviceError
from oqtopus_experiments_aer._channels import kraus
from oqtopus_experiments_aer._names import WIDE_BOND
from oqtopus_experiments_aer._noisy_part import NoisyPart
from oqtopus_experiments_aer._quasi_static import with_parameters

logger = logging.getLogger(__name__)

# Each thread of Aer holds a state vector; 2^22 amplitudes take 67 MB.
MAX_QUBITS = 22
# Amplitudes times operations times shots: two cores do about 1.5e8 a second, so that this takes about an hour.
MAX_WORK = 5e11
WORTH_SAYING = 1e10


class Effort:
    """
    What parts that are simulated shot by shot take, in all that were added.

    Args:
        shots: Of each part.
    """

    def __init__(self, shots: int) -> None:
        self._shots = shots
        self._parts = self._widest = 0
        self._work = 0.0

    def add(self, parts: Iterable[NoisyPart]) -> None:
        """
        Refuse parts that are too large to be simulated shot by shot, or with all before them too much work.

        Raises:
            DeviceError: Saying what would be possible.
        """
        before = self._work
        for part in parts:
            self._add(part)
        if self._work == before or self._work <= WORTH_SAYING:
            return
        what = f"{self._parts} circuit parts of up to {self._widest} entangled qubits"
        described = f"{self._shots} shots of {what}, one by one,"
        if self._work > MAX_WORK:
            message = (
                f"{described} take {self._work:.1g} steps, beyond the {MAX_WORK:.0g} that are about an hour; ask for "
                f"at most {int(self._shots * MAX_WORK / self._work)} shots, or for fewer circuits, qubits or gates"
            )
            raise DeviceError(message)
        if before <= WORTH_SAYING:
            logger.warning("%s take about %.0f minutes", described, max(1, self._work / MAX_WORK * 60))

    def _add(self, part: NoisyPart) -> None:
        if part.num_qubits > MAX_QUBITS:
            message = (
                f"{part.num_qubits} entangled qubits are too many to be simulated shot by shot (at most {MAX_QUBITS}), "
                f"and a matrix product state holds them only where bonds of {WIDE_BOND} suffice: entangle fewer"
            )
            raise DeviceError(message)
        self._parts += 1
        self._widest = max(self._widest, part.num_qubits)
        self._work += 2.0**part.num_qubits * len(part.circuit().data) * self._shots


def trajectories(part: NoisyPart, shots: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return the classical bits of a part in every shot, shape (shots, bits); see `Effort` first."""
    circuit, parameters = with_parameters(_with_kraus(part.circuit()))
    if not part.by_shots:
        circuit.add_register(ClassicalRegister(part.num_bits))
        circuit.measure(part.part.readout, range(part.num_bits))
    # Another frequency in every shot, and the same one throughout it.
    drawn = {own: rng.normal(0.0, part.spread(qubit), shots).tolist() for qubit, own in parameters.items()}
    seed = int(rng.integers(2**31))
    simulator = AerSimulator(method="statevector")
    result = (
        simulator.run(circuit, shots=1, memory=True, seed_simulator=seed, parameter_binds=[drawn])
        if drawn
        else simulator.run(circuit, shots=shots, memory=True, seed_simulator=seed)
    ).result()
    memory = [result.get_memory(i) for i in range(len(result.results))]
    characters = np.frombuffer("".join(chain.from_iterable(memory)).encode(), dtype=np.uint8)
    states: NDArray[np.bool_] = characters.reshape(shots, circuit.num_clbits)[:, ::-1][:, : part.num_bits] == ord("1")
    return states ^ _flips(states, part, rng)


def _flips(bits: NDArray[np.bool_], part: NoisyPart, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which bits are read wrongly."""
    flips = np.zeros_like(bits)
    for position, matrix in enumerate(part.confusions()):
        state = bits[:, position].astype(int)
        flips[:, position] = rng.random(len(bits)) < matrix[1 - state, state]
    return flips


def _with_kraus(circuit: QuantumCircuit) -> QuantumCircuit:
    """Return a circuit whose channels are written as alternatives, of which every shot takes one."""
    made = circuit.copy_empty_like()
    known: dict[int, Instruction] = {}
    for instruction in circuit.data:
        operation = instruction.operation
        if operation.name == "superop":
            if id(operation) not in known:
                operators = kraus(np.asarray(operation.params[0]))
                known[id(operation)] = Instruction("kraus", operation.num_qubits, 0, operators)
            operation = known[id(operation)]
        made.append(operation, instruction.qubits, instruction.clbits, copy=False)
    return made
