"""
The ways in which a wrong model leaves its points: changes of the signal, and how far the points follow each.

Its parameters change along the sweep (parameter stability; Nyblom 1989, J. Am. Stat. Assoc. 84, 223), along one series,
between the series that share them, or along the run (a drift); the readout is bent (powers of the fitted values: RESET;
Ramsey 1969, J. R. Stat. Soc. B 31, 350), or cut off near its extremes. No other model is fitted: what the parameters
explain of a direction is taken out of it, and the residuals are projected on the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from oqtopus_experiments import ReasonCode
from oqtopus_experiments_curvefit._drift import is_that_of_the_sweep
from oqtopus_experiments_curvefit._fit import Fits
from oqtopus_experiments_curvefit._likelihood import squared
from oqtopus_experiments_curvefit._problem import Problem

Array = NDArray[np.float64]

# The parts of the range next to the extremes in which a cut-off is looked for.
LIMITS = (0.05, 0.15)
# A direction that the parameters explain to this part of its length asks nothing.
EXPLAINED = 1e-3
# A parameter that the others explain to this part of its slope cannot be told from them.
SINGULAR = 1e-6


@frozen
class Kind:
    """
    One way to leave a model.

    Args:
        told: Completes "the points leave the model as if ...".
        number: How many directions belong to it; they follow each other.
        code: What it is called when it is not the fault of the model.
        of_parameters: Whether each direction is a change of one free parameter, in their order, again and again, by as
            much as it says at the far end: what is told of the parameter is then its value in the middle.
        of_series: Whether it is asked because there are several series, of one of them or of what they share.
    """

    told: str
    number: int
    code: ReasonCode = ReasonCode.SYSTEMATIC
    of_parameters: bool = False
    of_series: bool = False


@frozen(eq=False)
class Departures:
    """
    Directions in which points may leave a fit, in standard errors of the points and beyond what the parameters explain.

    Those of targets that are fitted side by side: the first axis of all arrays.

    Args:
        kinds: What they are.
        weight: One over the standard error of each point and reference, shape (targets, n).
        beyond: What the parameters do not explain of each direction of length 1, shape (targets, directions, n).
        moved: Change of each free parameter that explains the rest, shape (targets, free, directions); NaN where
            unknown.
        ends: Change of each free parameter from the middle to the far end, where a direction is that, likewise.
        along: Projection of the residuals on each of `beyond`, shape (targets, directions).
        products: Scalar products of `beyond` among each other, shape (targets, directions, directions).
    """

    kinds: tuple[Kind, ...]
    weight: Array
    beyond: Array
    moved: Array
    ends: Array
    along: Array
    products: Array = field()

    @products.default
    def _among_each_other(self) -> Array:
        products: Array = self.beyond @ self.beyond.swapaxes(-1, -2)
        return products

    @cached_property
    def _squares(self) -> Array:
        return np.diagonal(self.products, axis1=-2, axis2=-1)

    @cached_property
    def asks(self) -> NDArray[np.bool_]:
        """Which directions the parameters do not explain, shape (targets, directions)."""
        return self._squares > EXPLAINED**2

    @cached_property
    def seen(self) -> Array:
        """How far the points follow each direction alone, in standard errors, shape (targets, directions)."""
        return np.where(self.asks, self.along / np.sqrt(np.where(self.asks, self._squares, 1.0)), 0.0)

    @property
    def share(self) -> Array:
        """
        Return what part of all directions is asked of any experiment, however many series it has, shape (targets,).

        Each series is asked for itself, so that a dozen directions may become fifty: without sharing, one of them
        would be seen in nearly every sound run.
        """
        of_series = np.repeat([kind.of_series for kind in self.kinds], [kind.number for kind in self.kinds])
        asked = self.asks.sum(axis=-1)
        return np.where(asked > 0, (self.asks & ~of_series).sum(axis=-1) / np.maximum(asked, 1), 1.0)

    @property
    def amounts(self) -> Array:
        """
        How much of each direction the points ask for: Newton's first step with it let in.

        Shape (targets, directions).
        """
        return np.where(self.asks, self.along / np.where(self.asks, self._squares, 1.0), 0.0)


def departures(fits: Fits) -> tuple[NDArray[np.intp], Departures | None]:
    """
    Return how points leave their fits, and of which targets: those where all points have a weight, and something moves.

    None where no direction is left to ask about.
    """
    problem = fits.problem
    weight = 1 / np.sqrt(problem.everything.variance(fits.expected))
    # The readout of a signal of other values is bent at the same fraction of its range.
    fitted = problem.everything.fraction(fits.expected)
    highest, lowest = fitted.max(axis=-1), fitted.min(axis=-1)
    # Of a model that is not a number at a point, or of a mean without scatter.
    known = np.isfinite(weight).all(axis=-1) & np.isfinite(fits.expected).all(axis=-1) & (highest > lowest)
    there = np.flatnonzero(known)
    if not len(there):
        return there, None
    bent = (2 * fitted - (highest + lowest)[:, None]) / (highest - lowest)[:, None]
    chosen = fits.of(there)
    kinds, columns = _directions(chosen, bent[there])
    return there, followed(chosen, weight[there], kinds, columns) if kinds else None


def followed(fits: Fits, weight: Array, kinds: Sequence[Kind], columns: Sequence[Array]) -> Departures:
    """
    Return how far the points follow changes of the signal.

    Args:
        fits: What they leave.
        weight: One over the standard error of each point and reference, shape (targets, n).
        kinds: What the changes are.
        columns: The changes at the points, perhaps at the references after them, shape (targets, n) each.
    """
    everything = fits.problem.everything
    given = np.zeros((len(fits), len(columns), weight.shape[-1]))
    for index, column in enumerate(columns):
        given[:, index, : column.shape[-1]] = column
    given *= weight[:, None]
    length = np.sqrt(squared(given))
    given /= np.where(length > 0, length, 1.0)[..., None]
    explained, triangle = np.linalg.qr(fits.jacobian * weight[..., None])
    parts = explained.swapaxes(-1, -2) @ given.swapaxes(-1, -2)
    residual = everything.as_normal((everything.mean - fits.expected) * weight)
    beyond = given - (explained @ parts).swapaxes(-1, -2)
    # Of a parameter that no point depends on nothing is known.
    sizes = np.abs(np.diagonal(triangle, axis1=-2, axis2=-1))
    known = (sizes > SINGULAR * np.sqrt(squared(triangle.swapaxes(-1, -2)))).all(axis=-1)[:, None, None]
    moved = np.where(known, np.linalg.solve(np.where(known, triangle, np.eye(triangle.shape[-1])), parts), np.nan)
    along = (beyond * residual[:, None]).sum(axis=-1)
    return Departures(tuple(kinds), weight, beyond, moved, _ends(kinds, length, moved.shape[1]), along)


def _ends(kinds: Sequence[Kind], length: Array, free: int) -> Array:
    """
    Return by how much each direction of length 1 changes its parameter at its far end.

    Shape (targets, free, directions).
    """
    ends = np.zeros((len(length), free, length.shape[-1]))
    start = 0
    for kind in kinds:
        if kind.of_parameters:
            index = np.arange(start, start + kind.number)
            ends[:, (index - start) % free, index] = 1 / np.where(length[:, index] > 0, length[:, index], np.inf)
        start += kind.number
    return ends


def _directions(fits: Fits, bent: Array) -> tuple[list[Kind], list[Array]]:
    """Return the kinds and their directions: changes of the signal at the points, and of references where they tell."""
    problem = fits.problem
    slopes = list(np.moveaxis(fits.jacobian[:, : len(problem.points)], -1, 0))
    everywhere = np.ones(len(problem.points), dtype=bool)
    in_order = is_that_of_the_sweep(problem)
    law = "another law, or a drift (the run has the order of the sweep)?" if in_order else "another law?"
    found = [
        *_along(f"a parameter changed along the sweep: {law}", problem, everywhere, slopes),
        *_series(problem, slopes),
        (Kind("the readout were not linear: another law?", 2), [bent**2, bent**3]),
        *(
            (
                Kind(f"the signal were cut off near an end of its range ({100 * part:.0f} %)", 2),
                [np.maximum(bent - (1 - 2 * part), 0), np.minimum(bent + (1 - 2 * part), 0)],
            )
            for part in LIMITS
        ),
    ]
    if problem.has_times and not in_order:
        drifts = [problem.when * slope for slope in np.moveaxis(fits.jacobian, -1, 0)]
        told = "a parameter changed along the run: a drift?"
        found.append((Kind(told, len(drifts), ReasonCode.DRIFTING, of_parameters=True), drifts))
    return [kind for kind, _ in found], [column for _, columns in found for column in columns]


def _series(problem: Problem, slopes: list[Array]) -> list[tuple[Kind, list[Array]]]:
    """Return the departures of one series, and those between series that share their parameters."""
    names = problem.positions.names
    if len(names) == 1:
        return []
    found: list[tuple[Kind, list[Array]]] = []
    for number, name in enumerate(names):
        chosen = _along(f"a parameter changed along {name}: another law?", problem, problem.series == number, slopes)
        # How far such a parameter goes to its ends is nothing that the other series have: no part of what is told.
        found += [(evolve(kind, of_parameters=False, of_series=True), columns) for kind, columns in chosen]
    within = [problem.series == number for number in range(len(names))]
    between = [chosen * slope for chosen in within for slope in slopes]
    return [
        *found,
        (
            Kind("a parameter differed between the series that share it: another law?", len(between), of_series=True),
            between,
        ),
    ]


def _along(
    told: str, problem: Problem, chosen: NDArray[np.bool_], slopes: list[Array]
) -> list[tuple[Kind, list[Array]]]:
    """Return the departures of some points along each axis of numbers on which they differ."""
    places = [place_on_axis(problem.axes[name], chosen) for name in problem.positions.numeric]
    directions = [place * slope for place in places if place.any() for slope in slopes]
    return [(Kind(told, len(directions), of_parameters=True), directions)] if directions else []


def place_on_axis(values: Array, chosen: NDArray[np.bool_]) -> Array:
    """
    Return where each of the chosen points lies in the order of its axis, from -1 to 1: evenly also for a logarithmic
    sweep. Where a point is not chosen, or has no value, 0; everywhere where there is but one value.
    """
    place = np.zeros(len(values))
    there = chosen & np.isfinite(values)
    different, rank = np.unique(values[there], return_inverse=True)
    if len(different) > 1:
        place[there] = 2 * rank.ravel() / (len(different) - 1) - 1
    return place
