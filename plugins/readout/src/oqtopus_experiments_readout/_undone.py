"""
The readout of a target undone: signals of what was there, read from counts of what was read.

With P(read) = A P(there) the mean of f over what was there is f . A^-1 P(read): the mean of g = A^-T f over what was
read. A is the product of the matrices of blocks, qubits or groups of them, and so is its inverse; f is a sum of
products over the same blocks for a probability, a parity and a weighted sum of probabilities, and written out for
other signals of few qubits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments import CalibrationError, Correction, Expectation, Parity, Probability, Signal
from oqtopus_experiments_readout._tallies import Array, bits

WIDEST = 12
"""Qubits of a target whose signal is written out for every outcome."""


@frozen(eq=False)
class Block:
    """
    The readout of some qubits of a target.

    Args:
        places: Their classical bits, bit 0 of the matrix first.
        matrix: P(read | prepared), a column for each prepared state.
        shots: Shots behind each column.
    """

    places: tuple[int, ...]
    matrix: Array
    shots: Array
    inverse: Array = field(init=False, repr=False)

    @inverse.default
    def _of_matrix(self) -> Array:
        return np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)

    def of(self, rows: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return the number of the state of this block in each outcome."""
        return rows[:, self.places] @ (2 ** np.arange(len(self.places)))

    def moved(self) -> Iterator[Block]:
        """Yield this block with one column moved by a standard error, in each independent direction of it."""
        for column in range(len(self.matrix)):
            p = (self.matrix[:, column] * self.shots[column] + 0.5) / (self.shots[column] + len(self.matrix) / 2)
            covariance = (np.diag(p) - np.outer(p, p)) / self.shots[column]
            sizes, directions = np.linalg.eigh(covariance)
            for size, direction in zip(
                sizes[1:], directions.T[1:], strict=True
            ):  # the first has no size: they sum to 1
                matrix = self.matrix.copy()
                matrix[:, column] += math.sqrt(max(float(size), 0.0)) * direction
                yield Block(self.places, matrix, self.shots)


@frozen(eq=False)
class UndoneSignal(Signal):
    """
    A signal of what was there, read from what was read.

    Args:
        wanted: The signal.
        blocks: Of all classical bits of the target, each once.
    """

    wanted: Signal
    blocks: tuple[Block, ...]
    _terms: tuple[tuple[float, tuple[Array, ...]], ...] = field(init=False, repr=False)

    @_terms.default
    def _undo(self) -> tuple[tuple[float, tuple[Array, ...]], ...]:
        return tuple(
            (weight, tuple(block.inverse.T @ own for block, own in zip(self.blocks, parts, strict=True)))
            for weight, parts in terms(self.wanted, self.blocks)
        )

    def values(self, bits: NDArray[np.bool_]) -> Array:
        """Return the value of each outcome; outside the range of the wanted signal, in general."""
        at = [block.of(bits) for block in self.blocks]
        total = np.zeros(len(bits))
        for weight, parts in self._terms:
            total += weight * np.prod([own[states] for own, states in zip(parts, at, strict=True)], axis=0)
        return total

    @property
    def two_values(self) -> tuple[float, float] | None:
        """The two values of a signal of one bit, so that its likelihood stays binomial; None for more bits."""
        if [len(block.places) for block in self.blocks] != [1]:
            return None
        low, high = sorted(self.values(np.array([[False], [True]])).tolist())
        return (low, high) if low < high else None

    @property
    def label(self) -> str:
        """That of the wanted signal."""
        return self.wanted.label


def terms(wanted: Signal, blocks: Sequence[Block]) -> list[tuple[float, list[Array]]]:
    """
    Return a signal as a sum of products over blocks: weights, each with the values of the states of every block.

    Raises:
        CalibrationError: For a signal that is none of core's, of too many qubits.
    """
    if isinstance(wanted, Probability):
        return [(1.0, [_only(block, bits(wanted.outcome)) for block in blocks])]
    if isinstance(wanted, Expectation):
        return [
            (weight, [_only(block, bits(outcome)) for block in blocks]) for outcome, weight in wanted.weights.items()
        ]
    if isinstance(wanted, Parity):
        return [(1.0, [_signs(block) for block in blocks])]
    width = sum(len(block.places) for block in blocks)
    if width > WIDEST:
        message = f"{wanted.label} of {width} bits cannot be undone: of signals that are not core's, at most {WIDEST}"
        raise CalibrationError(message)
    rows = (np.arange(2**width)[:, None] >> np.arange(width)) % 2 == 1
    states, values = [block.of(rows) for block in blocks], wanted.values(rows)
    return [
        (float(value), [np.eye(len(block.matrix))[own[index]] for block, own in zip(blocks, states, strict=True)])
        for index, value in enumerate(values)
        if value
    ]


def _signs(block: Block) -> Array:
    return np.array([(-1.0) ** state.bit_count() for state in range(len(block.matrix))])


def _only(block: Block, outcome: list[bool]) -> Array:
    own: Array = np.eye(len(block.matrix))[block.of(np.array([outcome]))[0]]
    return own


@frozen(eq=False)
class Undone(Correction):
    """The readout of one target undone, block by block."""

    blocks: tuple[Block, ...]

    def signal(self, wanted: Signal) -> Signal:
        """Return the signal that undoes it."""
        return UndoneSignal(wanted, self.blocks)

    def variations(self) -> Sequence[Correction]:
        """Return the same with one column of one matrix moved by a standard error."""
        return [
            Undone((*self.blocks[:place], moved, *self.blocks[place + 1 :]))
            for place, block in enumerate(self.blocks)
            for moved in block.moved()
        ]
