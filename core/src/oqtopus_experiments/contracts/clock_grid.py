"""Positions that a clock can keep: the nearest multiples of its step, kept apart or each once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def apart(positions: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """
    Return the nearest multiples of a step, all different, no longer than the longest; as they are without so many.

    Args:
        positions: In ascending order, shape (n,).
        step: What a clock can keep, > 0, in the unit of the positions.
    """
    import numpy as np

    ticks = np.round(positions / step)
    last = ticks[-1]
    places = np.arange(len(positions))
    if last < places[-1]:
        return positions
    # Those that fall together move up one by one, and those that this would push beyond the end move down.
    moved_up = np.maximum.accumulate(ticks - places) + places
    kept: NDArray[np.float64] = np.minimum(moved_up, last - places[::-1]) * step
    return kept


def each_once(positions: NDArray[np.float64], step: float, longest: float = math.inf) -> NDArray[np.float64]:
    """
    Return the nearest multiples of a step that are no longer than the longest; those that fall together once.

    Args:
        positions: Shape (n,).
        step: What a clock can keep, in the unit of the positions; 0 leaves them as they are.
        longest: No multiple is beyond it.
    """
    import numpy as np

    if not step > 0:
        return positions
    kept: NDArray[np.float64] = np.unique(np.minimum(np.round(positions / step), np.floor(longest / step))) * step
    return kept
