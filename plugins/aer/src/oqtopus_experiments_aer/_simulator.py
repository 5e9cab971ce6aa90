"""Counts and outcome probabilities under a noise profile, each independent part by the method that suits it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from qiskit import QuantumCircuit

from oqtopus_experiments import Counts, UnsupportedOperationError
from oqtopus_experiments.simulation import PartCounts, PartProbabilities, draw, joint, read
from oqtopus_experiments_aer._chain import Chain
from oqtopus_experiments_aer._channels import Array
from oqtopus_experiments_aer._methods import Ran
from oqtopus_experiments_aer._names import DENSITY_MATRIX, MATRIX_PRODUCT_STATE, TRAJECTORIES
from oqtopus_experiments_aer._noisy_part import NoisyPart
from oqtopus_experiments_aer._parts import Parts, by_shots
from oqtopus_experiments_aer._profile import Profile
from oqtopus_experiments_aer._solver import Solution, Solver, check_density_matrix
from oqtopus_experiments_aer._trajectories import Effort, trajectories

_Way: TypeAlias = tuple[str, int, int, float]


class Simulation:
    """
    The circuits of a batch under a noise profile, simulated a few at a time.

    What comes of a circuit does not depend on what is simulated with it or before it. Equal parts are solved once.

    Args:
        profile: The noise.
        circuits: All circuits of the batch.
        physical_qubits: Device qubit of each of their qubits.
        shots: Of each.
        numbers: Given the position of a circuit, returns the random numbers that are its own.
        method: The way that is asked for, or ``automatic``.
        number: Given the position of a circuit, returns its number in the experiment: people know it by that.

    Raises:
        UnsupportedOperationError: For an operation that cannot be simulated, or not by this method.
        DeviceError: For a part that is too large, or too much work, as far as that is known beforehand.
    """

    def __init__(
        self,
        profile: Profile,
        circuits: Sequence[QuantumCircuit],
        physical_qubits: tuple[int, ...],
        shots: int,
        numbers: Callable[[int], np.random.Generator],
        method: str,
        number: Callable[[int], int],
    ) -> None:
        programs = [read(circuit) for circuit in circuits]
        self._widths = [program.num_clbits for program in programs]
        parts = Parts(profile, physical_qubits)
        self._parts = [parts.of(program) for program in programs]
        self._shots, self._numbers, self._number = shots, numbers, number
        self._solver, self._effort = Solver(method), Effort(shots)
        self.ran: list[Ran] = []
        self._refuse([part for of_circuit in self._parts for part in of_circuit])

    def counts(self, positions: Sequence[int]) -> list[Counts]:
        """
        Return the counts of the circuits at these positions.

        Raises:
            DeviceError: For a part that is too entangled, or when what is too entangled is too much work.
        """
        self._solver.solve(part for position in positions for part in self._parts[position])
        found, by_shots = [], []
        for position in positions:
            rng, of_circuit, ways = self._numbers(position), [], set[_Way]()
            for part in self._parts[position]:
                solution = self._solver.solution(part)
                # Shots of a chain are drawn at once, so that it need not be kept.
                of_circuit.append(_read(part, solution, self._shots, rng))
                ways.add(_way(part, solution))
            self.ran += [Ran(self._number(position), *way) for way in sorted(ways)]
            found.append((of_circuit, rng))
            by_shots += [part for part in of_circuit if isinstance(part, NoisyPart)]
        # What takes long comes last, when all of the piece is known.
        self._effort.add(part for part in by_shots if self._solver.first(part) != TRAJECTORIES)
        return [
            self._drawn(self._widths[position], of_circuit, rng)
            for position, (of_circuit, rng) in zip(positions, found, strict=True)
        ]

    def _drawn(
        self, width: int, parts: Sequence[PartProbabilities | PartCounts | NoisyPart], rng: np.random.Generator
    ) -> Counts:
        known = [_by_trajectories(part, self._shots, rng) if isinstance(part, NoisyPart) else part for part in parts]
        return draw(known, width, self._shots, rng)

    def _refuse(self, parts: Sequence[NoisyPart]) -> None:
        """Refuse what is known to be too much before anything is simulated."""
        first = {part: self._solver.first(part) for part in parts}
        for part, method in first.items():
            if method == DENSITY_MATRIX:
                check_density_matrix(part)
        self._effort.add(part for part, method in first.items() if method == TRAJECTORIES)


def exact(
    profile: Profile, circuits: Sequence[QuantumCircuit], physical_qubits: tuple[int, ...], method: str = "automatic"
) -> list[Array]:
    """
    Return the distribution of all classical bits of every circuit, shape (2**bits,) each.

    Raises:
        UnsupportedOperationError: For a circuit that has probabilities only shot by shot.
        DeviceError: For a part that is too large, or too entangled.
    """
    programs = [read(circuit) for circuit in circuits]
    for program in programs:
        if by_shots(program):
            message = f"{program.dynamic or 'a qubit measured twice'} has outcome probabilities only shot by shot"
            raise UnsupportedOperationError(message)
    taken_apart = Parts(profile, physical_qubits)
    parts = [taken_apart.of(program) for program in programs]
    solver = Solver(method)
    solver.solve(part for of_circuit in parts for part in of_circuit)
    return [
        joint([_probabilities(part, solver.solution(part)) for part in of_circuit], program.num_clbits)
        for program, of_circuit in zip(programs, parts, strict=True)
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


def _way(part: NoisyPart, solution: Solution) -> _Way:
    """Return what `Ran` says of a part beside its circuit: the same for most parts of a wide one."""
    if solution is None:
        return TRAJECTORIES, part.num_qubits, 0, 0.0
    if isinstance(solution, Chain):
        return MATRIX_PRODUCT_STATE, part.num_qubits, solution.bond, solution.discarded
    return DENSITY_MATRIX, part.num_qubits, 0, 0.0
