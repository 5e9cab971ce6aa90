"""
Which state a target prepares, so that each qubit is in 0 and 1 while its neighbours are in either.

Let s be the number of repetitions rounded down to a power of two. In repetition r the qubit q is flipped where the
Walsh function number 1 + q mod (s - 1) is -1 at r: in half of them. Two qubits of one block of s - 1 (numbers with the
same q // (s - 1)) are then equal in one half of s repetitions and different in the other: every pair is balanced. Each
block but the first is flipped by chance besides, as a whole, so that the functions do not begin anew.
"""

from __future__ import annotations

import hashlib

from oqtopus_experiments import Target


def states(qubits: int) -> list[str]:
    """Return all states of so many qubits in the order of their number, qubit 0 right-most."""
    return [format(number, f"0{qubits}b") for number in range(2**qubits)]


def prepared(state: str, repetition: int, repetitions: int, target: Target) -> str:
    """
    Return what a target prepares, qubit 0 of the target right-most.

    Args:
        state: The point of the sweep; what every target prepares in repetition 0.
        repetition: Its number, from 0.
        repetitions: How many there are.
        target: Physical qubits.
    """
    flips = (flip(qubit, repetition, repetitions) for qubit in reversed(target))
    return "".join(str(int(bit) ^ other) for bit, other in zip(state, flips, strict=True))


def flip(qubit: int, repetition: int, repetitions: int) -> int:
    """Return whether a qubit is flipped in a repetition, 0 or 1; it depends on nothing else."""
    functions = 2 ** (repetitions.bit_length() - 1) - 1
    if not (functions and repetition):
        return 0
    block, place = divmod(qubit, functions)
    by_chance = hashlib.sha256(f"{block} {repetition}".encode()).digest()[0] if block else 0
    return int(((place + 1) & repetition).bit_count() + by_chance) % 2
