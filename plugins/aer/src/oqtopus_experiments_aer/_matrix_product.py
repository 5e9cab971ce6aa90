"""
Density matrices as matrix product states: a chain of small tensors instead of 4^n numbers.

Each qubit is one tensor, whose middle index runs over I, X, Y, Z; neighbours share a bond. How wide bonds must be says
how far a state is from a product; a GHZ state of any number of qubits needs 4. Gates and noise act on the tensors they
belong to, so that noise is exact, without chance (F. Verstraete, J. J. Garcia-Ripoll and J. I. Cirac, Phys. Rev. Lett.
93, 207204 (2004); G. Vidal, ibid. 91, 147902 (2003)).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import DeviceError
from oqtopus_experiments_aer._channels import Array

# Of each bond the smallest singular values are dropped that together have this part of the norm of the state.
TRUNCATION = 1e-12

STATES: Array = np.array([[1, 0, 0, 1], [1, 0, 0, -1]]) / math.sqrt(2)
"""|0><0| and |1><1| in the Pauli basis, shape (2, 4)."""
TRACE: Array = STATES.sum(axis=0)
"""What a vector in the Pauli basis is multiplied by to give its trace."""
_ONE = np.ones(1)
_DEPHASED = STATES.T @ STATES
_RESET = np.outer(STATES[0], TRACE)


class TooEntangledError(DeviceError):
    """A bond would have to be wider than is allowed."""


class MatrixProduct:
    """
    The state of some qubits, |0...0> at first, that channels change.

    Sites hold qubits by their number, and classical bits under a name of their own. What differs from shot to shot is
    classical too: a qubit of n branches has n states side by side, each as probable as it is, with channels of its own.

    Args:
        qubits: How many.
        largest_bond: The widest a bond may become.
        branches: The probabilities of the branches of a qubit, shape (n,); one branch where nothing is given.
    """

    def __init__(self, qubits: int, largest_bond: int, branches: Mapping[int, Array] | None = None) -> None:
        self.order: list[Hashable] = list(range(qubits))
        self.bond = 1
        self.discarded = 0.0
        self._largest_bond = largest_bond
        # Square roots, here and where branches are added up, leave what is dropped at a bond as small as it looks.
        self._roots = {qubit: np.sqrt(weights) for qubit, weights in (branches or {}).items()}
        self._tensors: list[Array] = [
            np.multiply.outer(self._roots.get(qubit, _ONE), STATES[0])[None, ..., None] for qubit in range(qubits)
        ]
        # What has still to be applied to each qubit. Tensors left and right of the center stay isometries that way,
        # and what is dropped at a bond is small in the whole state.
        self._pending: dict[Hashable, Array] = {}
        self._center = 0

    def tensors(self) -> list[Array]:
        """Return the tensor of every site, shape (left bond, 4, right bond) each, in the order of `order`."""
        return [
            np.einsum("n,lnar->lar", self._roots.get(label, _ONE), self._whole(site))
            if isinstance(label, int)
            else self._whole(site)[:, 0]
            for site, label in enumerate(self.order)
        ]

    def apply(self, transfer: Array, *qubits: int) -> None:
        """
        Apply a channel to one or two qubits.

        Args:
            transfer: Its Pauli transfer matrix, shape (4^n, 4^n); the last of `qubits` is the fastest index. For one
                qubit also one for each of its branches, shape (branches, 4, 4).
            qubits: On which.

        Raises:
            TooEntangledError: When a bond would become too wide.
        """
        if len(qubits) == 1:
            before = self._pending.get(qubits[0])
            self._pending[qubits[0]] = transfer if before is None else transfer @ before
            return
        site = self._side_by_side(*qubits)
        matrix = transfer.reshape((4,) * 4)
        if self.order[site] != qubits[0]:
            matrix = matrix.transpose(1, 0, 3, 2)
        self._split(site, np.einsum("abcd,lncmdr->lnambr", matrix, self._pair(site), optimize=True))

    def reset(self, qubit: int) -> None:
        """Put a qubit into |0>, whatever it was in."""
        self.apply(_RESET, qubit)

    def dephase(self, qubit: int) -> None:
        """Measure a qubit and forget the outcome."""
        self.apply(_DEPHASED, qubit)

    def measure(self, qubit: int, bit: Hashable) -> None:
        """
        Measure a qubit that goes on; the outcome becomes a site of its own, beside it.

        Raises:
            TooEntangledError: When a bond would become too wide.
        """
        site = self.order.index(qubit)
        self._move_center(site)
        populations = np.einsum("sp,lnpr->slnr", STATES, self._whole(site))
        self._pending.pop(qubit, None)
        self.order.insert(site + 1, bit)
        self._tensors.insert(site + 1, self._tensors[site])
        self._split(site, np.einsum("sp,sq,slnr->lnpqr", STATES, STATES, populations)[:, :, :, None])

    def _whole(self, site: int) -> Array:
        pending = self._pending.get(self.order[site])
        tensor = self._tensors[site]
        return tensor if pending is None else np.matmul(pending, tensor)

    def _side_by_side(self, one: int, other: int) -> int:
        """Swap sites until two qubits are neighbours; return the left of their sites."""
        here, there = self.order.index(one), self.order.index(other)
        step = 1 if here < there else -1
        while abs(there - here) > 1:
            left = min(here, here + step)
            pair = self._pair(left)
            self.order[left], self.order[left + 1] = self.order[left + 1], self.order[left]
            self._split(left, pair.transpose(0, 3, 4, 1, 2, 5))
            here += step
        return min(here, there)

    def _pair(self, left: int) -> Array:
        """Return two neighbours as one tensor with nothing pending, the center of the chain."""
        self._move_center(left if self._center <= left else left + 1)
        pair: Array = np.tensordot(self._whole(left), self._whole(left + 1), axes=(3, 0))
        for site in (left, left + 1):
            self._pending.pop(self.order[site], None)
        return pair

    def _split(self, left: int, pair: Array) -> None:
        """Put two neighbours back, with as wide a bond as they need; the right one becomes the center."""
        low, here, _, there, _, high = pair.shape
        vectors, values, rows = np.linalg.svd(pair.reshape(4 * low * here, 4 * there * high), full_matrices=False)
        # Of all squares the sums from each on: what would be lost by keeping so many.
        lost = np.append(np.cumsum(values[::-1] ** 2)[::-1], 0.0)
        kept = max(1, int(np.argmax(lost <= TRUNCATION**2 * lost[0])))
        if kept > self._largest_bond:
            message = f"a bond would be wider than {self._largest_bond}"
            raise TooEntangledError(message)
        self.bond = max(self.bond, kept)
        self.discarded = max(self.discarded, math.sqrt(lost[kept] / lost[0]))
        self._tensors[left] = vectors[:, :kept].reshape(low, here, 4, kept)
        self._tensors[left + 1] = (values[:kept, None] * rows[:kept]).reshape(kept, there, 4, high)
        self._center = left + 1

    def _move_center(self, site: int) -> None:
        while self._center < site:
            low, branches, _, high = self._tensors[self._center].shape
            isometry, rest = np.linalg.qr(self._tensors[self._center].reshape(4 * low * branches, high))
            self._tensors[self._center] = isometry.reshape(low, branches, 4, -1)
            self._center += 1
            self._tensors[self._center] = np.tensordot(rest, self._tensors[self._center], axes=(1, 0))
        while self._center > site:
            low, branches, _, high = self._tensors[self._center].shape
            isometry, rest = np.linalg.qr(self._tensors[self._center].reshape(low, 4 * branches * high).T)
            self._tensors[self._center] = isometry.T.reshape(-1, branches, 4, high)
            self._center -= 1
            self._tensors[self._center] = np.tensordot(self._tensors[self._center], rest.T, axes=(3, 0))


def effects(confusion: NDArray[np.float64]) -> Array:
    """Return what a readout multiplies a vector in the Pauli basis by: one row for each value read, shape (2, 4)."""
    rows: Array = confusion @ STATES
    return rows
