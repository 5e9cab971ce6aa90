"""Counts and outcome probabilities under a noise profile, each independent part by the method that suits it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from qiskit import QuantumCircuit

from oqtopus_experiments import Counts, UnsupportedOperationError
from oqtopus_experiments.simulation import PartCounts, PartProbabilities, Program, draw, joint, read, split
from oqtopus_experiments_aer.chain import Chain
from oqtopus_experiments_aer.channels import Array
from oqtopus_experiments_aer.contraction import chain
from oqtopus_experiments_aer.density_matrix import distributions
from oqtopus_experiments_aer.matrix_product import TooEntangledError
from oqtopus_experiments_aer.methods import Ran, attempts
from oqtopus_experiments_aer.names import DENSITY_MATRIX, MATRIX_PRODUCT_STATE, TRAJECTORIES
from oqtopus_experiments_aer.noisy_part import NoisyPart
from oqtopus_experiments_aer.profile import Profile
from oqtopus_experiments_aer.schedule import scheduled
from oqtopus_experiments_aer.trajectories import check, trajectories


def sample(
    profile: Profile,
    circuits: Sequence[QuantumCircuit],
    physical_qubits: tuple[int, ...],
    shots: int,
    rng: np.random.Generator,
    method: str = "automatic",
) -> tuple[list[Counts], list[Ran]]:
    """
    Return the counts of every circuit, and how each of its parts was simulated.

    Raises:
        UnsupportedOperationError: For an operation that cannot be simulated, or not by this method.
        DeviceError: For a part that is too large, or too entangled.
    """
    programs = [read(circuit) for circuit in circuits]
    parts = [_parts(program, physical_qubits, profile) for program in programs]
    solutions = _solutions([part for of_circuit in parts for part in of_circuit], method)
    check([part for of_circuit in parts for part in of_circuit if solutions[part.key] is None], shots)
    counts, ran = [], []
    for i, (program, of_circuit) in enumerate(zip(programs, parts, strict=True)):
        found = []
        for part in of_circuit:
            solution = solutions[part.key]
            found.append(_read(part, solution, shots, rng))
            ran.append(_ran(i, part, solution))
        counts.append(draw(found, program.num_clbits, shots, rng))
    return counts, ran


def exact(
    profile: Profile, circuit: QuantumCircuit, physical_qubits: tuple[int, ...], method: str = "automatic"
) -> Array:
    """
    Return the distribution of all classical bits, shape (2**bits,).

    Raises:
        UnsupportedOperationError: For a circuit that has probabilities only shot by shot.
        DeviceError: For a part that is too large, or too entangled.
    """
    program = read(circuit)
    if _by_shots(program):
        message = f"{program.dynamic or 'a qubit measured twice'} has outcome probabilities only shot by shot"
        raise UnsupportedOperationError(message)
    parts = _parts(program, physical_qubits, profile)
    solutions = _solutions(parts, method)
    return joint([_probabilities(part, solutions[part.key]) for part in parts], program.num_clbits)


def _by_shots(program: Program) -> bool:
    # Two readings of one qubit err independently, which one final distribution cannot say.
    return bool(program.dynamic) or len(set(program.measured.values())) < len(program.measured)


def _parts(program: Program, physical_qubits: tuple[int, ...], profile: Profile) -> list[NoisyPart]:
    by_shots = _by_shots(program)
    timed = scheduled(program.steps, physical_qubits, profile)
    steps = timed if by_shots else [step for step in timed if step.name != "measure"]
    return [
        NoisyPart(part, tuple(physical_qubits[qubit] for qubit in part.qubits), profile, by_shots)
        for part in split(steps, program.measured)
    ]


Solution = Array | Chain | None
"""The distribution of a part, or its state as a chain; None where there are only shots."""


def _solutions(parts: Sequence[NoisyPart], method: str) -> Mapping[Hashable, Solution]:
    """Simulate equal parts on equal qubits once, and all density matrices in one run of Aer."""
    found: dict[Hashable, Solution] = {}
    whole: dict[Hashable, NoisyPart] = {}
    for part in parts:
        key = part.key
        if key in found or key in whole:
            continue
        tried = attempts(method, part)
        for attempt in tried:
            if attempt.method == DENSITY_MATRIX:
                whole[key] = part
            elif attempt.method == TRAJECTORIES:
                found[key] = None
            else:
                try:
                    found[key] = chain(part, attempt.largest_bond)
                except TooEntangledError:
                    if attempt is tried[-1]:
                        raise
                    continue
            break
    return found | dict(zip(whole, distributions(list(whole.values())), strict=True))


def _read(part: NoisyPart, solution: Solution, shots: int, rng: np.random.Generator) -> PartProbabilities | PartCounts:
    clbits = part.part.clbits
    if solution is None:
        return PartCounts(clbits, trajectories(part, shots, rng), np.ones(shots, dtype=np.int64))
    if isinstance(solution, Chain):
        return PartCounts(clbits, *solution.draw(shots, rng))
    return PartProbabilities(clbits, solution)


def _probabilities(part: NoisyPart, solution: Solution) -> PartProbabilities:
    if solution is None:
        message = (
            f"{part.num_qubits} entangled qubits have outcome probabilities only shot by shot: trajectories were asked "
            "for, or they are too entangled for a matrix product state"
        )
        raise UnsupportedOperationError(message)
    return PartProbabilities(part.part.clbits, solution.probabilities() if isinstance(solution, Chain) else solution)


def _ran(circuit: int, part: NoisyPart, solution: Solution) -> Ran:
    if solution is None:
        return Ran(circuit, TRAJECTORIES, part.num_qubits)
    if isinstance(solution, Chain):
        return Ran(circuit, MATRIX_PRODUCT_STATE, part.num_qubits, solution.bond, solution.discarded)
    return Ran(circuit, DENSITY_MATRIX, part.num_qubits)
