"""
Amplitudes of one rx gate: equal steps while they tell every plausible drive from every other, growing gaps beyond.

On equal steps s the frequencies f and 1/s - f give the same points, so that no analysis can tell a pi amplitude from
``1 / (2/s - 1/pi_amplitude)``. With steps of up to a quarter, the other is a drive over four times too strong. With
fewer points the gaps grow by equal amounts from a quarter on (a chirp): the first ones tell roughly how often the
qubit has turned at the next, and no two frequencies below one per two quarters look alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRONGEST = 4.0
"""A plausible drive turns no further than so many times what it should: pi amplitudes from a quarter on."""
FIRST = 1 / STRONGEST
PER_PERIOD = 3
"""Amplitudes per calibrated period, which is 2, below which the oscillation between them is anybody's guess."""


def amplitudes(points: int, largest: float) -> NDArray[np.float64]:
    """Return so many amplitudes from 0 to the largest: a rule without chance, the same ones for the same arguments."""
    step = largest / (points - 1)
    if is_even(step):
        return np.linspace(0, largest, points)
    found = np.concatenate([[0.0], np.cumsum(np.linspace(FIRST, 2 * step - FIRST, points - 1))])
    found[-1] = largest  # to the last digit
    return found


def is_even(step: float) -> bool:
    """Return whether equal steps of this size tell every plausible drive; a step to rounding above the limit does."""
    return step <= FIRST * (1 + 1e-9)


def notes(points: int, largest: float) -> list[str]:
    """Return what is odd about so many amplitudes up to the largest, each in a sentence."""
    step = largest / (points - 1)
    if is_even(step):
        return []
    gaps = f"amplitudes are in gaps that grow from {FIRST:g} to {2 * step - FIRST:.3g}"
    told = [f"{gaps}: equal steps beyond {FIRST:g} cannot tell a strong drive from a weak one"]
    if 2 / step < PER_PERIOD:
        told.append(
            f"{2 / step:.2g} amplitudes per calibrated period, which is 2, undersample it: take {PER_PERIOD} or more, "
            f"by amplitude_points of {int(np.ceil(largest * PER_PERIOD / 2)) + 1} or max_amplitude of "
            f"{2 / PER_PERIOD * (points - 1):.3g}"
        )
    return told


def notes_of_list(swept: NDArray[np.float64]) -> list[str]:
    """Return what is odd about amplitudes that were listed, in ascending order, each in a sentence."""
    gaps, largest, points = np.diff(swept), float(swept[-1]), len(swept)
    if is_even(float(gaps.max())):
        return []
    told = []
    if not is_even(float(gaps.min())):
        told.append(
            f"the smallest gap between amplitudes is {gaps.min():.3g}: beyond {FIRST:g} a strong drive cannot be told "
            f"from a weak one; list two that are {FIRST:g} apart or less"
        )
    per_period = 2 * (points - 1) / float(np.ptp(swept))
    if per_period < PER_PERIOD:
        told.append(
            f"{per_period:.2g} amplitudes per calibrated period, which is 2, undersample it: list "
            f"{int(np.ceil(np.ptp(swept) * PER_PERIOD / 2)) + 1} up to {largest:.3g}"
        )
    return told
