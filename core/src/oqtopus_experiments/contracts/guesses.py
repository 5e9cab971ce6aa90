"""Starting values for fits: pure functions of points, robust rather than precise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.trigonometric_sums import sums_over_points, trigonometric_sums

# A few points with a tiny gap among them: no further than so many trials.
MOST_TRIALS = 100_000


def frequencies(x: NDArray[np.float64], y: NDArray[np.float64], best: int = 3, *, highest: float = 0.0) -> list[float]:
    """
    Return the most likely frequencies of an oscillation with free offset, the best first.

    A least-squares periodogram (Lomb 1976): at each trial frequency a cosine, a sine and a constant are fitted, and
    the frequencies that explain most of the signal are returned. Points need not be equally spaced. The sums are
    fast Fourier transforms, so that ten times the points take little more than ten times as long.

    Args:
        x: Positions, shape (n,), n >= 4, in any order.
        y: Signal, shape (n,).
        best: How many local optima to return at most.
        highest: Up to where to look, for points whose gaps differ: they tell more than two to a cycle on average.

    Returns:
        Frequencies > 0 in cycles per unit of x, from half a cycle over the window to two points per cycle on average,
        or to the highest where that is more.
    """
    count, span = len(x), float(np.ptp(x))
    lowest, usual = 0.2 / span, (count - 1) / (2 * span)
    further = int(min(5 * count * max(highest / usual, 1.0), max(MOST_TRIALS, 5 * count)))
    trials = np.linspace(lowest, usual * further / (5 * count), further)
    step = float(trials[1] - trials[0])
    position, centered = x - x[0], y - y.mean()
    once = sums_over_points(position, lowest, step, len(trials))
    twice = sums_over_points(position, 2 * lowest, 2 * step, len(trials))
    signal = trigonometric_sums(position, centered, lowest, step, len(trials))
    # Without their means, cosine and sine are fitted beside a constant by two normal equations each. Their squares
    # and their product are sums at twice the frequency.
    cc = (count + twice.real) / 2 - once.real**2 / count
    ss = (count - twice.real) / 2 - once.imag**2 / count
    cs = twice.imag / 2 - once.real * once.imag / count
    yc, ys = signal.real, signal.imag
    # The tiny ridge keeps the lowest frequencies solvable, where both look alike.
    determinant = cc * ss - cs**2 + (1e-6 * count) ** 2
    explained = (ss * yc**2 - 2 * cs * yc * ys + cc * ys**2) / determinant
    padded = np.concatenate([[-np.inf], explained, [-np.inf]])
    maxima = np.flatnonzero((explained >= padded[:-2]) & (explained >= padded[2:]))
    order = maxima[np.argsort(-explained[maxima], kind="stable")][:best]
    return [float(trials[i]) for i in order]


def decay_time(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """
    Return the constant of a decay towards zero, from the slope of log(y).

    Points count by the square of their signal, which is how their logarithms are known when the signal has the same
    error everywhere.

    Args:
        x: Positions, shape (n,).
        y: Signal without offset, shape (n,); points not above zero are left out.

    Returns:
        A constant > 0; where nothing decays, ten times the window.
    """
    window, highest = float(x.max() - x.min()), float(y.max())
    if not highest > 0:
        return window
    used = y > 0.1 * highest
    position, signal = x[used], y[used]
    if len(signal) < 2:
        # One point above the rest: the decay is over by the next.
        return window / len(x)
    logarithm, weights = np.log(signal), signal**2
    total = weights.sum()
    away = position - weights @ position / total
    spread = float(weights @ away**2)
    slope = float(weights @ (away * (logarithm - weights @ logarithm / total))) / spread if spread > 0 else 0.0
    return min(max(-1 / slope, window / 1000), 10 * window) if slope < 0 else 10 * window
