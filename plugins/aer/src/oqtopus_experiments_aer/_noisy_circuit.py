"""A scheduled part as an Aer circuit with its noise written out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Gate, Instruction
from qiskit.circuit.library import RZGate, UnitaryGate
from qiskit_aer import AerSimulator

from oqtopus_experiments.simulation import Step
from oqtopus_experiments_aer._channels import depolarizing, relaxation
from oqtopus_experiments_aer._drive import scaled
from oqtopus_experiments_aer._native_gates import VIRTUAL
from oqtopus_experiments_aer._profile import Profile, QubitNoise
from oqtopus_experiments_aer._quasi_static import phase, wandering
from oqtopus_experiments_aer._schedule import Idle


def noisy_circuit(
    steps: Sequence[Step],
    physical_qubits: Sequence[int],
    noise: Sequence[QubitNoise],
    profile: Profile,
    num_clbits: int = 0,
) -> QuantumCircuit:
    """
    Return a circuit of gates and noise channels, and `wandering` where a detuning differs from shot to shot.

    Args:
        steps: Scheduled steps on local qubits.
        physical_qubits: Device qubit of each local qubit.
        noise: Noise of each local qubit.
        profile: Where the noise of two-qubit gates is taken from.
        num_clbits: Classical bits of the circuit, when measurements are kept.
    """
    circuit = QuantumCircuit(len(noise), num_clbits)
    for step in steps:
        operation, qubits = step.operation, step.qubits
        if isinstance(operation, Idle):
            _turn(circuit, qubits[0], noise[qubits[0]], operation.duration)
            _relax(circuit, qubits[0], noise[qubits[0]], operation.duration)
        elif step.name in ("measure", "reset"):
            circuit.append(operation, qubits, step.clbits)
        elif len(qubits) == 2:
            pair = profile.pair(*(physical_qubits[qubit] for qubit in qubits))
            # Half of the time before the gate and half after it, so that an echo undoes what was before it.
            for qubit in qubits:
                _turn(circuit, qubit, noise[qubit], pair.gate_time / 2)
            circuit.append(_known(operation, step.name), qubits)
            for qubit in qubits:
                _turn(circuit, qubit, noise[qubit], pair.gate_time / 2)
            _apply(circuit, _depolarizing(pair.error, 2), qubits)
            for qubit in qubits:
                _relax(circuit, qubit, noise[qubit], pair.gate_time)
        else:
            own = noise[qubits[0]]
            half = 0.0 if step.name in VIRTUAL else (own.single_qubit_gate_time or 0.0) / 2
            made = scaled(step, own.drive_scale or 1.0)
            _turn(circuit, qubits[0], own, half)
            circuit.append(_known(made, step.name if made is operation else made.name), qubits)
            _turn(circuit, qubits[0], own, half)
            if step.name not in VIRTUAL:
                _apply(circuit, _depolarizing(own.single_qubit_error or 0.0, 1), qubits)
                _relax(circuit, qubits[0], own, own.single_qubit_gate_time or 0.0)
    return circuit


def _known(gate: Gate, name: str) -> Gate:
    """Return a gate as it is where Aer has one of its name, and the name is not a user's; otherwise its matrix."""
    # A copy: Aer 0.17 takes a matrix that cannot be written to for its transpose, and Qiskit's constants are such.
    return gate if name in _names() else UnitaryGate(np.array(gate.to_matrix(), dtype=complex))


@cache
def _names() -> frozenset[str]:
    return frozenset(AerSimulator(method="density_matrix").target.operation_names) - {"unitary"}


def _relax(circuit: QuantumCircuit, qubit: int, noise: QubitNoise, duration: float) -> None:
    if duration > 0 and (noise.t1 or noise.t2):
        _apply(circuit, _relaxation(duration, noise.t1, noise.t2), (qubit,))


def _turn(circuit: QuantumCircuit, qubit: int, noise: QubitNoise, duration: float) -> None:
    """Turn a qubit about z as its detuning does in a time, ns; as much of it as every shot has, the rest is left."""
    if duration > 0 and noise.detuning:
        circuit.append(RZGate(phase(noise.detuning, duration)), (qubit,))
    if duration > 0 and noise.detuning_spread:
        circuit.append(wandering(duration), (qubit,))


def _apply(circuit: QuantumCircuit, channel: Instruction | None, qubits: Sequence[int]) -> None:
    if channel is not None:
        # What `append` looks up for each operation costs more than simulating a short circuit.
        placed = CircuitInstruction(channel, [circuit.qubits[qubit] for qubit in qubits])
        circuit._append(placed)  # noqa: SLF001  # what Qiskit documents for libraries that know their operations


@lru_cache(maxsize=4096)
def _relaxation(duration: float, t1: float | None, t2: float | None) -> Instruction:
    return Instruction("superop", 1, 0, [relaxation(duration, t1, t2).astype(complex)])


@lru_cache(maxsize=1024)
def _depolarizing(probability: float, qubits: int) -> Instruction | None:
    if probability == 0:
        return None
    return Instruction("superop", qubits, 0, [depolarizing(probability, qubits).astype(complex)])
