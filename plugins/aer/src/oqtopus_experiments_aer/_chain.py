"""Outcomes of a matrix product state: their probabilities, and shots drawn from it without writing those out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import DeviceError
from oqtopus_experiments_aer._channels import Array

# So many shots are drawn at once: each different beginning of an outcome keeps a vector as long as a bond is wide.
BLOCK = 20_000
# 2^24 probabilities take 130 MB.
MAX_BITS = 24


@frozen(eq=False)
class Chain:
    """
    A state that is read out.

    Args:
        sites: A matrix (left bond, right bond) for each value that is read at a site, shape (2, left, right); a site
            that nobody reads has one, shape (1, left, right).
        positions: Which bit of the outcome each site with two values gives, in the order of the sites.
        bond: The widest bond that was needed.
        discarded: The largest part of the norm of the state that was dropped at once.
    """

    sites: tuple[Array, ...]
    positions: tuple[int, ...]
    bond: int
    discarded: float

    @property
    def width(self) -> int:
        """Number of bits that are read."""
        return len(self.positions)

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return sum(site.nbytes for site in self.sites)

    def probabilities(self) -> Array:
        """
        Return the probability of every outcome, shape (2**width,); bit j of the index is bit j of the outcome.

        Raises:
            DeviceError: When there are too many.
        """
        if self.width > MAX_BITS:
            message = f"the probabilities of all 2^{self.width} outcomes are too many to be written out"
            raise DeviceError(message)
        rows = np.ones((1, 1))
        for site in self.sites:
            rows = np.concatenate([rows @ matrix for matrix in site])
        index = np.arange(len(rows))
        place = np.zeros_like(index)
        for read, position in enumerate(self.positions):
            place |= ((index >> read) & 1) << position
        found = np.empty(len(rows))
        found[place] = rows[:, 0]
        return found

    def draw(self, shots: int, rng: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """
        Draw shots, bit by bit: each given those before it, exactly.

        Returns:
            Outcomes, shape (outcomes, width), and how often each came; an outcome may stand there more than once.
        """
        blocks = [self._block(min(BLOCK, shots - start), rng) for start in range(0, shots, BLOCK)]
        bits = np.concatenate([block[0] for block in blocks])
        ordered = np.empty_like(bits)
        ordered[:, self.positions] = bits
        return ordered, np.concatenate([block[1] for block in blocks])

    def _block(self, shots: int, rng: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        rows, occurrences = np.ones((1, 1)), np.array([shots])
        bits = np.zeros((1, 0), dtype=bool)
        for site, rest in zip(self.sites, self._rest(), strict=True):
            if len(site) == 1:
                rows = rows @ site[0]
                continue
            following = np.stack([rows @ matrix for matrix in site])
            # Rounding leaves -1e-17 where an outcome is impossible.
            weights = np.clip(following @ rest, 0.0, None)
            ones = rng.binomial(occurrences, weights[1] / weights.sum(axis=0))
            counts = np.stack([occurrences - ones, ones])
            value, origin = np.nonzero(counts)
            rows = following[value, origin] / weights[value, origin, None]
            bits = np.column_stack([bits[origin], value == 1])
            occurrences = counts[value, origin]
        return bits, occurrences

    def _rest(self) -> Sequence[Array]:
        """Return for each site the vector that sums over all outcomes of the sites behind it."""
        return list(self._from_the_end())[::-1]

    def _from_the_end(self) -> Iterator[Array]:
        rest = np.ones(1)
        for site in reversed(self.sites):
            yield rest
            rest = site.sum(axis=0) @ rest
