"""
Delays of a fringe whose frequency nobody knows: short gaps at first, growing by equal amounts.

On equal gaps g the frequencies f and f + 1/g give the same points, so that no analysis can tell them apart. Here the
first gaps tell roughly how often the qubit has turned at the next, as long as detunings stay below one turn in two of
them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import listed

Array = NDArray[np.float64]

HIGHEST = 1e6
"""A plausible detuning is no larger, Hz: drives are within a thousandth of the frequency of their qubit."""
TURN = 0.4
"""The first gap holds no more of a turn: both quadratures tell up to a half in either direction."""
STEP = 2.0
"""Delays are multiples of so many ns where no device asks for others: most clocks can keep these."""


def delays(points: int, longest: float, step: float, artificial: float) -> Array:
    """
    Return delays from 0 to the longest, in ascending order.

    Args:
        points: How many; fewer where several would fall together.
        longest: ns.
        step: Delays are multiples of it, ns; 0 leaves them as they are.
        artificial: Artificial detuning, Hz, by which a fringe is faster than the qubit is detuned.
    """
    mean = longest / (points - 1)
    first = min(mean, TURN * 1e9 / (HIGHEST + abs(artificial)))
    gaps = np.linspace(first, 2 * mean - first, points - 1)
    found = np.concatenate([[0.0], np.cumsum(gaps)])
    return listed.once_on_grid(found, step)
