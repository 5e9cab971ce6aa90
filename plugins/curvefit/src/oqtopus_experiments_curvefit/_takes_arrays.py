"""Whether a model takes many values of its parameters at once, as formulae of numpy do."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping

import numpy as np
from attrs import evolve

from oqtopus_experiments_curvefit._model import Array, BoundModel

# What is not known beforehand is tried at values of many sizes.
SIZES = (0.02, 0.7, 20_000.0)
# Of the part between its limits at which a parameter is tried.
PARTS = (0.31, 0.47, 0.83)
# What is the same to rounding; the model must be a number at so many of the points.
CLOSE, SMALLEST, HALF = 1e-9, 1e-12, 0.5


def takes_arrays(model: BoundModel, axes: Mapping[str, Array]) -> bool:
    """
    Return whether a model gives for arrays of parameters what it gives for one value of each after another.

    It does where each number it returns depends on its own parameters alone, as in formulae of numpy; a function that
    asks ``if``, or takes the largest of all, was written for one value of each. It is tried at values that have nothing
    to do with what was measured, so that how a target is fitted does not depend on others.
    """
    trials = np.array([_trial(number, model) for number in range(len(SIZES))])
    functions = tuple(dict.fromkeys(model.references.values()))
    together = evolve(model, takes_arrays=True)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            pairs = [(one.signals(axes, trials), one.told(functions, trials)) for one in (together, model)]
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
            return False
        found, expected = (np.concatenate(one, axis=-1) for one in pairs)
    return bool(np.isfinite(expected).mean() > HALF and _same(found, expected))


def hold_alone(model: BoundModel, axes: Mapping[str, Array], vectors: Array, found: Array) -> bool:
    """
    Return whether signals of many vectors are those that the model gives for one after another.

    A model may ask for the largest of all only where it matters, which no trial beforehand needs to meet.
    """
    return not model.takes_arrays or _same(found, evolve(model, takes_arrays=False).signals(axes, vectors))


def _same(found: Array, expected: Array) -> bool:
    there = np.isfinite(expected)
    with np.errstate(invalid="ignore"):
        close = np.abs(found - expected) <= CLOSE * np.abs(expected) + SMALLEST
    return bool((close | ~there).all() and (there == np.isfinite(found)).all())


def _trial(number: int, model: BoundModel) -> list[float]:
    """Return one of several values of each free parameter, all between their limits."""
    values = []
    for index, name in enumerate(model.free):
        low, high = model.parameters[name].min, model.parameters[name].max
        size = SIZES[(number + index) % len(SIZES)] * (1 + 0.1 * index)
        if math.isfinite(low) and math.isfinite(high):
            values.append(low + PARTS[(number + index) % len(PARTS)] * (high - low))
        elif math.isfinite(high):
            values.append(high - size)
        else:
            values.append(low + size if math.isfinite(low) else size)
    return values
