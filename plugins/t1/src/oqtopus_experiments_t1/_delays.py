"""
Which delays tell a decay constant best, and which of them a clock can keep.

For a decay ``p(t) = amplitude exp(-t/T) + offset`` whose ends are known, n shots at delay t know T to

    stderr / T = sqrt(p (1 - p) / n) / (amplitude u exp(-u)),  u = t / T,

which is least at u = 1.3 (readout errors of 0.02 and 0.03) and twice that at 0.2 and 4. So delays should lie near
1.3 T, and the ends are what reference circuits read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SPACINGS = ("linear", "log", "auto")
# Delays that grow from so small a part of the longest see constants of 1/30 to 1/2 of it about equally well.
LOG_FROM = 0.01
# For a T from a third to three times a third of the longest delay: the range that keeps the worst of them best.
AUTO_FROM = 0.4 / 3


def spread(spacing: str, longest: float, points: int) -> Array:
    """
    Return delays up to the longest, in ascending order.

    ``linear``: from 0 in equal steps. ``log``: 0, then by equal factors from a hundredth of the longest. ``auto``: by
    equal factors from 2/15 of the longest; for a guess g of the constant and ``longest = 3 g`` that is 0.4 g to 3 g.
    """
    if spacing == "linear":
        return np.linspace(0, longest, points)
    if spacing == "log":
        return np.append(0.0, np.geomspace(LOG_FROM * longest, longest, points - 1))
    return np.geomspace(AUTO_FROM * longest, longest, points)
