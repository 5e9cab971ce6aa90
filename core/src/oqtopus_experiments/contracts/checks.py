"""
Findings about decays, oscillations and precision, for `FitModel.checks`: each call returns one check.

A check reads a `FitSummary` and returns reasons; none when there is nothing to say. Parameters that are not known
(NaN) are the business of the analyzer's own findings and give none. A window is that of the points with a value on the
axis, of all series together.

A check that asks for an axis that the model does not use, or for one of labels, is an `AnalysisError`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.model import FitSummary
from oqtopus_experiments.contracts.trigonometric_sums import sums_over_points, trigonometric_sums
from oqtopus_experiments.contracts.verdict import Level, Reason, ReasonCode
from oqtopus_experiments.errors import AnalysisError

Check: TypeAlias = Callable[[FitSummary], Sequence[Reason]]


_NOT_AT_ALL = 10.0
"""An error of more than so many times the value says nothing but that there is none."""
# The windows, in constants, whose standard error is within an eighth of the least (Fisher information, 30 equal steps):
# docs/statistics.md has the table.
BEST_FREE, BEST_REFERENCED = "5 to 8", "1 to 3"


def decay_window(time: str, axis: str, *, referenced: bool = False) -> Check:
    """
    Return a check that the sweep shows a decay with constant `time`, neither its beginning nor only its end.

    ``window_too_short``: the window is under half the constant (bad under a fifth), or could be within two standard
    errors: the decay is a slope, and its end a guess. ``window_too_long``: fewer than three points within three
    constants after the beginning (bad: none within two): the decay is over between two points, and its law cannot be
    seen. Both say which window is best: five to eight constants, or one to three where references read both ends.

    Args:
        time: Name of the constant.
        axis: Name of the axis, in the same unit.
        referenced: Whether reference circuits read both ends of the decay, which then begins at 0.
    """
    best = f"{BEST_REFERENCED if referenced else BEST_FREE} {time}"

    def check(summary: FitSummary) -> list[Reason]:
        quantity, positions = summary.quantities[time], _positions(summary, axis)
        constant = quantity.value
        if not constant > 0 or not len(positions):
            return []
        distance = positions if referenced else positions - positions.min()
        window = float(distance.max())
        # Of too short a window the constant itself is uncertain, and a small one would hide that.
        if window < 0.5 * (constant + (2 * quantity.stderr if math.isfinite(quantity.stderr) else 0)):
            level: Level = "bad" if window < 0.2 * constant else "suspect"
            message = f"the window is only {window / constant:.2g} of {time}; {best} are best"
            return [Reason(ReasonCode.WINDOW_TOO_SHORT, message, level)]
        # The first three constants hold 95 % of a decay.
        within = int(((distance > 0) & (distance <= 3 * constant)).sum())
        if within < 3:
            steep = ((distance > 0) & (distance <= 2 * constant)).any()
            message = f"{within} points within three {time}; narrow the window to {best}, or take more points"
            return [Reason(ReasonCode.WINDOW_TOO_LONG, message, "suspect" if steep else "bad")]
        return []

    return check


def _positions(summary: FitSummary, axis: str) -> NDArray[np.float64]:
    """Return where on an axis there are points; not those of other grids, which have no value on it."""
    values = summary.axes.get(axis)
    if values is None or values.dtype.kind not in "iuf":
        numeric = ", ".join(name for name, values in summary.axes.items() if values.dtype.kind in "iuf")
        message = (
            f"a check asks for the axis {axis!r}; the axes of numbers that the model uses are: {numeric or 'none'}"
        )
        raise AnalysisError(message)
    return np.asarray(values[np.isfinite(values)], dtype=float)


def oscillation_window(half_period: str, axis: str) -> Check:
    """
    Return a check that the sweep resolves an oscillation.

    ``window_too_short``: it shows less than half a period (bad: less than a quarter), so that contrast and period
    cannot be told apart. ``undersampled``: fewer than three points per period (bad: two or fewer even where they are
    closest, where another frequency explains the points as well).

    Args:
        half_period: Name of half the period, for example the amplitude of a pi pulse.
        axis: Name of the axis, in the same unit.
    """

    def check(summary: FitSummary) -> list[Reason]:
        half, positions = summary.quantities[half_period].value, np.unique(_positions(summary, axis))
        if not half > 0 or len(positions) < 2:
            return []
        reasons = []
        window = float(np.ptp(positions))
        if window < half:
            level: Level = "bad" if window < 0.5 * half else "suspect"
            message = f"the window shows {window / (2 * half):.2g} of a period; widen it to one or more"
            reasons.append(Reason(ReasonCode.WINDOW_TOO_SHORT, message, level))
        per_period = 2 * half / float(np.median(np.diff(positions)))
        if per_period < 3:
            level = "bad" if 2 * half / float(np.diff(positions).min()) <= 2 else "suspect"
            message = f"{per_period:.2g} points per period; take more points or narrow the window"
            reasons.append(Reason(ReasonCode.UNDERSAMPLED, message, level))
        return reasons

    return check


# Another frequency explains the points about as well when its chi-square is larger by no more than this (five sigma),
# or than this part of what the oscillation explains: systematics of a few percent could be the difference.
AS_WELL, AS_WELL_PART = 25.0, 0.02
# Trials per resolved frequency: between two of them the explained part falls by less than a percent.
FINENESS, MOST_TRIALS = 32, 100_000


def told_apart(half_period: str, axis: str, shortest: float) -> Check:
    """
    Return a check that the points tell an oscillation from every other that may be: ``undersampled``, bad, otherwise.

    For an oscillation with an extremum at 0 and a free offset. Every frequency up to that of the shortest half period
    is fitted to the points; the one that was found must explain them clearly better than any further away than the
    window resolves. It thereby finds the aliases of points in equal steps, which no chi-square sees.

    Args:
        half_period: Name of half the period, for example the amplitude of a pi pulse.
        axis: Name of the axis, in the same unit.
        shortest: The shortest half period that may be, > 0.
    """

    def check(summary: FitSummary) -> list[Reason]:
        half = summary.quantities[half_period].value
        x = np.asarray(summary.axes[axis], dtype=float) if len(_positions(summary, axis)) else np.empty(0)
        used = np.isfinite(x) & np.isfinite(summary.fitted) & (summary.stderr > 0)
        x, y, fitted = x[used], summary.mean[used], summary.fitted[used]
        if not half > 0 or len(np.unique(x)) < 4:
            return []
        # All points weigh the same: by their own errors the few that are read without any would count alone.
        variance, span = float(np.mean(summary.stderr[used] ** 2)), float(np.ptp(x))
        left = float(np.sum((y - fitted) ** 2)) / variance
        explained = float(np.sum((y - y.mean()) ** 2)) / variance - left
        frequencies, squares = _left_by_cosines(x, y - y.mean(), 1 / (2 * shortest))
        others = squares / variance
        others = np.where(np.abs(frequencies - 1 / (2 * half)) * span > 1, others, np.inf)
        best = int(np.argmin(others))
        if others[best] - left > max(AS_WELL, AS_WELL_PART * explained):
            return []
        message = (
            f"{half_period} = {1 / (2 * frequencies[best]):.3g} explains the points about as well; take more points or "
            "narrow the window"
        )
        return [Reason(ReasonCode.UNDERSAMPLED, message, "bad")]

    return check


def _left_by_cosines(
    x: NDArray[np.float64], centered: NDArray[np.float64], highest: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return frequencies up to the highest, and the squares that a cosine of each and a constant leave of a signal."""
    step, total = 1 / (FINENESS * float(np.ptp(x))), len(x)
    count = int(min(max(highest / step, 1), MOST_TRIALS))
    once = sums_over_points(x, step, step, count).real
    twice = sums_over_points(x, 2 * step, 2 * step, count).real
    along = trigonometric_sums(x, centered, step, step, count).real
    squares = (total + twice) / 2 - once**2 / total
    # A cosine that is the same at all points explains nothing.
    explained = np.where(squares > 1e-6 * total, along**2 / np.maximum(squares, 1e-6 * total), 0.0)
    frequencies: NDArray[np.float64] = step * np.arange(1.0, count + 1)
    return frequencies, float(centered @ centered) - explained


def precise(name: str, relative: float = 0.2) -> Check:
    """
    Return a check that a quantity is known: ``undetermined`` when its standard error exceeds this part of it.

    Suspect beyond `relative`, bad beyond 2.5 times that: at such errors the estimate is skewed, and an interval of
    one standard error no longer means what it says. Where it is bad an analyzer gives no number, but a bound where the
    data have one.
    """

    def check(summary: FitSummary) -> list[Reason]:
        quantity = summary.quantities[name]
        if not (quantity.is_known and math.isfinite(quantity.stderr)):
            return []
        part = quantity.stderr / abs(quantity.value) if quantity.value else math.inf
        if part <= relative:
            return []
        level: Level = "suspect" if part <= 2.5 * relative else "bad"
        known = f"known to {100 * part:.0f} % only" if part < _NOT_AT_ALL else "not known from these points at all"
        message = f"{name} is {known}; take more shots or points"
        return [Reason(ReasonCode.UNDETERMINED, message, level)]

    return check


def positive(name: str, code: str, message: str) -> Check:
    """Return a check that a quantity is positive; otherwise the finding is bad, with this code and sentence."""

    def check(summary: FitSummary) -> list[Reason]:
        return [Reason(code, message, "bad")] if summary.quantities[name].value < 0 else []

    return check


def present(name: str, message: str, sigmas: float = 5.0, *, without: str = "") -> Check:
    """
    Return a check that a quantity is above zero by so many standard errors: ``no_signal``, bad, when it is not.

    Where the headline means nothing without it, ``undetermined`` too, so that chance is not given as a number.

    For models whose signal need not change over the sweep (``FitModel(flat="")``), such as decays of gates that may be
    perfect: without it, coin flips are described as well as they are.

    Args:
        name: Name of the quantity without which there is no signal, for example the amplitude of the decay.
        message: The finding, for example "the expected outcome comes no more often than by chance".
        sigmas: How many standard errors.
        without: What has no value without it, for example "without a signal no gate has an error"; empty where the
            headline has one all the same.
    """

    def check(summary: FitSummary) -> list[Reason]:
        quantity = summary.quantities[name]
        if not (quantity.is_known and math.isfinite(quantity.stderr)) or quantity.value > sigmas * quantity.stderr:
            return []
        unknown = [Reason(ReasonCode.UNDETERMINED, without, "bad")] if without else []
        return [Reason(ReasonCode.NO_SIGNAL, message, "bad"), *unknown]

    return check


def plausible(name: str, highest: float, advice: str) -> Check:
    """
    Return a check that a quantity is no larger than it usually is: ``implausible``, suspect, when more than that by two
    standard errors.

    For a parameter that a wrong model bends to fit: its value gives away what the residuals hide. Not where it is
    measured, as by reference circuits: there it may be what it is.

    Args:
        name: Name of the quantity.
        highest: Largest plausible value.
        advice: What it may mean and how to find out; the end of the sentence.
    """

    def check(summary: FitSummary) -> list[Reason]:
        quantity = summary.quantities[name]
        if not quantity.value - 2 * quantity.stderr > highest:
            return []
        message = f"{name} = {quantity.value:.2g} is above {highest:g}: {advice}"
        return [Reason(ReasonCode.IMPLAUSIBLE, message, "suspect")]

    return check
