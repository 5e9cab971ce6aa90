"""
Many targets of one experiment in a few lines: how many are good, what is typical of those, which are the worst and why.

Pure: terminal, report and figures show the same numbers. Only good values make a median, as the error of a bad one
means nothing; how many went in is part of the answer.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.contracts.verdict import LEVELS, Level, ReasonCode
from oqtopus_experiments.reporting._written import unit_text

WORST = 5
"""So many of the worst targets are named."""
_RANKS = {code.value: rank for rank, code in enumerate(ReasonCode)}
_OUTER = (0.158655, 0.841345)
"""Between these parts lie as many values as within one sigma of a normal law."""


@frozen
class Typical:
    """
    What is typical of one quantity over the good targets.

    Args:
        name: Name of the quantity.
        unit: Its unit.
        median: In that unit.
        spread: Half the width of the middle 68 %, in that unit: the standard deviation of a normal law, whatever a few
            outliers do. No error of the median. NaN for one value.
        low: The smallest value.
        high: The largest value.
        number: How many values there are.
    """

    name: str
    unit: str
    median: float
    spread: float
    low: float
    high: float
    number: int

    @property
    def texts(self) -> tuple[str, str]:
        """Median and spread as people read them, to the same place: ``39.3 µs`` and ``2.1 µs``; ``-`` for no spread."""
        factor, unit = display_scale(self.median, self.unit)
        spread = factor * self.spread
        known = math.isfinite(spread) and spread > 0
        places = min(8, max(0, 1 - int(f"{spread:.1e}".partition("e")[2]))) if known else 3
        tail = f" {unit_text(unit)}" if unit else ""
        return f"{factor * self.median:.{places}f}{tail}", f"{spread:.{places}f}{tail}" if known else "-"

    def __str__(self) -> str:
        """Return ``39.3 µs, spread 2.1 µs``; of one value only the value."""
        median, spread = self.texts
        return median if spread == "-" else f"{median}, spread {spread}"


@frozen(eq=False)
class TargetsSummary:
    """
    The targets of one experiment at a glance.

    Args:
        counts: How many targets have each verdict, all three of them, the best first.
        typical: Of the headline quantity over the good targets; None where none has a number.
        worst: The worst targets that are not good, the worst first, at most `WORST` unless asked for more.
        left_out: How many more are not good.
        codes: How often each code is the one to act on first, the most frequent first.
    """

    counts: Mapping[Level, int]
    typical: Typical | None
    worst: tuple[Analysis, ...]
    left_out: int
    codes: tuple[tuple[str, int], ...]

    @property
    def number(self) -> int:
        """How many targets there are."""
        return sum(self.counts.values())

    def __str__(self) -> str:
        """Return ``4 good, 0 suspect, 0 bad``."""
        return counted(self.counts)


def summary_of(analyses: Sequence[Analysis], worst: int = WORST) -> TargetsSummary:
    """
    Return the targets of one experiment at a glance.

    Args:
        analyses: One per target, in any order.
        worst: So many of those that are not good are named at most.
    """
    doubtful = sorted((one for one in analyses if one.verdict.level != "good"), key=badness)
    headline = next((one.quantities[0].name for one in analyses if one.quantities), "")
    codes = Counter(one.verdict.to_act_on[0].code for one in doubtful)
    return TargetsSummary(
        counts=count(analyses),
        typical=typical_of(headline, analyses),
        worst=tuple(doubtful[:worst]),
        left_out=max(0, len(doubtful) - worst),
        codes=tuple(codes.most_common()),
    )


def count(analyses: Iterable[Analysis]) -> dict[Level, int]:
    """Return how many targets have each verdict, the best first; every verdict is there."""
    found = Counter(one.verdict.level for one in analyses)
    return {level: found[level] for level in LEVELS}


def counted(counts: Mapping[Level, int]) -> str:
    """Return ``4 good, 0 suspect, 0 bad``."""
    return ", ".join(f"{counts[level]} {level}" for level in LEVELS)


def typical_of(name: str, analyses: Iterable[Analysis]) -> Typical | None:
    """Return what is typical of a quantity over the good targets that have a number; None where none has."""
    found = [
        q for one in analyses if one.verdict.level == "good" for q in one.quantities if q.name == name and q.is_known
    ]
    # Numbers of another unit are another quantity; one experiment has one unit.
    values = sorted(q.value for q in found if q.unit == found[0].unit)
    if not values:
        return None
    spread = (_part(values, _OUTER[1]) - _part(values, _OUTER[0])) / 2 if len(values) > 1 else math.nan
    return Typical(name, found[0].unit, statistics.median(values), spread, values[0], values[-1], len(values))


def badness(one: Analysis) -> tuple[int, int, tuple[int, ...]]:
    """Return what sorts targets, the worst first: the verdict, the code to act on first, then the qubits."""
    first = one.verdict.ordered[0]
    return -LEVELS.index(one.verdict.level), _RANKS.get(first.code, len(_RANKS)), one.target


def _part(values: Sequence[float], part: float) -> float:
    """Return the value below which this part of sorted values lies, between two of them where it must."""
    place = part * (len(values) - 1)
    below = min(int(place), len(values) - 2)
    return values[below] + (place - below) * (values[below + 1] - values[below])
