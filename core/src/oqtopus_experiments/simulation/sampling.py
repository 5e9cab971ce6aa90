"""Counts drawn from exact outcome probabilities, part by part."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from attrs import frozen
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts

# Up to this many bits the joint distribution of all parts is formed and drawn from once, so that the cost does not
# depend on the shots; beyond it every shot is drawn.
JOINT_BITS = 10


@frozen(eq=False)
class PartProbabilities:
    """
    Outcome probabilities of one independent part.

    Args:
        clbits: Its classical bits.
        probabilities: Shape (2**len(clbits),); bit j of the index is the value of ``clbits[j]``.
    """

    clbits: tuple[int, ...]
    probabilities: NDArray[np.float64]


@frozen(eq=False)
class PartCounts:
    """
    Shots of one independent part, where its probabilities are too many to be written out.

    Args:
        clbits: Its classical bits.
        bits: The outcomes that came, shape (outcomes, len(clbits)); column j is ``clbits[j]``.
        occurrences: How often each came, shape (outcomes,).
    """

    clbits: tuple[int, ...]
    bits: NDArray[np.bool_]
    occurrences: NDArray[np.int64]


def generator(seed: int | None, name: str, circuit: int | None = None) -> np.random.Generator:
    """
    Return the random numbers of a batch, or of one circuit of it: the same for the same arguments, else independent.

    Args:
        seed: None for fresh entropy.
        name: Name of the batch, so that the experiments of one run do not share their noise.
        circuit: Number of the circuit in the experiment, ``batch.order.circuit(position)``: what is drawn for it then
            does not depend on which circuits are run with it, before it, or not at all.
    """
    if circuit is None:
        return np.random.default_rng(None if seed is None else [seed, zlib.crc32(name.encode())])
    # A hash instead of numpy's, which takes ten times as long: short circuits are simulated in as many microseconds.
    told = f"{seed} {circuit} {name}".encode()
    words = os.urandom(32) if seed is None else hashlib.blake2b(told, digest_size=32).digest()
    return np.random.Generator(np.random.PCG64(_Words(words)))  # type: ignore[arg-type]  # takes what has a state


class _Words(ISeedSequence):
    """The state that a generator begins with."""

    def __init__(self, words: bytes) -> None:
        self._words = np.frombuffer(words, dtype="<u8").astype(np.uint64)

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> NDArray[Any]:
        """Return four words, which is what a PCG64 asks for."""
        return self._words[:n_words].astype(dtype, copy=False)


def marginal(probabilities: NDArray[np.float64], qubits: Sequence[int]) -> NDArray[np.float64]:
    """
    Return the distribution of some qubits.

    Args:
        probabilities: Of all n qubits, shape (2**n,); bit i of the index is qubit i.
        qubits: The qubits wanted; a qubit may be named twice, its copies then agree.

    Returns:
        Shape (2**len(qubits),); bit j of the index is ``qubits[j]``.
    """
    n = probabilities.size.bit_length() - 1
    if list(qubits) == list(range(n)):
        return probabilities
    wanted = sorted(set(qubits))
    others = tuple(n - 1 - qubit for qubit in range(n) if qubit not in wanted)
    kept = probabilities.reshape((2,) * n).sum(axis=others).ravel()
    source = np.arange(kept.size)
    target = np.zeros_like(source)
    for position, qubit in enumerate(qubits):
        target |= ((source >> wanted.index(qubit)) & 1) << position
    result = np.zeros(2 ** len(qubits))
    result[target] = kept
    return result


def joint(parts: Sequence[PartProbabilities], width: int) -> NDArray[np.float64]:
    """
    Return the distribution of all classical bits, shape (2**width,); bit j of the index is classical bit j.

    Bits that no part writes are 0.
    """
    product = _product(parts)
    clbits = [clbit for part in parts for clbit in part.clbits]
    source = np.arange(product.size)
    target = np.zeros_like(source)
    for position, clbit in enumerate(clbits):
        target |= ((source >> position) & 1) << clbit
    result = np.zeros(2**width)
    result[target] = product
    return result


def draw(parts: Sequence[PartProbabilities | PartCounts], width: int, shots: int, rng: np.random.Generator) -> Counts:
    """
    Draw the counts of a circuit from the probabilities of its parts, or from shots of theirs.

    Args:
        parts: Independent parts, whose classical bits are distinct; counts are of as many shots.
        width: Number of classical bits; those that no part writes read 0.
        shots: Number of shots.
        rng: Source of randomness.

    Returns:
        Exactly `shots` shots.
    """
    clbits = [clbit for part in parts for clbit in part.clbits]
    exact = [part for part in parts if isinstance(part, PartProbabilities)]
    if len(clbits) <= JOINT_BITS and len(exact) == len(parts):
        drawn = rng.multinomial(shots, _normalized(_product(exact)))
        (seen,) = drawn.nonzero()
        outcomes = _outcomes(len(clbits))[seen]
        if clbits == list(range(width)):
            return Counts(outcomes, drawn[seen])
        bits = np.zeros((len(seen), width), dtype=bool)
        bits[:, clbits] = outcomes
        return Counts(bits, drawn[seen])
    # One row for each bit, which a part fills as a whole; counting takes one for each shot.
    by_bit = np.zeros((width, shots), dtype=bool)
    for part in parts:
        counted = _counted(part, shots, rng) if isinstance(part, PartProbabilities) else part
        # Parts are independent, so the shots of each may come in any order: shuffle all but keep its totals exact.
        rows = rng.permutation(np.repeat(np.arange(len(counted.occurrences)), counted.occurrences))
        for column, clbit in enumerate(part.clbits):
            by_bit[clbit] = counted.bits[:, column][rows]
    return Counts.from_shots(np.ascontiguousarray(by_bit.T))


def _counted(part: PartProbabilities, shots: int, rng: np.random.Generator) -> PartCounts:
    drawn, width = rng.multinomial(shots, _normalized(part.probabilities)), len(part.clbits)
    if width <= JOINT_BITS:
        return PartCounts(part.clbits, _outcomes(width), drawn)
    (seen,) = drawn.nonzero()
    return PartCounts(part.clbits, _bits(seen, width), drawn[seen])


def _product(parts: Sequence[PartProbabilities]) -> NDArray[np.float64]:
    """Return the joint distribution of independent parts, the bits of the first part lowest in the index."""
    product = parts[0].probabilities if parts else np.ones(1)
    for part in parts[1:]:
        product = np.multiply.outer(part.probabilities, product).ravel()
    return product


@cache
def _outcomes(width: int) -> NDArray[np.bool_]:
    """Return all outcomes of so few bits, shape (2**width, width)."""
    return _bits(np.arange(2**width), width)


def _bits(values: NDArray[np.int64], width: int) -> NDArray[np.bool_]:
    bits: NDArray[np.bool_] = (values[:, None] >> np.arange(width)) & 1 == 1
    return bits


def _normalized(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    # Rounding leaves -1e-17 and sums off by 1e-12, which the multinomial generator refuses.
    clipped: NDArray[np.float64] = np.maximum(probabilities, 0.0)
    clipped /= np.add.reduce(clipped)
    return clipped
