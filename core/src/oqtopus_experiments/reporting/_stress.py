"""
A drawing of any couplings: distances on paper as near as can be to distances along couplings. Pure, seeded.

Stress majorization (Gansner, Koren and North, "Graph drawing by stress majorization", 2004), from the start that
classical scaling gives; where couplings cross, also from others, and the one with the fewest crossings is taken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Place = tuple[float, float]

_ROUNDS = 150
_STARTS = 6
_MOST_STARTED = 150
"""Qubits of a part that is drawn from more than one start."""


def stressed(near: Mapping[int, set[int]]) -> dict[int, Place]:
    """Return a place for every qubit of a coupled device: the median coupling is 1 long, most are upright or level."""
    names = sorted(near)
    pairs = [(a, b) for a in names for b in near[a] if a < b]
    apart = _distances(names, near)
    best: dict[int, Place] = {}
    fewest = math.inf
    for seed in range(_STARTS if len(names) <= _MOST_STARTED else 1):
        start = _scaled_classically(apart)
        if seed:
            start += np.random.default_rng(seed).normal(scale=0.2 * seed * apart.max() / _STARTS, size=start.shape)
        drawn = _levelled(_majorized(apart, start), names, pairs)
        count = crossings(drawn, pairs)
        if count < fewest:
            best, fewest = drawn, count
        if not fewest:
            break
    return best


def crossings(places: Mapping[int, Place], pairs: Sequence[tuple[int, int]]) -> int:
    """Return how many pairs of couplings cross; those that share a qubit do not."""
    if len(pairs) < 2:
        return 0
    ends = np.array(pairs)
    first = np.array([places[a] for a, _ in pairs])
    last = np.array([places[b] for _, b in pairs])

    def side(a: Array, b: Array, c: Array) -> Array:
        across: Array = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
            c[..., 0] - a[..., 0]
        )
        return np.where(np.abs(across) < 1e-9, 0.0, across)

    a, b, c, d = first[:, None], last[:, None], first[None], last[None]
    meet = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
    shared = (ends[:, None, :, None] == ends[None, :, None, :]).any(axis=(2, 3))
    return int((meet & ~shared).sum()) // 2


def _distances(names: Sequence[int], near: Mapping[int, set[int]]) -> Array:
    """Return the number of couplings from each qubit to each other."""
    index = {name: i for i, name in enumerate(names)}
    apart = np.zeros((len(names), len(names)))
    for start in names:
        seen, edge, steps = {start}, [start], 0
        while edge:
            for name in edge:
                apart[index[start], index[name]] = steps
            edge = list({other for name in edge for other in near[name]} - seen)
            seen |= set(edge)
            steps += 1
    return apart


def _scaled_classically(apart: Array) -> Array:
    """Return the plane that keeps most of the squared distances."""
    squares = apart**2
    centred = -0.5 * (squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean())
    values, vectors = np.linalg.eigh(centred)
    chosen = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 1e-3))
    # The sign of an eigenvector is nobody's: the largest entry counts as positive.
    signs = np.sign(chosen[np.abs(chosen).argmax(axis=0), [0, 1]])
    found: Array = chosen * signs
    # What is folded onto itself, as a star, needs a push apart.
    return found + np.random.default_rng(0).normal(scale=1e-3 * apart.max(), size=found.shape)


def _majorized(apart: Array, start: Array) -> Array:
    with np.errstate(divide="ignore"):
        weights = np.where(apart > 0, apart**-2.0, 0.0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.pinv(laplacian, hermitian=True)
    places = start
    for _ in range(_ROUNDS):
        now = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
        ratio = np.divide(weights * apart, now, out=np.zeros_like(now), where=now > 1e-12)
        moved: Array = inverse @ ((np.diag(ratio.sum(axis=1)) - ratio) @ places)
        if np.abs(moved - places).max() < 1e-4:
            return moved
        places = moved
    return places


def _levelled(places: Array, names: Sequence[int], pairs: Sequence[tuple[int, int]]) -> dict[int, Place]:
    """Turn the drawing until its couplings are as upright or level as they can be, and scale it."""
    index = {name: i for i, name in enumerate(names)}
    along = np.array([places[index[b]] - places[index[a]] for a, b in pairs])
    angles = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    turns = np.arange(0.0, 90.0)
    off = np.abs((angles[:, None] - turns + 45) % 90 - 45).sum(axis=0)
    turn = -math.radians(float(turns[int(off.argmin())]))
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    turned = places @ matrix.T / float(np.median(np.hypot(*along.T)))
    low, high = turned[index[names[0]]], turned[index[names[-1]]]
    # The first qubit is towards the upper left of the last.
    turned = turned * (-1 if low[0] > high[0] else 1, -1 if low[1] < high[1] else 1)
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, turned, strict=True)}
