"""The signal of both quadratures, as a function to fit, as a formula and as starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Labels = NDArray[np.str_]

QUADRATURES = ("x", "y")
SECONDS = 1e-9
"""Of a nanosecond."""
# How the exponent of the envelope grows with u = delay / t2_star_time; each is 1 at u = 1.
EXPONENTS: Mapping[str, str] = {
    "mixed": "((1 - gaussian_part) * {u} + gaussian_part * ({u}) ** 2)",
    "exponential": "({u})",
    "gaussian": "({u}) ** 2",
}
# Trials per resolved frequency, and at most so many of them.
FINENESS, MOST_TRIALS = 8, 20_000
BEST = 3
# Starts of t2_star_time, in parts of the longest delay.
LIFETIMES = (0.15, 0.5, 1.5)


def model(envelope: str, artificial: float) -> Callable[..., Array]:
    """
    Return P(1) of both quadratures.

    Args:
        envelope: One of `EXPONENTS`.
        artificial: Artificial detuning, Hz.
    """

    def rotating(quadrature: Labels, delay: Array, frequency: float, phase: float) -> Array:
        turned = 2 * np.pi * (artificial - frequency) * delay * SECONDS + phase
        waves: Array = np.cos(turned - np.pi / 2 * (quadrature == "y"))
        return waves

    def mixed(
        quadrature: Labels, delay: Array, t2_star_time: float, frequency: float, gaussian_part: float, contrast: float,
        offset: float, phase: float,
    ) -> Array:  # fmt: skip
        u = delay / t2_star_time
        left = np.exp(-np.maximum((1 - gaussian_part) * u + gaussian_part * u**2, 0))
        found: Array = offset + contrast / 2 * left * rotating(quadrature, delay, frequency, phase)
        return found

    def exponential(
        quadrature: Labels, delay: Array, t2_star_time: float, frequency: float, contrast: float, offset: float,
        phase: float,
    ) -> Array:  # fmt: skip
        return mixed(quadrature, delay, t2_star_time, frequency, 0.0, contrast, offset, phase)

    def gaussian(
        quadrature: Labels, delay: Array, t2_star_time: float, frequency: float, contrast: float, offset: float,
        phase: float,
    ) -> Array:  # fmt: skip
        return mixed(quadrature, delay, t2_star_time, frequency, 1.0, contrast, offset, phase)

    laws: dict[str, Callable[..., Array]] = {"mixed": mixed, "exponential": exponential, "gaussian": gaussian}
    return laws[envelope]


def formula(envelope: str, artificial: float) -> str:
    """Return what `model` returns, for readers."""
    left = f"exp(-{EXPONENTS[envelope]})".format(u="delay / t2_star_time")
    turned = f"2e-9 * pi * ({artificial!r} - frequency) * delay + phase"
    return f"P(1) = offset + contrast / 2 * {left} * where(quadrature == 'x', cos({turned}), sin({turned}))"


def explained(
    quadrature: Labels, delay: Array, centered: Array, weights: Array, frequencies: Array
) -> tuple[Array, Complex]:
    """
    Return the squares that a fringe of each frequency takes from a signal, and its amplitude and phase.

    One demodulation for each: with both quadratures the image at minus the frequency cancels.

    Args:
        quadrature: Of each point, shape (n,).
        delay: Of each point, ns.
        centered: Signal without its offset.
        weights: Envelopes at the points, shape (k, n).
        frequencies: Hz, with their sign, shape (m,).

    Returns:
        Both of shape (k, m).
    """
    # What does not depend on the frequency; each delay is turned back once, whatever was measured there.
    places = np.unique(delay)
    weighted = weights * centered * np.where(quadrature == "x", 1.0, 1j)
    gathered = weighted @ (delay[:, None] == places)
    sums = np.concatenate(
        [
            gathered @ np.exp(-2j * np.pi * SECONDS * np.outer(places, some))
            for some in np.array_split(frequencies, max(1, len(frequencies) // 1000))
        ],
        axis=1,
    )
    half = np.sum(weights**2, axis=1, keepdims=True) / 2
    return np.abs(sums) ** 2 / half, sums / half


def trials(span: float, highest: float, fineness: int) -> Array:
    """Return frequencies of either sign up to the highest, Hz, so many for each that a span (ns) resolves."""
    count = int(min(max(2 * highest * span * SECONDS * fineness, 8), MOST_TRIALS))
    return np.linspace(-highest, highest, 2 * (count // 2) + 1)


def guess(envelope: str, artificial: float, highest: float) -> Callable[[Labels, Array, Array], list[dict[str, Any]]]:
    """Return a function that finds starts: the best frequencies up to the highest, of several lifetimes."""

    def starts(quadrature: Labels, delay: Array, signal: Array) -> list[dict[str, Any]]:
        offset, longest = float(np.mean(signal)), float(delay.max()) or 1.0
        frequencies = trials(longest, highest + abs(artificial), FINENESS)
        weights = np.exp(-delay / (longest * np.array(LIFETIMES)[:, None]))
        found = []
        for lifetime, squares, amplitudes in zip(
            LIFETIMES, *explained(quadrature, delay, signal - offset, weights, frequencies), strict=True
        ):
            padded = np.concatenate([[-1.0], squares, [-1.0]])
            maxima = np.flatnonzero((squares >= padded[:-2]) & (squares >= padded[2:]))
            for index in maxima[np.argsort(squares[maxima])[::-1]][:BEST]:
                start = {
                    "t2_star_time": lifetime * longest,
                    "frequency": artificial - float(frequencies[index]),
                    "contrast": 2 * float(np.abs(amplitudes[index])),
                    "offset": offset,
                    "phase": float(np.angle(amplitudes[index])),
                }
                found.append((float(squares[index]), start))
        found.sort(key=lambda one: -one[0])
        part = {"gaussian_part": 0.5} if envelope == "mixed" else {}
        return [{**start, **part} for _, start in found[: 2 * BEST]]

    return starts
