"""Numbers that the data do not determine are not given: NaN, and a bound of the headline where there is one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import Quantity, Reason, ReasonCode
from oqtopus_experiments_curvefit._bounds import bounds
from oqtopus_experiments_curvefit._fit import Fit

# A parameter whose error alone moves the model by this part of the contrast is known with others only.
HALF = 0.5


def undetermined(
    fit: Fit, quantities: Mapping[str, Quantity], checked: Iterable[Reason], headline: str, contrast: float
) -> set[str]:
    """
    Return which quantities are not determined.

    Those without a finite error. Where a check of the model finds the headline undetermined (bad), it, and with it what
    is no better known: parameters whose error alone would move the model by half the contrast, and derived quantities
    known to no better than half.
    """
    found = {name for name, q in quantities.items() if not (math.isfinite(q.value) and math.isfinite(q.stderr))}
    if not any(reason.code == ReasonCode.UNDETERMINED and reason.level == "bad" for reason in checked):
        return found
    moves = np.abs(fit.jacobian).max(axis=0)
    free = dict(zip(fit.free, moves, strict=True))
    for name, quantity in quantities.items():
        if name in free:
            known = free[name] * quantity.stderr <= HALF * contrast
        else:
            known = quantity.stderr <= HALF * abs(quantity.value)
        if not known:
            found.add(name)
    return found | {headline}


def nothing_was_there(checked: Iterable[Reason]) -> bool:
    """
    Return whether checks found no signal, rather than one that may have gone before the first point.

    The likelihood of a headline that means nothing without a signal is that of chance: it bounds nothing.
    """
    bad = {reason.code for reason in checked if reason.level == "bad"}
    return ReasonCode.NO_SIGNAL in bad and ReasonCode.WINDOW_TOO_LONG not in bad


def without(
    fit: Fit, quantities: Mapping[str, Quantity], names: set[str], headline: str, *, bounded: bool
) -> dict[str, Quantity]:
    """Return the quantities, those of these names without a number, and the headline with a bound where it has one."""
    given = dict(quantities)
    for name in names:
        at_least, at_most = bounds(fit, name) if bounded and name == headline else (math.nan, math.nan)
        given[name] = attrs.evolve(
            given[name], value=math.nan, stderr=math.nan, low=math.nan, high=math.nan, systematic=math.nan,
            at_least=at_least, at_most=at_most,
        )  # fmt: skip
    return given


def hidden(covariance: NDArray[np.float64], names: Sequence[str], withheld: set[str]) -> NDArray[np.float64]:
    """Return the covariance of some quantities, NaN where a number is withheld."""
    if not withheld:
        return covariance
    unknown = np.array([name in withheld for name in names])
    return np.where(unknown[:, None] | unknown, np.nan, covariance)
