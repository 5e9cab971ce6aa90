"""
Frequencies that are constant within a shot and differ between shots: their values with weights, and drawn ones.

What a circuit does with a frequency f is a sum of exp(2 pi i f t) with t no longer than the qubit is in use. So an
average over a normal distribution of f is exact to rounding with few values, and more of them for longer times.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from attrs import frozen
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Instruction, Parameter
from qiskit.circuit.library import RZGate

from oqtopus_experiments_aer._channels import Array

SECONDS = 1e-9
"""Of a nanosecond."""
# How far the average of exp(2 pi i f t) may be from exp(-(2 pi spread t)^2 / 2), of which the square root is REACH.
EXACT = 1e-11
REACH = math.sqrt(2 * math.log(1 / EXACT))


WANDERING = "wandering"
"""Name of what stands in a circuit until it is known how far a frequency is off in a shot."""


def wandering(duration: float) -> Instruction:
    """Return a time, ns, in which the phase of a qubit grows by what its frequency is off in this shot."""
    return Instruction(WANDERING, 1, 0, [duration])


@frozen(eq=False)
class Offsets:
    """
    How far a frequency is off, and how often.

    Args:
        values: Hz, shape (n,).
        weights: They add up to 1, shape (n,).
    """

    values: Array
    weights: Array


@lru_cache(maxsize=1024)
def offsets(spread: float, duration: float) -> Offsets:
    """
    Return offsets that stand for a normal distribution of frequencies.

    Gauss-Hermite quadrature, whose remainder for exp(i x u) is at most x^2n n! / (2n)! (M. Abramowitz and I. A. Stegun,
    Handbook of Mathematical Functions, 25.4.46), or where that takes more values the trapezoidal rule, which misses
    exp(-(2 pi / step - x)^2 / 2) of a Gaussian.

    Args:
        spread: Standard deviation, Hz.
        duration: For how long the phase grows at most, ns.
    """
    largest = 2 * math.pi * spread * duration * SECONDS
    step = 2 * math.pi / (largest + REACH)
    half = math.ceil(REACH / step)
    count = 1
    while count <= 2 * half and _remainder(largest, count) > EXACT:
        count += 1
    if count <= 2 * half:
        nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    else:
        nodes = np.linspace(-half * step, half * step, 2 * half + 1)
        weights = np.exp(-np.square(nodes) / 2)
    return Offsets(spread * nodes, weights / weights.sum())


def _remainder(largest: float, count: int) -> float:
    if largest == 0:
        return 0.0
    logarithm = 2 * count * math.log(largest) + math.lgamma(count + 1) - math.lgamma(2 * count + 1)
    return math.exp(min(logarithm, 0.0))


def phase(frequency: float, duration: float) -> float:
    """
    Return the angle about z by which a frequency (Hz) turns a qubit in a time (ns), radians.

    |1> has the higher energy: exp(-2 pi i f t) beside |0>, which is a rotation by -2 pi f t.
    """
    return -2 * math.pi * frequency * duration * SECONDS


def turns(found: Offsets, duration: float) -> Array:
    """Return the Pauli transfer matrix of wandering for a time (ns) at each offset, shape (n, 4, 4)."""
    angles = np.array([phase(value, duration) for value in found.values])
    matrices = np.zeros((len(angles), 4, 4))
    matrices[:, [0, 3], [0, 3]] = 1.0
    matrices[:, [1, 2], [1, 2]] = np.cos(angles)[:, None]
    matrices[:, 2, 1], matrices[:, 1, 2] = np.sin(angles), -np.sin(angles)
    return matrices


def wandering_times(circuit: QuantumCircuit) -> dict[int, float]:
    """Return for how long each qubit wanders, ns; those that never do are missing."""
    times: dict[int, float] = {}
    for instruction in circuit.data:
        if instruction.operation.name == WANDERING:
            qubit = circuit.find_bit(instruction.qubits[0]).index
            times[qubit] = times.get(qubit, 0.0) + instruction.operation.params[0]
    return times


def with_parameters(circuit: QuantumCircuit) -> tuple[QuantumCircuit, dict[int, Parameter]]:
    """Return a circuit whose wandering turns by a parameter of each qubit, Hz, and those parameters."""
    known = {qubit: Parameter(f"offset {qubit}") for qubit in sorted(wandering_times(circuit))}
    made = circuit.copy_empty_like()
    for instruction in circuit.data:
        placed = instruction
        if instruction.operation.name == WANDERING:
            own = known[circuit.find_bit(instruction.qubits[0]).index]
            gate = RZGate(phase(1.0, instruction.operation.params[0]) * own)
            placed = CircuitInstruction(gate, instruction.qubits)
        made.append(placed)
    return made, known
