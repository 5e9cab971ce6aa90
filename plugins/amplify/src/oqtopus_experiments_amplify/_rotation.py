"""
P(1) after repeats of a rotation that is a little off and loses a little.

In the plane that the state turns in, one gate is ``M = exp(-loss) diag(exp(d), exp(-d)) R(angle)``: it turns, and what
lies along z and what lies across lose different parts (T1 is not T2). Powers of a matrix N of determinant 1 are
``N^n = U(n) N - U(n - 1)`` with ``U(n) = sin(n mu) / sin(mu)``, ``cos(mu) = trace(N) / 2`` (Cayley and Hamilton).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments_amplify._repeats import of_ends

Array = NDArray[np.float64]
Texts = NDArray[np.str_]


def of_sx(ends: Texts, repeats: Array, angle_error: float, contrast: float, offset: float, gate_loss: float) -> Array:
    """
    Return P(1) after repeats of sx, each of which turns by pi/2 + `angle_error`.

    A state that turns by a quarter lies along z and across in turn: what it loses is the mean of both.
    """
    _, _, more = of_ends("sx", ends)
    turned = more * math.pi / 2 + repeats * angle_error
    found: Array = offset - contrast / 2 * np.exp(-gate_loss * repeats) * np.cos(turned)
    return found


def of_x(
    ends: Texts,
    repeats: Array,
    angle_error: float,
    contrast: float,
    offset: float,
    gate_loss: float,
    loss_difference: float,
    preparation_error: float,
) -> Array:
    """
    Return P(1) after repeats of x, each of which turns by pi + `angle_error`, between sx that are off too.

    Args:
        ends: What each circuit ends in, shape (n,).
        repeats: How often the gate is repeated, shape (n,).
        angle_error: Of x, rad.
        contrast: P(1) of |1> less that of |0>.
        offset: Their mean.
        gate_loss: Each x leaves exp(-gate_loss) of the contrast, in the mean of all directions it turns through.
        loss_difference: By how much more is lost across z than along it, half of the difference.
        preparation_error: Of the angle of sx, rad.
    """
    before, after, odd = of_ends("x", ends)
    quarter = math.pi / 2 + preparation_error
    along, across = np.cos(before * quarter), np.sin(before * quarter)
    cosine, sine = math.cos(angle_error), math.sin(angle_error)
    # Of numpy, which gives infinity where a fit strays to, and no error.
    stretch, shrink = np.exp(loss_difference), np.exp(-loss_difference)
    power, before_it = _powers(float(np.cosh(loss_difference)) * cosine, repeats)
    turned = power * stretch * (cosine * along - sine * across) - before_it * along
    turned_across = power * shrink * (sine * along + cosine * across) - before_it * across
    # Each x is half a turn besides: the state of an odd number of them is the opposite one.
    kept = np.where(odd == 1, -1.0, 1.0) * np.exp(-gate_loss * repeats)
    read = np.cos(after * quarter) * turned - np.sin(after * quarter) * turned_across
    found: Array = offset - contrast / 2 * kept * read
    return found


def _powers(half_trace: float, repeats: Array) -> tuple[Array, Array]:
    """Return U(n) and U(n - 1); n may be any number."""
    angle = np.arccos(complex(half_trace))
    if abs(angle) < 1e-7:
        return repeats, repeats - 1
    return np.real(np.sin(repeats * angle) / np.sin(angle)), np.real(np.sin((repeats - 1) * angle) / np.sin(angle))
