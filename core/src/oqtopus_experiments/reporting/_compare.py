"""
Runs side by side: how far apart two values of one quantity are, in units of their combined error.

That is standard errors and systematics in quadrature; times are compared by their logarithms (`_comparable`).

The rule for a flag: with m differences looked at, one is flagged beyond the significance that a normal deviate exceeds
with probability 0.001/m (Bonferroni: one comparison in a thousand flags anything where nothing changed, however many
quantities it has), and always from 5 sigma on. That is 3.3 sigma for one difference, 4.1 for 20, 5 for 1700 and more.
Values whose verdict is bad are shown and not compared: their errors mean nothing.

A quantity that only says another one again, an error per gate beside the decay it is computed from, is no further
difference: where the covariance of a fit makes two quantities one number, the first of them is counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from statistics import NormalDist

import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.verdict import Level
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.reporting._comparable import comparable
from oqtopus_experiments.storage._summary import Summary

FALSE_ALARMS = 0.001
"""Probability that a comparison of unchanged runs flags anything."""
ALWAYS = 5.0
"""Sigma from which a difference is flagged, however many are looked at."""
ONE_NUMBER = 1 - 1e-6
"""Correlation from which two quantities are one number, for what rounding leaves of 1."""

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
        flagged: Whether that is more than chance allows; never of one that says another one again.
        change: The last of the values that can be compared minus the first, with its error; None where there are not
            two.
        percent: The same in percent of the first; NaN where that is not known to three standard errors.
        headline: Whether it is what its experiment is done for.
        same_as: The quantity that it says again; empty for none.
    """

    experiment: str
    qubits: str
    name: str
    values: tuple[Value | None, ...]
    sigma: float
    flagged: bool
    change: Quantity | None = None
    percent: float = math.nan
    headline: bool = False
    same_as: str = ""


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
    repeated = repetitions(runs)
    headlines = _headlines(runs)
    rows = [(key, tuple(table.get(key) for table in tables)) for key in keys]
    pairs = [_differences(values) for _, values in rows]
    limit = threshold(sum(len(found) for (key, _), found in zip(rows, pairs, strict=True) if key not in repeated))
    differences = []
    for (key, values), found in zip(rows, pairs, strict=True):
        same_as = repeated.get(key, "")
        change, percent = _change(values)
        differences.append(
            Difference(
                *key,
                values,
                sigma=max(found, default=math.nan),
                flagged=not same_as and max(found, default=0.0) >= limit,
                change=change,
                percent=percent,
                headline=key in headlines,
                same_as=same_as,
            )
        )
    return differences


def repetitions(runs: Sequence[Summary]) -> dict[Key, str]:
    """
    Return which quantities say another one of their target again, by the name of that one.

    Two quantities of a fit are one number when their correlation is 1 or -1, in every run that knows it: then either is
    a function of the other, as far as the errors go.
    """
    alike: dict[Key, list[set[str]]] = {}
    for run in runs:
        for experiment, analyses in run.analyses.items():
            for analysis in analyses:
                for name, others in _one_number(analysis).items():
                    alike.setdefault((experiment, label(analysis.target), name), []).append(others)
    found: dict[Key, str] = {}
    for key, sets in alike.items():
        same = set.intersection(*sets)
        first = next((name for name in _names(runs, key) if name in same or name == key[2]), key[2])
        if first != key[2]:
            found[key] = first
    return found


def _one_number(analysis: Analysis) -> dict[str, set[str]]:
    """Return for each quantity whose correlations are known the names of those that are the same number."""
    covariance, names = analysis.covariance, [quantity.name for quantity in analysis.quantities]
    if covariance is None or covariance.shape != (len(names), len(names)):
        return {}
    errors = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    known = [i for i in range(len(names)) if math.isfinite(errors[i]) and errors[i] > 0]
    return {
        names[i]: {names[j] for j in known if j != i and abs(covariance[i, j]) >= ONE_NUMBER * errors[i] * errors[j]}
        for i in known
    }


def _names(runs: Sequence[Summary], key: Key) -> list[str]:
    """Return the quantities of a target in the order of the first run that has them."""
    for run in runs:
        for analysis in run.analyses.get(key[0], ()):
            if label(analysis.target) == key[1]:
                return [quantity.name for quantity in analysis.quantities]
    return []


def _headlines(runs: Sequence[Summary]) -> set[Key]:
    return {
        (experiment, label(analysis.target), analysis.quantities[0].name)
        for run in runs
        for experiment, analyses in run.analyses.items()
        for analysis in analyses
        if analysis.quantities
    }


def _change(values: Sequence[Value | None]) -> tuple[Quantity | None, float]:
    """Return how far the last value that can be compared is from the first, and that in percent of the first."""
    known = [one for one in _trusted(values) if one.is_known]
    if len(known) < 2 or known[0].unit != known[-1].unit:
        return None, math.nan
    first, last = known[0], known[-1]
    error = math.hypot(first.total_error, last.total_error)
    change = Quantity(first.name, last.value - first.value, error, first.unit)
    scale = first.value if abs(first.value) >= 3 * first.total_error and first.value else math.nan
    return change, 100 * change.value / abs(scale)


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


def _trusted(values: Sequence[Value | None]) -> list[Quantity]:
    return [value.quantity for value in values if value is not None and value.level != "bad"]


def _differences(values: Sequence[Value | None]) -> list[float]:
    found = [significance(one, other) for one, other in combinations(_trusted(values), 2)]
    return [sigma for sigma in found if math.isfinite(sigma)]
