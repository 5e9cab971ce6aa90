"""
How much of a batch is simulated at a time: what takes about half a second, going by what was simulated before.

Several workers share what is left: none gets so much that others have nothing, as long as a piece is worth its way.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

SECONDS = 0.5
"""What a piece is to take: so often something is safe, and so soon a simulation ends that is to end."""
WORTHWHILE = 0.05
"""Seconds that a piece takes at least, where there are circuits: below, sending it costs as much as simulating it."""
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
        self._worthwhile = 1

    def __len__(self) -> int:
        """How many circuits are left."""
        return len(self._left)

    def __iter__(self) -> Iterator[int]:
        """Yield what is left."""
        return iter(self._left)

    def give_back(self, piece: Sequence[int]) -> None:
        """Have a piece again, before all that is left."""
        self._left.extendleft(reversed(piece))

    def take(self, workers: int = 1) -> tuple[int, ...]:
        """
        Return the next piece, and have it no more; empty when nothing is left.

        Args:
            workers: How many there are to share what is left.
        """
        share = max(self._worthwhile, math.ceil(len(self._left) / workers))
        return tuple(self._left.popleft() for _ in range(min(self._size, share, len(self._left))))

    def took(self, circuits: int, seconds: float) -> None:
        """Learn from a piece of so many circuits how large the next may be."""
        each = max(seconds / circuits, 1e-9)
        # Of several under way a small one may come last: what was learnt from larger ones stays.
        self._size = max(1, int(min(SECONDS / each, max(GROWTH * circuits, self._size))))
        self._worthwhile = max(1, int(min(WORTHWHILE / each, self._size)))

    def drop(self) -> tuple[int, ...]:
        """Return all that is left, and have it no more."""
        left = tuple(self._left)
        self._left.clear()
        return left
