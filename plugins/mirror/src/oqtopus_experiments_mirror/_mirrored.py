"""
A random circuit and its way back, and the one outcome that it has without errors.

There: a Clifford on every qubit, then layers, each of a Clifford on every qubit and cx gates between neighbours. A
Pauli on every qubit. Back: each gate undone in turn, each Clifford with another Pauli after it. What is left over is a
Pauli on every qubit, followed gate by gate from the middle to the end: an X or Y in it flips the outcome.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from attrs import frozen

from oqtopus_experiments_mirror._cliffords import FLIPS, NUMBER, PAULIS, SIZE, cliffords

Pairs = tuple[int, ...]
"""The first qubit of each pair of neighbours (i, i + 1)."""


@frozen
class Step:
    """
    What is done at once.

    Args:
        joined: Which neighbours have a cx.
        turns: The number of a Clifford for each qubit; empty where only pairs are joined.
    """

    joined: Pairs = ()
    turns: tuple[int, ...] = ()


@frozen
class Mirrored:
    """A circuit as steps, and its `outcome`: what is read without errors, qubit 0 on the right."""

    steps: tuple[Step, ...]
    outcome: str


# A circuit and its signal are asked for one after the other.
@lru_cache(maxsize=4096)
def mirrored(qubits: int, length: int, density: float, seed: tuple[int, ...]) -> Mirrored:
    """
    Draw a circuit.

    Args:
        qubits: How many.
        length: Layers on both ways together, even.
        density: Probability of a cx on each pair of neighbours of a layer.
        seed: The same draws the same.
    """
    rng, table = np.random.default_rng(seed), cliffords()
    half = length // 2
    forth: list[list[int]] = rng.integers(0, SIZE, (half + 1, qubits)).tolist()
    paulis: list[list[int]] = rng.integers(0, PAULIS, (half + 2, qubits)).tolist()
    pairs: list[Pairs] = [(), *(_pairs(qubits, density, rng) for _ in range(half))]
    steps = [step for turn, own in zip(forth, pairs, strict=True) for step in (Step(turns=tuple(turn)), Step(own))]
    left, *others = paulis
    steps.append(Step(turns=tuple(left)))
    for turn, own, new in zip(forth[::-1], pairs[::-1], others, strict=True):
        for first in own:
            left[first : first + 2] = _through_cx(*left[first : first + 2])
        undone = [table.inverse[one] for one in turn]
        left = [_product(table.image[one][was], pauli) for one, was, pauli in zip(undone, left, new, strict=True)]
        steps += [Step(own), Step(turns=tuple(table.after[pauli][one] for one, pauli in zip(undone, new, strict=True)))]
    return Mirrored(tuple(steps), "".join(str(FLIPS[own][0]) for own in reversed(left)))


def _pairs(qubits: int, density: float, rng: np.random.Generator) -> Pairs:
    """Draw pairs of neighbours that share no qubit: every second one, from the first or the second qubit on."""
    first = int(rng.integers(2)) if qubits > 2 else 0
    candidates = range(first, qubits - 1, 2)
    drawn = rng.random(len(candidates)) < density
    return tuple(one for one, chosen in zip(candidates, drawn, strict=True) if chosen)


def _through_cx(control: int, target: int) -> tuple[int, int]:
    """Return Paulis after a cx that stood before it: X spreads from the control, Z from the target."""
    (x, z), (other_x, other_z) = FLIPS[control], FLIPS[target]
    return NUMBER[x][z ^ other_z], NUMBER[other_x ^ x][other_z]


def _product(one: int, other: int) -> int:
    (x, z), (other_x, other_z) = FLIPS[one], FLIPS[other]
    return NUMBER[x ^ other_x][z ^ other_z]
