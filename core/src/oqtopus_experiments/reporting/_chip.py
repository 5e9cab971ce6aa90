"""
Where the qubits of a device are drawn: from its own coordinates, or from its couplings alone. Pure.

Most devices are pieces of a square lattice when their couplings are drawn with one length: lines, ladders, grids,
heavy-hex rows with bridges between them. Such a drawing has no crossings. It is searched for twice: once as devices
are numbered, row by row, and once along a drawing by stress; what is no such piece, as a ring or a star, is shown as
that drawing. The parts of a device that are not coupled stand beside each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from attrs import frozen

from oqtopus_experiments.reporting._lattice import lattice
from oqtopus_experiments.reporting._stress import crossings, stressed

Place = tuple[float, float]
Pair = tuple[int, int]

_LINE = 12
"""Qubits of a chain that are drawn in one row; a longer one turns at the end of each."""
_MOST_STRESSED = 400
"""Qubits of a part that are placed by stress; the work grows with the cube of their number."""
_CLOSEST = 0.35
"""Coordinates that put two qubits closer than this, in lengths of a coupling, are no drawing."""
_CROWDED = 3
"""Couplings for each qubit from which a part cannot be drawn without crossings: all coupled to all, for example."""
_MOST_IN_CIRCLE = 24
_SLIM = 1.2
"""How much higher than wide a drawing is that is laid down."""
_APART = 1.5
"""Between parts that are not coupled."""


@frozen
class ChipLayout:
    """
    A drawing of a device.

    Args:
        places: Where each qubit is, x to the right and y upwards; a coupling is about 1 long.
        couplings: Pairs of those qubits, each once, the lower number first.
    """

    places: Mapping[int, Place]
    couplings: tuple[Pair, ...]

    @property
    def crossings(self) -> int:
        """How many pairs of couplings cross in this drawing."""
        return crossings(self.places, self.couplings)


def layout(
    qubits: Iterable[int], couplings: Iterable[Pair] = (), positions: Mapping[int, Place | None] | None = None
) -> ChipLayout:
    """
    Return where to draw qubits; equal devices are drawn equally.

    Args:
        qubits: Their numbers.
        couplings: Pairs of them, either way round; others are left out.
        positions: What the device says of where they are, any unit; not used unless it says so of all of them.
    """
    known = tuple(sorted(set(qubits)))
    pairs = tuple(sorted({(min(p), max(p)) for p in couplings if p[0] != p[1] and {*p} <= set(known)}))
    told = tuple((positions or {}).get(qubit) for qubit in known)
    return _layout(known, pairs, told)


@lru_cache(maxsize=32)
def _layout(qubits: tuple[int, ...], pairs: tuple[Pair, ...], told: tuple[Place | None, ...]) -> ChipLayout:
    own = _own(qubits, pairs, told)
    return ChipLayout(own or _side_by_side([_drawn(part, pairs) for part in _parts(qubits, pairs)]), pairs)


def _own(qubits: Sequence[int], pairs: Sequence[Pair], told: Sequence[Place | None]) -> dict[int, Place]:
    """Return the coordinates of the device with couplings of length 1; nothing where they are no drawing."""
    if not qubits or not all(place is not None and all(map(math.isfinite, place)) for place in told):
        return {}
    places = np.array(told, dtype=float)
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    index = {qubit: i for i, qubit in enumerate(qubits)}
    lengths = [apart[index[a], index[b]] for a, b in pairs] or [apart.min()]
    unit = float(np.median(lengths))
    if len(qubits) == 1:
        return {qubits[0]: (0.0, 0.0)}
    if not (math.isfinite(unit) and unit > 0) or apart.min() < _CLOSEST * unit:
        return {}
    return {qubit: (float(x), float(y)) for qubit, (x, y) in zip(qubits, places / unit, strict=True)}


def _parts(qubits: Sequence[int], pairs: Sequence[Pair]) -> list[tuple[int, ...]]:
    """Return the coupled parts, the largest first; all qubits without a coupling are one."""
    near = _neighbours(qubits, pairs)
    seen: set[int] = set()
    parts, alone = [], []
    for start in qubits:
        if start in seen:
            continue
        found, ahead = {start}, [start]
        while ahead:
            new = near[ahead.pop()] - found
            found |= new
            ahead += new
        seen |= found
        if len(found) == 1:
            alone.append(start)
        else:
            parts.append(tuple(sorted(found)))
    parts.sort(key=lambda part: (-len(part), part))
    return [*parts, *([tuple(alone)] if alone else [])]


def _neighbours(qubits: Iterable[int], pairs: Iterable[Pair]) -> dict[int, set[int]]:
    near: dict[int, set[int]] = {qubit: set() for qubit in qubits}
    for a, b in pairs:
        if a in near and b in near:
            near[a].add(b)
            near[b].add(a)
    return near


def _drawn(part: Sequence[int], pairs: Sequence[Pair]) -> dict[int, Place]:
    """Return places of one coupled part, or of qubits without couplings."""
    near = _neighbours(part, pairs)
    count = sum(map(len, near.values())) // 2
    if count == 0:
        return _rows(part)
    if count > _CROWDED * len(part):
        return _circle(part) if len(part) <= _MOST_IN_CIRCLE else _rows(part)
    if count == len(part) - 1 and max(map(len, near.values())) <= 2:
        return _snake(near)
    if found := lattice(near):
        return _lying(found)
    if len(part) > _MOST_STRESSED:
        return _rows(part)
    drawing = stressed(near)
    return _lying(lattice(near, drawing) or drawing)


def _lying(places: Mapping[int, Place]) -> dict[int, Place]:
    """Return a drawing that is wider than high: as screens and pages of text are."""
    wide, tall = np.ptp(np.array(list(places.values())), axis=0)
    return {qubit: (-y, -x) for qubit, (x, y) in places.items()} if tall > _SLIM * wide else dict(places)


def _circle(part: Sequence[int]) -> dict[int, Place]:
    """Return places on a circle, neighbours 1 apart, clockwise from the top."""
    turn = 2 * math.pi / len(part)
    radius = 0.5 / math.sin(turn / 2)
    return {qubit: (radius * math.sin(i * turn), radius * math.cos(i * turn)) for i, qubit in enumerate(part)}


def _rows(part: Sequence[int]) -> dict[int, Place]:
    """Return places row by row, in a shape near that of a screen."""
    columns = math.ceil(math.sqrt(1.6 * len(part))) if len(part) > _LINE else len(part)
    return {qubit: (float(i % columns), float(-(i // columns))) for i, qubit in enumerate(part)}


def _snake(near: Mapping[int, set[int]]) -> dict[int, Place]:
    """Return places of a chain: to the right, down, back to the left."""
    end = min(qubit for qubit, others in near.items() if len(others) == 1)
    chain = [end]
    while len(chain) < len(near):
        chain.append(next(other for other in near[chain[-1]] if other not in chain[-2:]))
    width = len(chain) if len(chain) <= _LINE else math.ceil(math.sqrt(1.6 * len(chain)))
    places = {}
    for i, qubit in enumerate(chain):
        row, column = divmod(i, width)
        places[qubit] = (float(column if row % 2 == 0 else width - 1 - column), float(-row))
    return places


def _side_by_side(parts: Sequence[Mapping[int, Place]]) -> dict[int, Place]:
    """Return all parts in rows, each row as wide as the whole is high, about."""
    sizes = [np.ptp(np.array(list(part.values())), axis=0) + _APART for part in parts]
    widest = max(
        [float(size[0]) for size in sizes] + [math.sqrt(1.6 * sum(float(s[0] * s[1]) for s in sizes))], default=0
    )
    places: dict[int, Place] = {}
    left, top, lowest = 0.0, 0.0, 0.0
    for part, size in zip(parts, sizes, strict=True):
        corner = np.array(list(part.values()))
        if left > 0 and left + float(size[0]) > widest + 1e-9:
            left, top = 0.0, lowest
        shift = (left - float(corner[:, 0].min()), top - float(corner[:, 1].max()))
        places |= {qubit: (x + shift[0], y + shift[1]) for qubit, (x, y) in part.items()}
        left += float(size[0])
        lowest = min(lowest, top - float(size[1]))
    return places
