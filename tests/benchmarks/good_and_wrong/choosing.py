"""Which circuits something happens to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .lab import Lab, Record, Rng


def some(lab: Lab, rng: Rng, low: int, high: int) -> NDArray[np.intp]:
    """Choose so many circuits of the sweep, more of them where there are more points than thirty."""
    number = int(rng.integers(low, high + 1))
    return rng.choice(lab.points, min(max(number, number * lab.points // 30), lab.points // 2), replace=False)


def stretch(lab: Lab, rng: Rng, low: float, high: float) -> NDArray[np.bool_]:
    """Choose circuits that ran one after the other: such a part of the run."""
    length = rng.uniform(low, high)
    start = rng.uniform(0, 1 - length)
    return (lab.time >= start) & (lab.time <= start + length)


def at(indices: NDArray[np.intp], lab: Lab) -> NDArray[np.bool_]:
    return np.isin(np.arange(len(lab.x)), indices)


def where(mask: NDArray[np.bool_], chosen: Record, other: Record) -> Record:
    return Record(np.where(mask, chosen.ones, other.ones), np.where(mask, chosen.shots, other.shots))
