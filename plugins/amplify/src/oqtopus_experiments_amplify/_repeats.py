"""
Circuits of a repeated gate, by what they end in, and how often the gate is repeated.

Ends in ``0`` and ``1`` tell what the readout makes of the two states, and what the gates cost. Where the state ends
half way between them, every repeat moves it by the error of the angle: ``rising`` where a gate that turns too far ends
nearer to 1, ``falling`` where it ends nearer to 0. A readout that drifts moves both to the same side.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

GATES = ("x", "sx")
ANGLE = {"x": math.pi, "sx": math.pi / 2}
# Numbers of repeats of which one is up to so many times the one before leave no doubt how often a qubit has turned.
GROWTH = 2.0

# How many sx come before and after the repeated gate, by gate and end, and by how many repeats more than an even number
# (x), or than a multiple of four (sx), that end is reached.
PREPARED = {
    "x": {
        "0": (0, 0, 0),
        "1": (0, 0, 1),
        "rising": (1, 0, 0),
        "falling": (1, 0, 1),
        "1 by halves": (1, 1, 0),
        "0 by halves": (1, 1, 1),
    },
    "sx": {"0": (0, 0, 0), "1": (0, 0, 2), "rising": (0, 0, 1), "falling": (0, 0, 3)},
}
# After so many repeats all is as before.
PERIOD = {"x": 2, "sx": 4}


def of_ends(gate: str, ends: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return how many sx are before and after, and how many repeats beyond a period, at each point, shape (3, n)."""
    made = PREPARED[gate]
    return np.array([made[one] for one in ends.tolist()], dtype=float).T


def most_points(gate: str, largest: int) -> int:
    """Return how many numbers of repeats there are up to the largest."""
    return 1 + max(1, largest // PERIOD[gate])


def fewest(gate: str, largest: int) -> int:
    """Return how many numbers of repeats are needed up to the largest."""
    return 2 + math.ceil(math.log(max(largest // PERIOD[gate], 2), GROWTH))


def numbers(gate: str, points: int, largest: int) -> NDArray[np.int64]:
    """Return so many multiples of a period from 0 to the largest, those behind the first by equal factors."""
    periods = max(1, largest // PERIOD[gate])
    grown = np.geomspace(1, periods, max(points - 1, 1))
    # Where factors are smaller than a step, numbers follow each other.
    apart = np.maximum.accumulate(np.round(grown) - np.arange(len(grown))) + np.arange(len(grown))
    return PERIOD[gate] * np.unique(np.append(0, np.minimum(apart, periods))).astype(np.int64)


def circuit(gate: str, ends: str, repeats: float) -> QuantumCircuit:
    """Return the gate so many times, between the sx that this end needs, measured; nothing of it can be merged."""
    from qiskit import QuantumCircuit

    before, after, _ = PREPARED[gate][ends]
    made = QuantumCircuit(1, 1)
    for name in (*["sx"] * before, *[gate] * round(repeats), *["sx"] * after):
        getattr(made, name)(0)
        made.barrier(0)
    made.measure(0, 0)
    return made
