"""
Delays of a fringe whose frequency nobody knows: short gaps at first, growing by equal amounts.

On equal gaps g the frequencies f and f + 1/g give the same points, so that no analysis can tell them apart. Here the
first gaps tell roughly how often the qubit has turned at the next, as long as detunings stay below one turn in two of
them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HIGHEST = 1e6
"""A plausible detuning is no larger, Hz: drives are within a thousandth of the frequency of their qubit."""
TURN = 0.4
"""The first gap holds no more of a turn: both quadratures tell up to a half in either direction."""
STEP = 2.0
"""Delays are multiples of so many ns where no device asks for others: most clocks can keep these."""


def growing(points: int, longest: float, artificial: float) -> Array:
    """
    Return delays from 0 to the longest, in ascending order.

    Args:
        points: How many.
        longest: ns.
        artificial: Artificial detuning, Hz, by which a fringe is faster than the qubit is detuned.
    """
    mean = longest / (points - 1)
    first = min(mean, TURN * 1e9 / (HIGHEST + abs(artificial)))
    gaps = np.linspace(first, 2 * mean - first, points - 1)
    found: Array = np.concatenate([[0.0], np.cumsum(gaps)])
    return found


def notes(kept: Array, asked: int, artificial: float) -> list[str]:
    """
    Return what is odd about listed delays, each in a sentence.

    Args:
        kept: Those that are measured, ns, in ascending order.
        asked: How many were listed.
        artificial: Artificial detuning, Hz.
    """
    told = []
    if len(kept) < asked:
        told.append(f"{len(kept)} of {asked} delays are left, the others fall together on the clock: list longer ones")
    shortest = float(np.diff(kept).min()) if len(kept) > 1 else 0.0
    needed = 0.5e9 / (abs(artificial) + HIGHEST)
    if shortest > needed:
        told.append(
            f"the shortest gap between delays is {shortest:.4g} ns: it tells detunings up to "
            f"{max(0.5e9 / shortest - abs(artificial), 0):.3g} Hz from others, one of {needed:.3g} ns all up to "
            f"{HIGHEST:g} Hz"
        )
    return told
