"""Where to begin: the angles at which a repeated rotation explains most of the points."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments_amplify import _repeats

Array = NDArray[np.float64]

# Larger errors of an angle are not looked for, rad.
LARGEST = 1.2
# Trials per turn that the most repeats are apart.
FINENESS = 10


def likely(gate: str, ends: NDArray[np.str_], repeats: Array, signal: Array) -> list[dict[str, float]]:
    """Return starts at the best angles of a drive that is off, without loss and with much of it."""
    most, right = max(1.0, float(repeats.max())), _repeats.ANGLE[gate]
    errors = np.linspace(-LARGEST, LARGEST, 2 * math.ceil(LARGEST * most * FINENESS / (2 * math.pi)) + 1)[:, None]
    before, after, _ = _repeats.of_ends(gate, ends)
    # Were the drive off, so would the sx before and after x be, by half as much.
    turned = repeats * (right + errors) + (before + after) * (math.pi + errors) / 2
    starts: list[tuple[float, dict[str, float]]] = []
    for loss in (0.0, 1 / most):
        slopes, constants, left = _lines(-np.exp(-loss * repeats) * np.cos(turned) / 2, signal)
        padded = np.concatenate([[np.inf], left, [np.inf]])
        best = np.flatnonzero((left <= padded[:-2]) & (left <= padded[2:]))
        starts += [
            (
                float(left[i]),
                {
                    "angle_error": float(errors[i, 0]),
                    "contrast": float(slopes[i]),
                    "offset": float(constants[i]),
                    "gate_loss": loss,
                    **({"loss_difference": 0.0, "preparation_error": float(errors[i, 0]) / 2} if gate == "x" else {}),
                },
            )
            for i in best[np.argsort(left[best], kind="stable")][:2]
        ]
    return [start for _, start in sorted(starts, key=lambda one: one[0])][:3]


def _lines(waves: Array, signal: Array) -> tuple[Array, Array, Array]:
    """Return slope, constant and squares left of a signal as a straight line of each wave, shape (waves, points)."""
    centered, seen = waves - waves.mean(axis=1, keepdims=True), signal - signal.mean()
    slopes = centered @ seen / np.maximum(np.sum(centered**2, axis=1), 1e-9)
    left = np.sum((seen - slopes[:, None] * centered) ** 2, axis=1)
    return slopes, signal.mean() - slopes * waves.mean(axis=1), left
