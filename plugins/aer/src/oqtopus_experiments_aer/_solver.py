"""Distributions and states of independent parts: how each is found, and what was found for equal parts."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeAlias

import numpy as np
from attrs import frozen
from qiskit_aer import AerSimulator

from oqtopus_experiments import DeviceError, UnsupportedOperationError
from oqtopus_experiments.simulation import marginal
from oqtopus_experiments_aer._chain import Chain
from oqtopus_experiments_aer._channels import Array
from oqtopus_experiments_aer._contraction import chain
from oqtopus_experiments_aer._matrix_product import TooEntangledError
from oqtopus_experiments_aer._names import DENSITY_MATRIX, MATRIX_PRODUCT_STATE, NARROW_BOND, TRAJECTORIES, WIDE_BOND
from oqtopus_experiments_aer._noisy_part import NoisyPart, misread
from oqtopus_experiments_aer._small_part import LARGEST, SmallParts

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
    """

    def __init__(self, method: str) -> None:
        self._method = method
        self._small = SmallParts()
        self._found: dict[Hashable, Array | None] = {}
        self._chains: dict[Hashable, Chain] = {}

    def first(self, part: NoisyPart) -> str:
        """Return the method that is tried first."""
        return attempts(self._method, part)[0].method

    def solve(self, parts: Iterable[NoisyPart]) -> None:
        """
        Find at once what is quicker together: of those parts whose density matrix is tried first.

        Raises:
            UnsupportedOperationError: When a part cannot be simulated by this method.
            DeviceError: When a part is too large for it.
        """
        new = {part.key: part for part in parts if part.key not in self._found and self.first(part) == DENSITY_MATRIX}
        self._found.update(zip(new, distributions(list(new.values()), self._small), strict=True))

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
                return distributions([part], self._small)[0]
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


def check_density_matrix(part: NoisyPart) -> None:
    """
    Refuse a part that has no density matrix, or none that can be held.

    Raises:
        DeviceError: When it is too large.
        UnsupportedOperationError: When its measurements matter for what comes later.
    """
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


def distributions(parts: Sequence[NoisyPart], small: SmallParts) -> list[Array]:
    """
    Return the distribution of the classical bits of every part, shape (2**bits,), all that are not small in one run of
    Aer.

    Raises:
        DeviceError: When a part is too large.
        UnsupportedOperationError: When its measurements matter for what comes later.
    """
    for part in parts:
        check_density_matrix(part)
    by_aer = iter(_by_aer([part for part in parts if part.num_qubits > LARGEST]))
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
