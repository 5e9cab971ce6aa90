"""Quantities without a value, of which a bound is known: arrows that stand at it and point to where the value is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.panels import Look, PointSeries


def bounds(places: Sequence[float], quantities: Sequence[Quantity], factor: float = 1.0) -> list[PointSeries]:
    """
    Return a series of arrows for lower bounds and one for upper bounds, where there are any.

    Args:
        places: Horizontal positions, one for each quantity.
        quantities: Those with a value are left out.
        factor: From their unit to the one shown.
    """
    looks: tuple[tuple[Look, str], ...] = (("at_least", "more than this"), ("at_most", "less than this"))
    made = []
    for look, words in looks:
        found = [(x, getattr(q, look)) for x, q in zip(places, quantities, strict=True) if q.is_bounded]
        found = [(x, bound) for x, bound in found if math.isfinite(bound)]
        if found:
            at = [x for x, _ in found]
            values = [factor * bound for _, bound in found]
            made.append(PointSeries(at, values, [math.nan] * len(at), f"{len(at)} {words} (95 %)", look))
    return made
