"""
The ways in which a wrong model leaves its points: changes of the signal, and how far the points follow each.

Its parameters change along the sweep (parameter stability; Nyblom 1989, J. Am. Stat. Assoc. 84, 223), along one series,
between the series that share them, or along the run (a drift); the readout is bent (powers of the fitted values: RESET;
Ramsey 1969, J. R. Stat. Soc. B 31, 350), or cut off near its extremes. No other model is fitted: what the parameters
explain of a direction is taken out of it, and the residuals are projected on the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from oqtopus_experiments import ReasonCode
from oqtopus_experiments_curvefit._drift import is_that_of_the_sweep
from oqtopus_experiments_curvefit._fit import Fit
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

    Args:
        kinds: What they are.
        weight: One over the standard error of each point and reference, shape (n,).
        beyond: What the parameters do not explain of each direction of length 1, shape (n, directions).
        moved: Change of each free parameter that explains the rest, shape (free, directions); NaN where unknown.
        ends: Change of each free parameter from the middle to the far end, where a direction is that, likewise.
        along: Projection of the residuals on each of `beyond`, shape (directions,).
        products: Scalar products of `beyond` among each other.
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
        products: Array = self.beyond.T @ self.beyond
        return products

    @property
    def asks(self) -> NDArray[np.bool_]:
        """Which directions the parameters do not explain, shape (directions,)."""
        return np.diag(self.products) > EXPLAINED**2

    @property
    def seen(self) -> Array:
        """How far the points follow each direction alone, in standard errors, shape (directions,)."""
        squares = np.diag(self.products)
        return np.where(self.asks, self.along / np.sqrt(np.where(self.asks, squares, 1.0)), 0.0)

    @property
    def share(self) -> float:
        """
        Return what part of all directions is asked of any experiment, however many series it has.

        Each series is asked for itself, so that a dozen directions may become fifty: without sharing, one of them
        would be seen in nearly every sound run.
        """
        of_series = np.repeat([kind.of_series for kind in self.kinds], [kind.number for kind in self.kinds])
        asked = int(self.asks.sum())
        return float((self.asks & ~of_series).sum() / asked) if asked else 1.0

    @property
    def amounts(self) -> Array:
        """How much of each direction the points ask for: Newton's first step with it let in, shape (directions,)."""
        squares = np.diag(self.products)
        return np.where(self.asks, self.along / np.where(self.asks, squares, 1.0), 0.0)


def departures(problem: Problem, fit: Fit) -> Departures | None:
    """Return how the points leave a fit; None when a point has no weight, or no direction is left to ask about."""
    weight = 1 / np.sqrt(problem.everything.variance(fit.expected))
    # Of a model that is not a number at a point, or of a mean without scatter.
    if not (np.isfinite(weight).all() and np.isfinite(fit.expected).all()):
        return None
    kinds, columns = _directions(problem, fit)
    if not kinds:
        return None
    return followed(problem, fit, weight, kinds, columns)


def followed(problem: Problem, fit: Fit, weight: Array, kinds: Sequence[Kind], columns: Sequence[Array]) -> Departures:
    """Return how far the points follow changes of the signal at the points, perhaps at the references after them."""
    given = np.zeros((len(columns), len(weight)))
    for row, column in zip(given, columns, strict=True):
        row[: len(column)] = column
    given *= weight
    length = np.sqrt(np.einsum("ij,ij->i", given, given))
    given /= np.where(length > 0, length, 1.0)[:, None]
    explained, triangle = np.linalg.qr(fit.jacobian * weight[:, None])
    parts = explained.T @ given.T
    residual = problem.everything.as_normal((problem.everything.mean - fit.expected) * weight)
    beyond = given.T - explained @ parts
    # Of a parameter that no point depends on nothing is known.
    known = bool((np.abs(np.diag(triangle)) > SINGULAR * np.linalg.norm(triangle, axis=0)).all())
    moved = np.linalg.solve(triangle, parts) if known else np.full(parts.shape, np.nan)
    return Departures(tuple(kinds), weight, beyond, moved, _ends(kinds, length, len(moved)), beyond.T @ residual)


def _ends(kinds: Sequence[Kind], length: Array, free: int) -> Array:
    """Return by how much each direction of length 1 changes its parameter at its far end, shape (free, directions)."""
    ends = np.zeros((free, len(length)))
    start = 0
    for kind in kinds:
        if kind.of_parameters:
            index = np.arange(start, start + kind.number)
            ends[(index - start) % free, index] = 1 / np.where(length[index] > 0, length[index], np.inf)
        start += kind.number
    return ends


def _directions(problem: Problem, fit: Fit) -> tuple[list[Kind], list[Array]]:
    """Return the kinds and their directions: changes of the signal at the points, and of references where they tell."""
    # The readout of a signal of other values is bent at the same fraction of its range.
    fitted = problem.everything.fraction(fit.expected)
    highest, lowest = fitted.max(), fitted.min()
    if not highest > lowest:
        return [], []
    bent = (2 * fitted - highest - lowest) / (highest - lowest)
    slopes = list(fit.jacobian[: len(problem.points)].T)
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
        drifts = [problem.when * slope for slope in fit.jacobian.T]
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
