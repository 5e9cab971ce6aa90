"""
The order in which the circuits of an experiment run: drawn by a seed, so that a drift looks like noise.

Points that differ in their labels only (series) run one after the other: what drifts slowly is the same for both, and
cancels between them. These groups run in a random order, which turns a drift over the run into scatter around the
curve instead of a bend of it. Reference circuits are spread over the run.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.sweep import Sweep

T = TypeVar("T")
LARGEST_SEED = 2**53 - 1
"""JSON keeps integers up to here everywhere."""


@frozen(slots=False)
class Order:
    """
    Which circuit stands at which position of a batch.

    Circuits are numbered as the experiment declares them: the points of the sweep, then the references. ``Order()`` is
    that order itself, whatever its length.

    Args:
        circuits: Number of the circuit at each position, shape (circuits,): every number from 0 once.
        seed: What it was drawn by; None for the order of the sweep.
        whole: Whether every circuit of the experiment is among them; where a part of a batch is simulated by itself,
            its circuits keep the numbers that they have.

    Raises:
        ValueError: When a circuit is named twice, or one that there is not.
    """

    circuits: tuple[int, ...] = field(default=(), repr=lambda circuits: f"<{len(circuits)}>")
    seed: int | None = None
    whole: bool = field(default=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what names no circuits, or not each once."""
        if wrong := _wrong(self.circuits, whole=self.whole):
            named = f"an order names every circuit from 0 to {len(self.circuits) - 1} once"
            message = f"{named if self.whole else 'a part of an order names circuits, each once'}: {wrong}"
            raise ValueError(message)

    @classmethod
    def drawn(cls, sweep: Sweep, references: int, seed: int) -> Order:
        """
        Draw an order; the same seed gives the same one with every version of everything.

        Args:
            sweep: The points.
            references: How many reference circuits follow them.
            seed: Any integer.
        """
        groups = _groups(sweep, seed)
        # Where each runs, as a share of the whole: groups in a row, references anywhere in a stretch of their own.
        placed = [((rank + 0.5) / len(groups), group) for rank, group in enumerate(groups)]
        first = sweep.size
        spread = sorted(range(references), key=lambda reference: _random(seed, "reference", reference))
        placed += [
            ((rank + _random(seed, "place", rank)) / references, [first + reference])
            for rank, reference in enumerate(spread)
        ]
        placed.sort(key=lambda item: item[0])
        return cls(tuple(circuit for _, group in placed for circuit in group), seed)

    def checked(self, circuits: int) -> Order:
        """
        Return this order if it is one of so many circuits.

        Raises:
            ValueError: When it is one of another number.
        """
        if len(self.circuits) not in (0, circuits):
            message = f"an order of {len(self.circuits)} circuits for {circuits}"
            raise ValueError(message)
        return self

    @cached_property
    def positions(self) -> Mapping[int, int]:
        """Position of each circuit, by its number."""
        return {circuit: position for position, circuit in enumerate(self.circuits)}

    def circuit(self, position: int) -> int:
        """Return the number of the circuit at a position: how people know it."""
        return self.circuits[position] if 0 <= position < len(self.circuits) else position

    def part(self, positions: Sequence[int]) -> Order:
        """Return which circuits stand at some of the positions: for a batch of these alone."""
        return Order(tuple(self.circuit(position) for position in positions), self.seed, whole=False)

    def position(self, circuit: int) -> int:
        """Return the position of a circuit in the batch."""
        return self.positions.get(circuit, circuit)

    def arranged(self, items: Sequence[T]) -> tuple[T, ...]:
        """Return what stands in the order of the sweep in the order of the batch."""
        return tuple(items[self.circuit(position)] for position in range(len(items)))

    def restored(self, items: Sequence[T]) -> tuple[T, ...]:
        """Return what stands in the order of the batch in that of the sweep."""
        return tuple(items[self.position(circuit)] for circuit in range(len(items)))


@frozen(eq=False)
class Execution:
    """
    When circuits ran, and which before which: what an analysis needs to see a drift.

    Args:
        positions: Place of each circuit in the order of execution, from 0; -1 where nobody knows; shape (circuits,).
        times: When each ran, s since 1970; NaN where nobody knows; shape (circuits,).
    """

    positions: NDArray[np.int64]
    times: NDArray[np.float64]

    @classmethod
    def of(cls, circuits: int, order: Order | None, times: Mapping[int, float] = MappingProxyType({})) -> Execution:
        """Gather what is known of so many circuits; None for an order that nobody knows."""
        positions = [-1 if order is None else order.position(circuit) for circuit in range(circuits)]
        known = [times.get(circuit, math.nan) for circuit in range(circuits)]
        return cls(np.array(positions, dtype=np.int64), np.array(known, dtype=np.float64))


def _wrong(circuits: Sequence[int], *, whole: bool) -> str:
    """Return what is wrong with the numbers of circuits; nothing where all is well."""
    if odd := [number for number in circuits if type(number) is not int or number < 0]:
        return f"{odd[0]!r} is no number of a circuit"
    if twice := [number for number, times in Counter(circuits).items() if times > 1]:
        return f"{twice[0]} is named twice"
    if whole and circuits and max(circuits) >= len(circuits):
        return f"{max(circuits)} is none of them"
    return ""


def _groups(sweep: Sweep, seed: int) -> list[list[int]]:
    """Return the points in groups that differ in their labels only; groups and their members in random order."""
    labels = {axis.name for axis in sweep.series}
    groups: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    seen = Counter[tuple[Any, ...]]()
    for index, point in enumerate(sweep.points()):
        # Grids that are added may name their axes in any order.
        point_itself = tuple(sorted(point.items()))
        at = tuple((name, value) for name, value in point_itself if name not in labels)
        # A point that is measured again belongs to another group than before.
        groups[(*at, seen[point_itself])].append(index)
        seen[point_itself] += 1
    shuffled = [sorted(group, key=lambda index: _random(seed, "point", index)) for group in groups.values()]
    ranks = [_random(seed, "group", number) for number in range(len(shuffled))]
    return [group for _, group in sorted(zip(ranks, shuffled, strict=True))]


def _random(seed: int, what: str, number: int) -> float:
    """Return a number from 0 to 1 that depends on nothing but the arguments: no generator, whose stream may change."""
    digest = hashlib.blake2b(f"{seed} {what} {number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
