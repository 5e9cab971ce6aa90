"""
Runs side by side: how far apart two values of one quantity are, in units of their combined error.

That is standard errors and systematics in quadrature; times are compared by their logarithms (`_comparable`).

The rule for a flag: with m differences looked at, one is flagged beyond the significance that a normal deviate exceeds
with probability 0.001/m (Bonferroni: one comparison in a thousand flags anything where nothing changed, however many
quantities it has), and always from 5 sigma on. That is 3.3 sigma for one difference, 4.1 for 20, 5 for 1700 and more.
Values whose verdict is bad are shown and not compared: their errors mean nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from statistics import NormalDist

import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.verdict import Level
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.reporting._comparable import comparable
from oqtopus_experiments.storage._summary import Summary

FALSE_ALARMS = 0.001
"""Probability that a comparison of unchanged runs flags anything."""
ALWAYS = 5.0
"""Sigma from which a difference is flagged, however many are looked at."""

Key = tuple[str, str, str]


@frozen
class Value:
    """One quantity of one run, and the verdict on its target."""

    quantity: Quantity
    level: Level


@frozen
class Difference:
    """
    One quantity over the runs.

    Args:
        experiment: Label of the experiment.
        qubits: Label of the target.
        name: Name of the quantity.
        values: One per run; None where a run does not have it.
        sigma: Largest difference between two runs over its standard error; NaN when no two can be compared.
        flagged: Whether that is more than chance allows.
    """

    experiment: str
    qubits: str
    name: str
    values: tuple[Value | None, ...]
    sigma: float
    flagged: bool


def compare(runs: Sequence[Summary]) -> list[Difference]:
    """
    Return all quantities that at least two of the runs have, in the order of the first run that has them.

    Raises:
        StoreError: When the runs have nothing in common.
    """
    tables = [_values(run) for run in runs]
    keys = [key for key in dict.fromkeys(key for table in tables for key in table) if _shared(key, tables)]
    if not keys:
        message = (
            "the runs have no quantity of one experiment, qubit and name in common; "
            "runs without an analysis get one from `oqx analyze RUN`"
        )
        raise StoreError(message)
    rows = [(key, tuple(table.get(key) for table in tables)) for key in keys]
    pairs = [_differences(values) for _, values in rows]
    limit = threshold(sum(map(len, pairs)))
    return [
        Difference(*key, values, max(found, default=math.nan), max(found, default=0.0) >= limit)
        for (key, values), found in zip(rows, pairs, strict=True)
    ]


def threshold(comparisons: int) -> float:
    """Return the significance in sigma from which one of so many differences is flagged."""
    tail = FALSE_ALARMS / max(1, comparisons) / 2
    return min(ALWAYS, -NormalDist().inv_cdf(tail))


def significance(one: Quantity, other: Quantity) -> float:
    """
    Return the difference over its error, systematics included; NaN when an error is not known or the units differ.

    Times are compared by their logarithms: see `_comparable`.
    """
    if one.unit != other.unit or not (one.is_known and other.is_known):
        return math.nan
    numbers = comparable((one, other))
    error = math.hypot(*numbers.errors.tolist())
    return abs(float(np.diff(numbers.values)[0])) / error if math.isfinite(error) and error > 0 else math.nan


def _values(run: Summary) -> dict[Key, Value]:
    return {
        (experiment, label(analysis.target), quantity.name): Value(quantity, analysis.verdict.level)
        for experiment, analyses in run.analyses.items()
        for analysis in analyses
        for quantity in analysis.quantities
    }


def _shared(key: Key, tables: Sequence[dict[Key, Value]]) -> bool:
    return sum(key in table for table in tables) > 1


def _differences(values: Sequence[Value | None]) -> list[float]:
    trusted = [value.quantity for value in values if value is not None and value.level != "bad"]
    found = [significance(one, other) for one, other in combinations(trusted, 2)]
    return [sigma for sigma in found if math.isfinite(sigma)]
