"""What became of a series, in numbers and as a sentence: its steps and its drift. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.reporting._changes import changes
from oqtopus_experiments.reporting._comparable import Comparable, comparable_numbers
from oqtopus_experiments.storage._lines import Floats, SeriesNumbers

_DAY = 86_400.0
"""Seconds."""


@frozen
class Drift:
    """
    A slope of the quantity in time.

    Args:
        slope: Change per unit of time with its standard error, in the unit of the quantity.
        per: The unit of time: ``day``, or ``run`` where the times of the runs are not known.
        sigma: How many standard errors it is from none.
        percent: The same in percent of the quantity; NaN where that has no scale.
    """

    slope: Quantity
    per: str
    sigma: float
    percent: float = math.nan

    def __str__(self) -> str:
        """Return ``drifts by -0.48 ± 0.10 us per day (-1.2 %), 4.8 σ``."""
        part = f" ({self.percent:+.2g} %)" if math.isfinite(self.percent) else ""
        return f"drifts by {self.slope} per {self.per}{part}, {self.sigma:.1f} σ"


@frozen
class SeriesChange:
    """
    What became of a series.

    Args:
        steps: How many sigma the level before a measurement differs from that after it, by its number in the series.
        drift: Its drift between the steps; None where it does not drift.
    """

    steps: Mapping[int, float]
    drift: Drift | None = None

    def __bool__(self) -> bool:
        """Return whether it has a step or a drift."""
        return bool(self.steps) or self.drift is not None

    def __str__(self) -> str:
        """Return it as the rest of a sentence."""
        steps = len(self.steps)
        told = [str(self.drift)] if self.drift else []
        told += [f"has {steps} step{'s' * (steps > 1)}"] if steps else []
        return " and ".join(told) or "shows no change beyond its errors"


def change_of(numbers: SeriesNumbers, unit: str) -> tuple[SeriesChange, Floats]:
    """
    Return what became of a series: every step at the first measurement after it that is used.

    Bad values are not used, nor what has no error.

    Args:
        numbers: The series, in order of time.
        unit: Its unit.

    Returns:
        The change, and what each value would be without noise, shape (n,), NaN where it was not used.
    """
    errors = np.hypot(numbers.stderrs, np.where(np.isfinite(numbers.systematics), numbers.systematics, 0.0))
    known = np.isfinite(numbers.values) & np.isfinite(numbers.stderrs) & ~numbers.bad
    used = np.flatnonzero(known & (numbers.stderrs >= 0) & (errors > 0))
    expected = np.full(len(numbers.values), math.nan)
    if not len(used):
        return SeriesChange({}), expected
    scaled = comparable_numbers(numbers.values[used], errors[used], unit)
    times, per = _times(numbers.began[used])
    changed = changes(scaled.values, scaled.errors, times)
    expected[used] = scaled.back(changed.fitted)
    steps = {int(used[step.cut]): step.sigma for step in changed.steps}
    if changed.slope is None:
        return SeriesChange(steps), expected
    typical = _typical(scaled)
    slope = Quantity("drift", changed.slope.value * typical, changed.slope.stderr * typical, unit)
    percent = 100 * changed.slope.value if scaled.relative else math.nan
    return SeriesChange(steps, Drift(slope, per, changed.slope.sigma, percent)), expected


def _typical(numbers: Comparable) -> float:
    """Return at which value a slope is told: of a logarithm it is a part of the quantity."""
    return float(np.exp(np.average(numbers.values, weights=numbers.errors**-2))) if numbers.relative else 1.0


def _times(began: NDArray[np.float64]) -> tuple[Floats, str]:
    """Return the times in days; their numbers when any of them is missing or unreadable."""
    if np.isfinite(began).all():
        return began / _DAY, "day"
    return np.arange(len(began), dtype=float), "run"
