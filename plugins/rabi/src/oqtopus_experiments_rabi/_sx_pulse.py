"""
The rotation swept by repeating a calibrated pulse: n sx gates are a drive of amplitude n/2, on every device.

Nothing is swept that a device could make of something else, and one error of the drive adds up over the pulses. So do
the errors of the gates: the contrast decays with the number of pulses.
"""

from __future__ import annotations

import itertools
import math
import numbers
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import FitModel, FitSummary, Reason, ReasonCode, checks, readout

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

LONGEST = 1000
"""Largest amplitude: circuits of 2000 pulses."""
GROWTH = 2.0
"""Largest ratio of two numbers of pulses that follow each other."""
STRONGEST = 1.5
"""A drive that turns further than this, in parts of what it should, is hard to tell from one that turns 4 - this."""

TWICE = 2.0
"""From such a drive on sx turns by pi and more."""


def default_window(points: Any) -> float:
    """Return the amplitude up to which each number of pulses has a point; a wrong number is told by its own check."""
    return min((points - 1) / 2, LONGEST) if isinstance(points, int) and points > 1 else 2.0


def check_window(field: attrs.Attribute[Any], largest: float) -> None:
    """Refuse a largest amplitude that no number of pulses has, or too many of them."""
    if largest > LONGEST:
        message = f'{field.name!r} must be at most {LONGEST} with pulse = "sx", which are {2 * LONGEST} pulses'
        raise ValueError(message)
    if 2 * largest != round(2 * largest):
        nearest = max(1, round(2 * largest)) / 2
        message = f'{field.name!r} is in steps of one half with pulse = "sx", each a pulse more: {nearest:g} is near'
        raise ValueError(message)


def check_listed(field: attrs.Attribute[Any], listed: Sequence[float]) -> None:
    """Refuse listed amplitudes that no number of pulses has, or too many of them."""
    if max(listed) > LONGEST:
        message = (
            f'{field.name!r} are at most {LONGEST} with pulse = "sx", which are {2 * LONGEST} pulses, not '
            f"{max(listed):g}"
        )
        raise ValueError(message)
    odd = next((one for one in listed if 2 * one != round(2 * one)), None)
    if odd is not None:
        message = (
            f'{field.name!r} holds {odd:g}: with pulse = "sx" each is a multiple of one half, a pulse more; '
            f"{round(2 * odd) / 2:g} is near, and what is spread takes step = 0.5"
        )
        raise ValueError(message)


def notes_of_list(swept: NDArray[np.float64]) -> list[str]:
    """Return whether listed numbers of pulses leave open how often the qubit has turned between two of them."""
    numbers = [0, *(round(2 * one) for one in swept if one > 0)]
    pairs = itertools.pairwise(numbers)
    wide = next(((before, after) for before, after in pairs if after > max(1, GROWTH * before)), None)
    if wide is None:
        return []
    told = f"from {wide[0]} to {wide[1]} pulses other numbers of turns would fit as well"
    return [f"{told}: list some between, from 1 on each at most {GROWTH:g} times the one before"]


def check_points(field: attrs.Attribute[Any], points: int, largest: Any) -> None:
    """Refuse more points than there are numbers of pulses, and too few to follow the rotation."""
    # The window is checked after the points, and says itself what is wrong with it: it may be anything here.
    window = float(largest) if isinstance(largest, numbers.Real) else math.nan
    most = round(2 * window) if 0 < window <= LONGEST else 0
    if not most or most != 2 * window:
        return
    if points > most + 1:
        enough = (points - 1) / 2
        step = f"; for {points} points leave max_amplitude out, or make it {enough:g}" if enough <= LONGEST else ""
        message = f'{field.name!r} is at most {most + 1} with pulse = "sx": no other numbers of pulses are up to {most}'
        raise ValueError(f"{message}{step}")
    if points < _fewest(window):
        said = f'pulse = "sx" and max_amplitude = {largest:g}'
        message = (
            f"{field.name!r} is at least {_fewest(window)} with {said}: with fewer, other numbers of turns would "
            "fit as well"
        )
        raise ValueError(message)


def amplitudes(points: int, largest: float) -> NDArray[np.float64]:
    """
    Return so many amplitudes from 0 to the largest, each half the number of its pulses.

    Every number has a point where there are enough. Otherwise gaps grow in proportion to the number, at most to twice
    it: what fewer pulses tell is then enough to know how often the qubit has turned by the next point.
    """
    most, low, high = round(2 * largest), 1.0, GROWTH
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _numbers(points, middle)[-1] <= most else (low, middle)
    return np.array([*_numbers(points, low)[:-1], most]) / 2


def windows(points: int, largest: float) -> list[float]:
    """Return this window and larger ones: the same points tell more, until the contrast is lost."""
    larger = (largest * factor for factor in (1, 2, 4))
    return [window for window in larger if window <= LONGEST and points >= _fewest(window)]


def _fewest(largest: float) -> int:
    return 2 + math.ceil(math.log2(2 * largest))


def _numbers(points: int, growth: float) -> list[int]:
    found = [0]
    for _ in range(points - 1):
        # None is beyond what any window has: they would grow without bound.
        found.append(min(max(found[-1] + 1, round(found[-1] * growth)), 4 * LONGEST + len(found)))
    return found


def circuit(amplitude: float) -> QuantumCircuit:
    """Return so many sx pulses, measured. Barriers keep compilers from making one gate of two."""
    from qiskit import QuantumCircuit

    made = QuantumCircuit(1, 1)
    for _ in range(round(2 * amplitude)):
        made.sx(0)
        made.barrier(0)
    made.measure(0, 0)
    return made


def references(repeats: int) -> dict[str, QuantumCircuit]:
    """Return circuits that read out |0> and two sx pulses: an x gate has a calibration of its own."""
    made = readout.circuits(repeats)
    return {name: circuit(1.0) if name.startswith("excited") else ground for name, ground in made.items()}


def fit_model(repeats: int, *, listed: bool) -> FitModel:
    """
    Return an oscillation that starts at its minimum and whose contrast decays with every pulse.

    Args:
        repeats: Reference circuits of each kind.
        listed: Whether a person chose the numbers of pulses, which then may leave the number of turns open.
    """
    return FitModel(
        oscillation,
        guess,
        quantities=("pi_amplitude", "drive_scale", "contrast", "offset", "pulse_loss"),
        # Twice as strong a drive makes sx a pi pulse; beyond that, whole numbers of pulses look like a weaker one.
        bounds={"pi_amplitude": (1 / TWICE, np.inf)},
        derived={"drive_scale": drive_scale},
        symbols={"pi_amplitude": "π amplitude"},
        flat="no oscillation within the swept numbers of pulses",
        checks=(
            resolved,
            *([checks.told_apart("pi_amplitude", "amplitude", 1 / TWICE)] if listed else []),
            checks.precise("pi_amplitude", 0.1),
            checks.positive(
                "contrast", ReasonCode.INVERTED, "the signal starts at its maximum: the qubit is not in |0>"
            ),
        ),
        references=readout.models(repeats, ground=ground, excited=excited),
        example={"pi_amplitude": 1.0, "contrast": 0.95, "offset": 0.5, "pulse_loss": 0.002},
        formula="P(1) = offset - contrast / 2 * exp(-2 * pulse_loss * amplitude) * cos(pi * amplitude / pi_amplitude)",
    )


def oscillation(
    amplitude: NDArray[np.float64], pi_amplitude: float, contrast: float, offset: float, pulse_loss: float
) -> NDArray[np.float64]:
    """
    Return ``offset - contrast/2 exp(-2 pulse_loss amplitude) cos(pi amplitude / pi_amplitude)``.

    P(1) after ``2 amplitude`` pulses, each of which turns by ``pi / (2 pi_amplitude)`` and leaves ``exp(-pulse_loss)``
    of the contrast: depolarizing, and the mean of relaxation and dephasing, as the state turns from one to the other.
    """
    kept = np.exp(-2 * pulse_loss * amplitude)
    found: NDArray[np.float64] = offset - contrast / 2 * kept * np.cos(np.pi * amplitude / pi_amplitude)
    return found


def ground(contrast: float, offset: float) -> float:
    """Return P(1) of the ground state."""
    return offset - contrast / 2


def excited(pi_amplitude: float, contrast: float, offset: float, pulse_loss: float) -> float:
    """Return P(1) after two pulses."""
    return float(oscillation(np.array(1.0), pi_amplitude, contrast, offset, pulse_loss))


def drive_scale(pi_amplitude: float) -> float:
    """Return how much further the drive turns than it was calibrated to."""
    return 1 / pi_amplitude


def guess(amplitude: NDArray[np.float64], signal: NDArray[np.float64]) -> list[dict[str, float]]:
    """Return starts at the drives from 0 to twice as strong whose cosine explains most of the signal."""
    trials = np.linspace(0, 2, 16 * math.ceil(float(amplitude.max())) + 1)[1:-1]
    centered = signal - signal.mean()
    slopes, explained = np.empty(len(trials)), np.empty(len(trials))
    for i, scale in enumerate(trials):
        wave = np.cos(np.pi * scale * amplitude)
        wave -= wave.mean()
        slopes[i] = wave @ centered / max(float(wave @ wave), 1e-9)
        explained[i] = slopes[i] * (wave @ centered)
    padded = np.concatenate([[-np.inf], explained, [-np.inf]])
    best = np.flatnonzero((explained >= padded[:-2]) & (explained >= padded[2:]))
    return [
        {
            "pi_amplitude": 1 / float(trials[i]),
            "contrast": -2 * float(slopes[i]),
            "offset": float(signal.mean()),
            "pulse_loss": 0.0,
        }
        for i in best[np.argsort(-explained[best], kind="stable")][:3]
    ]


def resolved(summary: FitSummary) -> Sequence[Reason]:
    """Return what numbers of pulses cannot tell: less than half a turn, or a drive nearly twice too strong."""
    half, window = summary.quantities["pi_amplitude"].value, float(np.ptp(summary.axes["amplitude"]))
    if not half > 0:
        return []
    if window < half:
        message = f"the window shows {window / (2 * half):.2g} of a period; widen it to one or more"
        return [Reason(ReasonCode.WINDOW_TOO_SHORT, message, "bad" if window < 0.5 * half else "suspect")]
    if 1 / half > STRONGEST:
        message = (
            f"a drive {4 - 1 / half:.3g} times as strong as calibrated would look the same; calibrate sx roughly first"
        )
        return [Reason(ReasonCode.UNDERSAMPLED, message, "suspect")]
    return []
