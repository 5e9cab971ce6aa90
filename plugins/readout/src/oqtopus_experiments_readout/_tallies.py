"""How often each state was read when each was prepared; pure."""

from __future__ import annotations

import math

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import Counts, Dataset

Array = NDArray[np.float64]


@frozen(eq=False)
class Shots:
    """
    The circuits of a data set, as far as they have counts, for any of the qubits that were read together.

    Args:
        prepared: What each circuit prepares on each qubit; bool, shape (circuits, qubits).
        counts: What it read, a bit for each of these qubits in their order.
    """

    prepared: NDArray[np.bool_]
    counts: tuple[Counts, ...]

    @property
    def number(self) -> Array:
        """Shots of each circuit, shape (circuits,)."""
        return np.array([one.shots for one in self.counts], dtype=float)

    def wrong(self) -> Array:
        """Return how often each qubit was read wrongly in each circuit, shape (circuits, qubits)."""
        found = [one.occurrences @ (one.bits ^ row) for one, row in zip(self.counts, self.prepared, strict=True)]
        return np.array(found, dtype=float).reshape(self.prepared.shape)

    def wrong_by_state(self) -> tuple[Array, Array]:
        """Return how often each qubit was read wrongly in 0 and in 1, and of how many shots, shape (qubits, 2) each."""
        wrong, one = self.wrong(), self.prepared
        errors = [np.where(own, wrong, 0).sum(axis=0) for own in (~one, one)]
        trials = [np.where(own, self.number[:, None], 0).sum(axis=0) for own in (~one, one)]
        return np.array(errors).T, np.array(trials).T

    def both_wrong(self) -> Array:
        """Return how often two qubits were read wrongly in one shot, shape (circuits, qubits, qubits)."""
        wrong = [(one.bits ^ row).astype(float) for one, row in zip(self.counts, self.prepared, strict=True)]
        found = [own.T @ (own * one.occurrences[:, None]) for own, one in zip(wrong, self.counts, strict=True)]
        return np.array(found).reshape(*self.prepared.shape, self.prepared.shape[1])

    def matrix(self) -> Array:
        """Return how often each state was read (rows) when each was prepared (columns), shape (2^n, 2^n)."""
        weights = 2 ** np.arange(self.prepared.shape[1])
        found = np.zeros((2 ** len(weights), 2 ** len(weights)))
        for one, row in zip(self.counts, self.prepared, strict=True):
            np.add.at(found, (one.bits @ weights, row @ weights), one.occurrences)
        return found


def bits(state: str) -> list[bool]:
    """Return the bits of a state, qubit 0 first."""
    return [bit == "1" for bit in reversed(state)]


def of_target(dataset: Dataset, index: int, prepared: list[str]) -> Shots:
    """Return the circuits of one target, given what it prepared at each point."""
    read = [dataset.outcomes(index, point) for point in range(len(prepared))]
    known = [point for point, own in enumerate(read) if own.shots]
    rows = np.array([bits(prepared[point]) for point in known], dtype=bool)
    counts = tuple(Counts(read[point].bits, read[point].occurrences) for point in known)
    return Shots(rows.reshape(len(known), len(prepared[0])), counts)


def of_all(dataset: Dataset, prepared: list[list[str]]) -> Shots | None:
    """Return the circuits of all targets side by side, by target and point prepared; None if not read together."""
    if dataset.apart:
        return None
    known = [point for point in range(dataset.sweep.size) if point in dataset.counts]
    rows = [[bit for own in prepared for bit in bits(own[point])] for point in known]
    width = sum(len(own[0]) for own in prepared)
    return Shots(np.array(rows, dtype=bool).reshape(len(known), width), tuple(dataset.counts[point] for point in known))


def fractions(number: Array, of: Array | float) -> tuple[Array, Array]:
    """Return numbers as parts of shots, with their binomial errors; NaN where there are no shots."""
    with np.errstate(divide="ignore", invalid="ignore"):
        smoothed = (number + 0.5) / (of + 1)
        return number / of, np.where(of > 0, np.sqrt(smoothed * (1 - smoothed) / of), math.nan)
