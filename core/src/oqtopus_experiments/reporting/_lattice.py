"""
Couplings as a piece of the square lattice: every coupling one step long, no two qubits in one place. Pure.

A search with a limit: qubits one after the other, next to those that are placed, the likeliest step first. Drawn so, no
two couplings can cross.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

Place = tuple[float, float]
_Step = tuple[int, int]

_STEPS: tuple[_Step, ...] = ((1, 0), (0, -1), (0, 1), (-1, 0))
_TRIALS, _TRIALS_EACH = 4000, 60
"""Places that are tried before the search is given up: so many, and so many more for each qubit."""
_TOUCHING = 2.0
"""What it costs to stand beside a qubit that is no neighbour, where going the wrong way costs up to pi."""


def lattice(near: Mapping[int, set[int]], drawing: Mapping[int, Place] | None = None) -> dict[int, Place]:
    """
    Return a place on the lattice for every qubit of a coupled device; nothing where none was found.

    Args:
        near: Neighbours of each qubit.
        drawing: Places whose directions are followed where possible; None follows the numbers: the next one is to the
            right, others are above and below.
    """
    if max(map(len, near.values())) > len(_STEPS):
        return {}
    order = _order(near)
    cost = _by_numbers if drawing is None else _along(drawing)
    placed: dict[int, _Step] = {order[0]: (0, 0)}
    taken = {(0, 0): order[0]}
    ahead: list[list[_Step]] = [[]]
    left = _TRIALS + _TRIALS_EACH * len(order)
    while len(placed) < len(order):
        qubit = order[len(placed)]
        if len(ahead) <= len(placed):
            ahead.append(_candidates(qubit, near, placed, taken, cost))
        if not ahead[-1]:
            ahead.pop()
            if len(ahead) <= 1:
                return {}
            taken.pop(placed.pop(order[len(ahead) - 1]))
            continue
        left -= 1
        if left < 0:
            return {}
        placed[qubit] = ahead[-1].pop()
        taken[placed[qubit]] = qubit
    return {qubit: (float(x), float(y)) for qubit, (x, y) in placed.items()}


def _order(near: Mapping[int, set[int]]) -> list[int]:
    """Return the qubits so that each is coupled to one before it; those with most such first, then by number."""
    order = [min(near)]
    waiting = dict.fromkeys(near[order[0]], 1)
    while waiting:
        qubit = min(waiting, key=lambda other: (-waiting[other], other))
        del waiting[qubit]
        order.append(qubit)
        done = set(order)
        for other in near[qubit] - done:
            waiting[other] = waiting.get(other, 0) + 1
    return order


def _candidates(
    qubit: int,
    near: Mapping[int, set[int]],
    placed: Mapping[int, _Step],
    taken: Mapping[_Step, int],
    cost: Callable[[int, int, _Step], float],
) -> list[_Step]:
    """Return the free places beside all neighbours that are placed, the likeliest last."""
    anchors = sorted((other for other in near[qubit] if other in placed), key=lambda other: (abs(other - qubit), other))
    found = []
    for place in _around(placed[anchors[0]]):
        around = _around(place)
        if place in taken or not all(placed[anchor] in around for anchor in anchors[1:]):
            continue
        touching = sum(1 for spot in around if spot in taken and taken[spot] not in near[qubit])
        asked = sum(cost(anchor, qubit, _minus(place, placed[anchor])) for anchor in anchors)
        found.append((_TOUCHING * touching + asked, place))
    return [place for _, place in sorted(found, reverse=True)]


def _around(place: _Step) -> list[_Step]:
    return [(place[0] + x, place[1] + y) for x, y in _STEPS]


def _minus(one: _Step, other: _Step) -> _Step:
    return one[0] - other[0], one[1] - other[1]


def _by_numbers(anchor: int, qubit: int, step: _Step) -> float:
    sign = 1 if qubit > anchor else -1
    meant = (sign, 0) if abs(qubit - anchor) == 1 else (0, -sign)
    return _turn(meant, step)


def _along(drawing: Mapping[int, Place]) -> Callable[[int, int, _Step], float]:
    def cost(anchor: int, qubit: int, step: _Step) -> float:
        (x, y), (u, v) = drawing[qubit], drawing[anchor]
        return _turn((x - u, y - v), step)

    return cost


def _turn(meant: tuple[float, float], step: _Step) -> float:
    """Return the angle between two directions, 0 to pi."""
    return abs(math.atan2(meant[0] * step[1] - meant[1] * step[0], meant[0] * step[0] + meant[1] * step[1]))
