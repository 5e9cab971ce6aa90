"""Counts and outcome probabilities under a noise profile, each independent part by the method that suits it."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Sequence
from typing import TypeAlias

import numpy as np
from attrs import frozen
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from oqtopus_experiments import Counts, DeviceError, UnsupportedOperationError
from oqtopus_experiments.simulation import PartCounts, PartProbabilities, Program, draw, joint, marginal, read, split
from oqtopus_experiments_aer._chain import Chain
from oqtopus_experiments_aer._channels import Array
from oqtopus_experiments_aer._contraction import chain
from oqtopus_experiments_aer._matrix_product import TooEntangledError
from oqtopus_experiments_aer._methods import Ran
from oqtopus_experiments_aer._names import DENSITY_MATRIX, MATRIX_PRODUCT_STATE, NARROW_BOND, TRAJECTORIES, WIDE_BOND
from oqtopus_experiments_aer._noisy_part import NoisyPart, misread
from oqtopus_experiments_aer._profile import Profile
from oqtopus_experiments_aer._schedule import scheduled
from oqtopus_experiments_aer._small_part import LARGEST, SmallParts
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
        if _by_shots(program):
            message = f"{program.dynamic or 'a qubit measured twice'} has outcome probabilities only shot by shot"
            raise UnsupportedOperationError(message)
    parts = [_parts(program, physical_qubits, profile) for program in programs]
    solver = Solver(method, [part for of_circuit in parts for part in of_circuit])
    return [
        joint([_probabilities(part, solver.solution(part)) for part in of_circuit], program.num_clbits)
        for program, of_circuit in zip(programs, parts, strict=True)
    ]


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


Solution: TypeAlias = Array | Chain | None
"""The distribution of a part, or its state as a chain; None where there are only shots."""

# Up to so many qubits a density matrix is quickest, whatever the circuit does; up to so many it takes a second.
SMALL, MEDIUM = 8, 10
# Bytes of chains that are kept for equal parts to come: all of a GHZ state's, some of those that take megabytes.
MAX_KEPT = 200_000_000


@frozen
class Attempt:
    """
    A way to simulate a part.

    Args:
        method: Its name.
        largest_bond: The widest bond of a matrix product state.
    """

    method: str
    largest_bond: int = WIDE_BOND


def attempts(method: str, part: NoisyPart) -> tuple[Attempt, ...]:
    """Return the ways to try, in order: the one that was asked for, or with ``automatic`` all that fit its size."""
    if method != "automatic":
        return (Attempt(method),)
    if part.wanders:
        return _attempts_with_branches(part)
    holds = part.num_qubits <= MAX_QUBITS
    if part.by_shots and holds:
        return (Attempt(TRAJECTORIES),)
    if part.num_qubits <= SMALL:
        return (Attempt(DENSITY_MATRIX),)
    chain = Attempt(MATRIX_PRODUCT_STATE, NARROW_BOND if part.num_qubits <= MEDIUM else WIDE_BOND)
    return (chain, Attempt(DENSITY_MATRIX if holds else TRAJECTORIES))


def _attempts_with_branches(part: NoisyPart) -> tuple[Attempt, ...]:
    """Return the ways that know frequencies which differ from shot to shot."""
    # As many branches as a qubit has, so many times longer are the sides of what is taken apart at a bond.
    if part.num_qubits <= FEW:
        return (Attempt(MATRIX_PRODUCT_STATE, sys.maxsize),)
    return (Attempt(MATRIX_PRODUCT_STATE, NARROW_BOND), Attempt(TRAJECTORIES))


# Bonds of so few qubits are no wider than one qubit with its branches.
FEW = 3


class Solver:
    """
    Solves parts and remembers them.

    Args:
        method: The way that is asked for, or ``automatic``.
        parts: All parts to come. Those whose density matrix is tried first are solved here.

    Raises:
        UnsupportedOperationError: When a part cannot be simulated by this method.
        DeviceError: When a part is too large for it.
    """

    def __init__(self, method: str, parts: Sequence[NoisyPart]) -> None:
        self._method = method
        whole = {part.key: part for part in parts if attempts(method, part)[0].method == DENSITY_MATRIX}
        self._found: dict[Hashable, Array | None] = dict(zip(whole, distributions(list(whole.values())), strict=True))
        self._chains: dict[Hashable, Chain] = {}

    def solution(self, part: NoisyPart) -> Solution:
        """
        Return the solution of a part.

        Raises:
            TooEntangledError: When it was to be a matrix product state and cannot.
        """
        if part.key in self._found:
            return self._found[part.key]
        if part.key in self._chains:
            return self._chains[part.key]
        solved = self._solved(part)
        if isinstance(solved, Chain):
            self._keep(part.key, solved)
        else:
            self._found[part.key] = solved
        return solved

    def _solved(self, part: NoisyPart) -> Solution:
        tried = attempts(self._method, part)
        for attempt in tried:
            if attempt.method == DENSITY_MATRIX:
                return distributions([part])[0]
            if attempt.method == TRAJECTORIES:
                return None
            try:
                return chain(part, attempt.largest_bond)
            except TooEntangledError:
                if attempt is tried[-1]:
                    raise
        return None

    def _keep(self, key: Hashable, solved: Chain) -> None:
        self._chains[key] = solved
        while len(self._chains) > 1 and sum(each.size for each in self._chains.values()) > MAX_KEPT:
            del self._chains[next(iter(self._chains))]


# A density matrix of 12 qubits takes 270 MB.
MAX_QUBITS = 12


def distributions(parts: Sequence[NoisyPart]) -> list[Array]:
    """
    Return the distribution of the classical bits of every part, shape (2**bits,), all that are not small in one run of
    Aer.

    Raises:
        DeviceError: When a part is too large.
        UnsupportedOperationError: When its measurements matter for what comes later.
    """
    for part in parts:
        if part.num_qubits > MAX_QUBITS:
            message = (
                f"a group of {part.num_qubits} entangled qubits is beyond a density matrix of {MAX_QUBITS} qubits; "
                "method = 'automatic' finds another way"
            )
            raise DeviceError(message)
        if part.wanders:
            message = (
                "a density matrix knows one detuning, and 'detuning_spread' gives another one to every shot; "
                "method = 'automatic' finds another way"
            )
            raise UnsupportedOperationError(message)
        if part.by_shots:
            message = (
                "a density matrix says nothing of measurements before its end; method = 'automatic' runs the circuit "
                "shot by shot"
            )
            raise UnsupportedOperationError(message)
    small, by_aer = SmallParts(), iter(_by_aer([part for part in parts if part.num_qubits > LARGEST]))
    return [small.distribution(part) if part.num_qubits <= LARGEST else next(by_aer) for part in parts]


def _by_aer(parts: Sequence[NoisyPart]) -> list[Array]:
    if not parts:
        return []
    circuits = [part.circuit() for part in parts]
    for part, circuit in zip(parts, circuits, strict=True):
        circuit.save_probabilities(range(part.num_qubits))
    result = AerSimulator(method="density_matrix").run(circuits, shots=1).result()
    return [
        misread(
            marginal(np.asarray(result.data(i)["probabilities"], dtype=float), part.part.readout), part.confusions()
        )
        for i, part in enumerate(parts)
    ]
