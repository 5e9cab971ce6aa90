"""How much of a batch is simulated at a time: what takes about half a second, going by what was simulated before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

SECONDS = 0.5
"""What a piece is to take: so often something is safe, and so soon a simulation ends that is to end."""
GROWTH = 8
"""So many times longer than the one before a piece may be: the first circuits of a sweep may be the cheapest."""


class Pieces:
    """
    Circuits cut into pieces, the first of which is a single circuit that is measured.

    Args:
        circuits: Positions of the circuits, in the order in which they are to run.
    """

    def __init__(self, circuits: Iterable[int]) -> None:
        self._left = deque(circuits)
        self._size = 1

    def __len__(self) -> int:
        """How many circuits are left."""
        return len(self._left)

    def take(self) -> tuple[int, ...]:
        """Return the next piece, and have it no more; empty when nothing is left."""
        return tuple(self._left.popleft() for _ in range(min(self._size, len(self._left))))

    def took(self, circuits: int, seconds: float) -> None:
        """Learn from a piece of so many circuits how large the next may be."""
        affordable = SECONDS * circuits / max(seconds, 1e-9)
        self._size = max(1, int(min(affordable, GROWTH * circuits)))

    def drop(self) -> tuple[int, ...]:
        """Return all that is left, and have it no more."""
        left = tuple(self._left)
        self._left.clear()
        return left
