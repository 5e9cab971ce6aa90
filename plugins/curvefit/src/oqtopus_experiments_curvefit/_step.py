"""
One step of least squares: as far down as the residuals are linear, within the region where they have been so.

Moré's trust region (The Levenberg-Marquardt algorithm, Lecture Notes in Mathematics 630, 105, 1978), as MINPACK has it
in ``lmder`` and ``lmpar``: its constants, its order. There a step is solved from a QR decomposition, here from the
eigenvectors of the normal matrix, in which its length is a sum of fractions of the damping.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from oqtopus_experiments_curvefit._likelihood import squared

Array = NDArray[np.float64]

# The first region, in units of where a search starts.
FIRST = 100.0
# A step this close to the edge of its region, in parts of it, is on it; so many trials find a damping that leads there.
EDGE, TRIALS = 0.1, 10
# Below this ratio of its eigenvalues a normal matrix has lost the smaller half of its digits.
LOST = 1e-8
# No float is smaller and has all its digits.
DWARF = float(np.finfo(float).tiny)
# A step that gains less than this part of what it promised is not taken.
GAINED = 1e-4


@frozen(eq=False)
class Steps:
    """
    One step for each target.

    Args:
        move: Change of what is searched for, shape (targets, free).
        length: Its length in units of the region, shape (targets,).
        linear: By how much the sum of squares falls along it for a linear problem without damping, shape (targets,).
        damping: The parameter of Levenberg and Marquardt, shape (targets,); 0 for the step of Gauss and Newton.
    """

    move: Array
    length: Array
    linear: Array
    damping: Array

    @property
    def promised(self) -> Array:
        """By how much the sum of squares is to fall, shape (targets,)."""
        return self.linear + 2 * self.damping * self.length**2


@frozen(eq=False)
class Regions:
    """
    Where the residuals of each target are taken for linear.

    Args:
        scale: Units of what is searched for: the largest slopes seen, shape (targets, free).
        radius: Radius in these units, shape (targets,).
        damping: Of the last step, shape (targets,).
        is_first: Whether no step has been taken yet, shape (targets,).
    """

    scale: Array
    radius: Array
    damping: Array
    is_first: NDArray[np.bool_]

    @staticmethod
    def around(here: Array, slopes: Array) -> Regions:
        """Return the first region around a start, shape (targets, free)."""
        lengths = np.sqrt(squared(slopes))
        scale = np.where(lengths == 0, 1.0, lengths)
        radius = FIRST * np.sqrt(squared(scale * here))
        return Regions(scale, np.where(radius == 0, FIRST, radius), np.zeros(len(here)), np.ones(len(here), dtype=bool))

    def of(self, targets: NDArray[np.bool_]) -> Regions:
        """Return those of some targets."""
        return Regions(self.scale[targets], self.radius[targets], self.damping[targets], self.is_first[targets])

    def seeing(self, slopes: Array) -> Regions:
        """Return the same regions in units that know these slopes, shape (targets, free, n)."""
        return evolve(self, scale=np.maximum(self.scale, np.sqrt(squared(slopes))))

    def after(self, steps: Steps, norm: Array, new: Array, gain: Array, ratio: Array) -> Regions:
        """
        Return the regions after steps: smaller where they gained little of what they promised, larger where much.

        Args:
            steps: The steps.
            norm: Root of the sum of squares before, shape (targets,).
            new: The same after.
            gain: By what part the sum of squares has fallen, likewise.
            ratio: What was gained over what was promised, likewise.
        """
        rich = (ratio > 0.25) & ((steps.damping == 0) | (ratio >= 0.75))
        if rich.all():  # as nearly every step is
            return Regions(self.scale, 2 * steps.length, 0.5 * steps.damping, np.zeros(len(ratio), dtype=bool))
        radius = np.where(self.is_first, np.minimum(self.radius, steps.length), self.radius)
        slope = (steps.linear + steps.damping * steps.length**2) / norm**2
        shrink = np.where(gain >= 0, 0.5, 0.5 * slope / (slope - 0.5 * gain))
        shrink = np.where((0.1 * new >= norm) | ~(shrink >= 0.1), 0.1, shrink)
        poor = ~(ratio > 0.25)
        larger = np.where(rich, 2 * steps.length, radius)
        return Regions(
            self.scale,
            np.where(poor, shrink * np.minimum(radius, 10 * steps.length), larger),
            np.where(poor, steps.damping / shrink, np.where(rich, 0.5 * steps.damping, steps.damping)),
            self.is_first & ~(ratio >= GAINED),
        )


def step(slopes: Array, residuals: Array, regions: Regions) -> Steps:
    """
    Return the best step within each region.

    Args:
        slopes: Of the residuals along what is searched for, shape (targets, free, n).
        residuals: Shape (targets, n).
        regions: Where they are taken for linear.
    """
    scaled = slopes / regions.scale[..., None]
    squares, axes = _principal(scaled)
    down = -(scaled @ residuals[..., None])
    along = (axes.swapaxes(-1, -2) @ down)[..., 0]
    damping = _damping(squares, along, regions)
    inside = _quotient(along, squares + damping[:, None])
    move = (axes @ inside[..., None])[..., 0] / regions.scale
    return Steps(move, np.sqrt(squared(inside)), (squares * inside**2).sum(axis=-1), damping)


def _principal(scaled: Array) -> tuple[Array, Array]:
    """Return eigenvalues, shape (targets, free), and eigenvectors, in columns, of the normal matrix."""
    squares, axes = np.linalg.eigh(scaled @ scaled.swapaxes(-1, -2))
    squares = np.maximum(squares, 0.0)
    lost = squares[:, 0] <= LOST * squares[:, -1]
    if lost.any():
        _, singular, rows = np.linalg.svd(scaled[lost].swapaxes(-1, -2), full_matrices=False)
        largest = singular[:, :1] * np.finfo(float).eps * max(scaled.shape[1:])
        squares[lost, : singular.shape[-1]] = np.where(singular > largest, singular, 0.0) ** 2
        squares[lost, singular.shape[-1] :] = 0.0
        axes[lost, :, : singular.shape[-1]] = rows.swapaxes(-1, -2)
    return squares, axes


def _damping(squares: Array, along: Array, regions: Regions) -> Array:
    """Return the damping whose step ends at the edge of the region; 0 where the undamped one stays inside."""
    radius = regions.radius
    undamped = _quotient(along, squares)
    length = np.sqrt(squared(undamped))
    beyond = length - radius
    inside = beyond <= EDGE * radius
    if inside.all():
        return np.zeros(len(radius))
    # Newton's method for 1 / length, between two bounds.
    least = np.where((squares > 0).all(axis=-1), _newton(beyond, radius, length, undamped, squares), 0.0)
    pull = np.sqrt(squared(along))
    most = np.where(pull == 0, DWARF / np.minimum(radius, 0.1), pull / radius)
    damping = np.minimum(np.maximum(regions.damping, least), most)
    damping = np.where(damping == 0, pull / length, damping)
    ended = inside
    for _ in range(TRIALS):
        damping = np.where(damping == 0, np.maximum(DWARF, 1e-3 * most), damping)
        damped = _quotient(along, squares + damping[:, None])
        length, before = np.sqrt(squared(damped)), beyond
        beyond = length - radius
        ended = ended | (np.abs(beyond) <= EDGE * radius) | ((least == 0) & (beyond <= before) & (before < 0))
        if ended.all():
            break
        further = damping + _newton(beyond, radius, length, damped, squares + damping[:, None])
        least = np.where(beyond > 0, np.maximum(least, damping), least)
        most = np.where(beyond < 0, np.minimum(most, damping), most)
        damping = np.where(ended, damping, np.maximum(least, further))
    return np.where(inside, 0.0, damping)


def _newton(beyond: Array, radius: Array, length: Array, damped: Array, squares: Array) -> Array:
    step: Array = beyond / radius * length**2 / (damped * _quotient(damped, squares)).sum(axis=-1)
    return step


def _quotient(above: Array, below: Array) -> Array:
    """Return a quotient, 0 where nothing is below: a direction along which nothing changes is not taken."""
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), 0.0)
