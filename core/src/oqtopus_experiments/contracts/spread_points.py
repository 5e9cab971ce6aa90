"""Points spread from here to there, as a run file writes them: ``{ log = [first, last, number], step = 0.5 }``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts import clock_grid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPREADS = ("linear", "log")
"""By equal steps, and by equal factors."""
STEP = "step"
"""Beside one of them: spread points become different multiples of it, the nearest."""
MOST = 100_000
"""So many points at most."""


def spread(given: Mapping[str, Any]) -> tuple[float, ...]:
    """
    Return the points.

    Raises:
        ValueError: When it says no spread, or one without as many different points.
    """
    import numpy as np

    how = next((one for one in SPREADS if one in given), "")
    if not how or set(given) - {how, STEP}:
        message = (
            f"write {{log = [first, last, number]}} or {{linear = [first, last, number]}}, not {dict(given)!r:.60}"
        )
        raise ValueError(message)
    first, last, number = _ends(how, given[how])
    positions = (np.geomspace if how == "log" else np.linspace)(first, last, number)
    if STEP in given:
        positions = _multiples(np.sort(positions), given[STEP])
    return tuple(float(f"{one:.12g}") for one in positions)


def _ends(how: str, ends: Any) -> tuple[float, float, int]:
    if not isinstance(ends, (list, tuple)) or len(ends) != 3 or not all(isinstance(one, Real) for one in ends):
        message = f"{how} needs the first, the last and how many, [first, last, number], not {ends!r:.60}"
        raise ValueError(message)
    first, last, number = (float(one) for one in ends)
    if not (math.isfinite(first) and math.isfinite(last)):
        message = f"{how} begins and ends at finite numbers, not at {first:g} and {last:g}"
        raise ValueError(message)
    if not (number.is_integer() and 2 <= number <= MOST):
        message = f"{how} needs a whole number of points, from 2 to {MOST:,}, not {number:g}"
        raise ValueError(message)
    if how == "log" and not (first > 0 and last > 0):
        message = f"log begins and ends above 0, not at {first:g} and {last:g}; list 0 beside it, or use linear"
        raise ValueError(message)
    return first, last, int(number)


def _multiples(positions: NDArray[np.float64], step: Any) -> NDArray[np.float64]:
    """Return different multiples of a step, the nearest; positions ascend, and are refused where there are too few."""
    if not isinstance(step, Real) or not 0 < float(step) < math.inf:
        message = f"{STEP} is a number above 0, of which the points are multiples, not {step!r:.40}"
        raise ValueError(message)
    width = float(step)
    room = round(positions[-1] / width) - round(positions[0] / width) + 1
    if room < len(positions):
        message = (
            f"there are {room} multiples of {width:g} from {positions[0]:g} to {positions[-1]:g}, not "
            f"{len(positions)}: ask for no more, or leave {STEP} out"
        )
        raise ValueError(message)
    return clock_grid.apart(positions, width)
