"""Counts and outcome probabilities under a noise profile, each independent part by the method that suits it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit

from oqtopus_experiments import Counts, UnsupportedOperationError
from oqtopus_experiments.simulation import PartCounts, PartProbabilities, Program, draw, joint, read, split
from oqtopus_experiments_aer._chain import Chain
from oqtopus_experiments_aer._channels import Array
from oqtopus_experiments_aer._methods import Ran
from oqtopus_experiments_aer._names import DENSITY_MATRIX, MATRIX_PRODUCT_STATE, TRAJECTORIES
from oqtopus_experiments_aer._noisy_part import NoisyPart
from oqtopus_experiments_aer._profile import Profile
from oqtopus_experiments_aer._schedule import scheduled
from oqtopus_experiments_aer._solver import Solution, Solver
from oqtopus_experiments_aer._trajectories import check, trajectories


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
    solver = Solver(method, [part for of_circuit in parts for part in of_circuit])
    ran: list[Ran] = []
    found: list[list[PartProbabilities | PartCounts | NoisyPart]] = []
    for i, of_circuit in enumerate(parts):
        # Shots of a chain are drawn at once, so that it need not be kept.
        solutions = [solver.solution(part) for part in of_circuit]
        found.append([_read(part, solution, shots, rng) for part, solution in zip(of_circuit, solutions, strict=True)])
        ran += [_ran(i, part, solution) for part, solution in zip(of_circuit, solutions, strict=True)]
    # What takes long comes last, when all of it is known and can be refused as a whole.
    check([part for of_circuit in found for part in of_circuit if isinstance(part, NoisyPart)], shots)
    return [
        draw(
            [_by_trajectories(part, shots, rng) if isinstance(part, NoisyPart) else part for part in of_circuit],
            program.num_clbits,
            shots,
            rng,
        )
        for program, of_circuit in zip(programs, found, strict=True)
    ], ran


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
    solver = Solver(method, parts)
    return joint([_probabilities(part, solver.solution(part)) for part in parts], program.num_clbits)


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


def _read(
    part: NoisyPart, solution: Solution, shots: int, rng: np.random.Generator
) -> PartProbabilities | PartCounts | NoisyPart:
    """Return what is known of the outcomes of a part; the part itself where trajectories are left."""
    if solution is None:
        return part
    if isinstance(solution, Chain):
        return PartCounts(part.part.clbits, *solution.draw(shots, rng))
    return PartProbabilities(part.part.clbits, solution)


def _by_trajectories(part: NoisyPart, shots: int, rng: np.random.Generator) -> PartCounts:
    return PartCounts(part.part.clbits, trajectories(part, shots, rng), np.ones(shots, dtype=np.int64))


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
