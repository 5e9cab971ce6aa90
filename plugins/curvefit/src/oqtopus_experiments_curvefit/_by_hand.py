"""What a person says of a fit, put into its model: starts, parameters that are held, bounds."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import attrs
from numpy.typing import NDArray

from oqtopus_experiments import AnalysisError, Declaration, FitOptions, Quantity, Reason, ReasonCode
from oqtopus_experiments_curvefit._binding import bind
from oqtopus_experiments_curvefit._model import Array, BoundModel, Values


def by_hand(
    experiment: Declaration, guess: Mapping[str, Any], fixed: Mapping[str, Any], bounds: Mapping[str, Any]
) -> FitOptions:
    """
    Return what was said of a fit, read for the model of an experiment.

    Raises:
        ParameterError: For what does not go with the model.
        AnalysisError: When there is no model.
    """
    declared = experiment.fit_model()
    if declared is None:
        message = f"{experiment.name!r} declares no fit model, so that nothing can be said of its parameters"
        raise AnalysisError(message)
    model = bind(declared, experiment.sweep())
    return FitOptions.read(
        guess, fixed, bounds, parameters=tuple(model.parameters), derived=tuple(declared.derived), units=declared.units
    )


def as_said(model: BoundModel, said: FitOptions) -> BoundModel:
    """Return a model with starts, held parameters and bounds of a person."""

    def starts(values: Mapping[str, NDArray[Any]], signal: Array) -> Sequence[Values]:
        if set(said.guess) >= set(model.free) - set(model.of_references):
            return [said.guess]  # nothing is left to guess
        found = [{**one, **said.guess} for one in model.starts(values, signal)]
        return [one for number, one in enumerate(found) if one not in found[:number]]

    return attrs.evolve(model, starts=starts)


def without_held(quantities: Mapping[str, Quantity], held: Collection[str]) -> dict[str, Quantity]:
    """Return the quantities; those that a person settled have no value, but what they were held at."""
    return {
        name: Quantity(name, math.nan, math.nan, one.unit, symbol=one.symbol, held=one.value) if name in held else one
        for name, one in quantities.items()
    }


def settled(names: Sequence[str], gradient: Array, said: FitOptions | None) -> tuple[str, ...]:
    """
    Return the parameters that were held, and the quantities that depend on no others: nobody measured them.

    Args:
        names: Parameters and derived quantities.
        gradient: Their slopes along the free parameters, shape (n, free).
        said: What a person said.
    """
    if said is None or not said.fixed:
        return ()
    return tuple(name for name, slopes in zip(names, gradient, strict=True) if not slopes.any())


def findings_of_held(
    quantities: Mapping[str, Quantity], held: Collection[str], said: FitOptions | None, headline: str
) -> list[Reason]:
    """Return that parameters were held by hand: of a headline that this settles nothing was measured."""
    if not held or said is None:
        return []
    known = without_held(quantities, said.fixed)
    told = ", ".join(f"{name} = {known[name]}".removesuffix(" (held)") for name in said.fixed)
    was = "were" if len(said.fixed) > 1 else "was"
    if headline in held:
        message = f"{told} {was} held by hand: nothing was measured of {headline}"
        return [Reason(ReasonCode.HELD, message, "bad")]
    return [Reason(ReasonCode.HELD, f"{told} {was} held by hand, not measured", "good")]
