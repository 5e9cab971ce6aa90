"""
Directed tests of a fit: do the points leave the model the way a wrong model would lead them?

Chi-square asks about every deviation at once and therefore sees a smooth one late. A score test (Rao 1948, Proc. Camb.
Phil. Soc. 44, 50) asks about the few directions of one kind (`departures`).
"""

from __future__ import annotations

import math

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from scipy.special import chdtrc

from oqtopus_experiments_curvefit._departures import EXPLAINED, Departures, Kind
from oqtopus_experiments_curvefit._fit import Fit
from oqtopus_experiments_curvefit._limits import FIT_PROBABILITY

Array = NDArray[np.float64]


@frozen
class ScoreTest:
    """
    How far the points lean towards one kind of wrong model.

    Args:
        kind: How.
        probability: Of so much, were the model right; shared among the kinds.
        size: Root mean square of the departure over the points, in units of the signal.
        directions: Which directions belong to the kind, as a slice of all.
    """

    kind: Kind
    probability: float
    size: float
    directions: slice


def strictest_score_test(given: Departures, fit: Fit) -> ScoreTest | None:
    """
    Return the least probable of the departures from a fit, or None when no direction is left to ask about.

    Where the points scatter by more than their shots also beyond a departure, it is compared with that scatter: of
    points that lie anywhere some lie in every direction.
    """
    best: tuple[float, Kind, slice, Array] | None = None
    start = 0
    for kind in given.kinds:
        chosen = slice(start, start + kind.number)
        start += kind.number
        squares, vectors = np.linalg.eigh(given.products[chosen, chosen])
        asks = squares > EXPLAINED**2
        if not asks.any():
            continue
        amounts = (vectors[:, asks].T @ given.along[chosen]) / np.sqrt(squares[asks])
        score = float(amounts @ amounts)
        probability = float(chdtrc(len(amounts), score / _scatter(fit, score, len(amounts))))
        if best is None or probability < best[0]:
            best = probability, kind, chosen, vectors[:, asks] @ (amounts / np.sqrt(squares[asks]))
    if best is None:
        return None
    probability, kind, chosen, amounts = best
    departure = (given.beyond[:, chosen] @ amounts / given.weight)[: len(fit.fitted)]
    size = math.sqrt(float(np.mean(departure**2)))
    return ScoreTest(kind, min(1.0, len(given.kinds) * probability), size, chosen)


def _scatter(fit: Fit, score: float, directions: int) -> float:
    """Return the chi-square per degree of freedom beyond some directions, or 1 where the shots explain it."""
    remains, degrees_of_freedom = fit.deviance - score, fit.degrees_of_freedom - directions
    if degrees_of_freedom < 1 or chdtrc(degrees_of_freedom, max(remains, 0.0)) > FIT_PROBABILITY:
        return 1.0
    return max(1.0, remains / degrees_of_freedom)
