"""The parts of a batch, solved: equal parts on equal qubits once, all density matrices in one run of Aer."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeAlias

from attrs import frozen

from oqtopus_experiments_aer._chain import Chain
from oqtopus_experiments_aer._channels import Array
from oqtopus_experiments_aer._contraction import chain
from oqtopus_experiments_aer._density_matrix import MAX_QUBITS, distributions
from oqtopus_experiments_aer._matrix_product import TooEntangledError
from oqtopus_experiments_aer._names import DENSITY_MATRIX, MATRIX_PRODUCT_STATE, NARROW_BOND, TRAJECTORIES, WIDE_BOND
from oqtopus_experiments_aer._noisy_part import NoisyPart

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
    holds = part.num_qubits <= MAX_QUBITS
    if part.by_shots and holds:
        return (Attempt(TRAJECTORIES),)
    if part.num_qubits <= SMALL:
        return (Attempt(DENSITY_MATRIX),)
    chain = Attempt(MATRIX_PRODUCT_STATE, NARROW_BOND if part.num_qubits <= MEDIUM else WIDE_BOND)
    return (chain, Attempt(DENSITY_MATRIX if holds else TRAJECTORIES))


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
