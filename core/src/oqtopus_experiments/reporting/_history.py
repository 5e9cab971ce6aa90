"""
One quantity of one target over all runs in a folder, and where it changed.

The rule for a step: for every way to cut the series in two, the likelihood ratio of two constants against one is
D = (m1 - m2)^2 / (1/W1 + 1/W2), with m the weighted means of the parts, W the sums of 1/stderr^2. The cut with the
largest D is a step when the probability that chance gives as much, times the number of cuts (Bonferroni), is below
0.01: 3.5 sigma for 20 runs. Both parts are then searched in the same way. So a quantity that never changed
shows a step in at most one history of a hundred, provided that its errors are honest. Values with a bad
verdict are shown but not used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import NormalDist
from typing import TypeAlias

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.verdict import Level
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._summary import Summary, find_runs
from oqtopus_experiments.support._suggestions import suggest

Array: TypeAlias = NDArray[np.float64]

FALSE_ALARMS = 0.01
"""Probability that the history of a constant quantity shows a step."""


@frozen
class Measurement:
    """
    One measurement of the quantity.

    Args:
        run: Folder of the run.
        created: Its time, UTC, ISO 8601.
        experiment: Label of the experiment.
        quantity: Value and error.
        level: The verdict.
        step: How many sigma the level before this entry differs from that after it; NaN where there is no step.
    """

    run: Path
    created: str
    experiment: str
    quantity: Quantity
    level: Level
    step: float = math.nan

    @property
    def is_usable(self) -> bool:
        """Whether it has a number that can be trusted."""
        return self.level != "bad" and self.quantity.is_known and 0 < self.quantity.stderr < math.inf


def history(folder: Path, name: str, target: Target, experiment: str | None = None) -> list[Measurement]:
    """
    Return a quantity over the runs in a folder, the oldest first, with its steps.

    Args:
        folder: Folder of run folders; those that cannot be read are left out.
        name: Name of the quantity.
        target: Its physical qubits.
        experiment: Only experiments of this label or name; all of them by default.

    Raises:
        StoreError: When no run has it; the message says what there is.
    """
    runs, _ = find_runs(folder)
    found = [entry for run in runs for entry in _entries(run, name, target, experiment)]
    if not found:
        known = sorted(
            {q.name for run in runs for parts in run.analyses.values() for part in parts for q in part.quantities}
        )
        qubits = sorted({part.target for run in runs for parts in run.analyses.values() for part in parts})
        shown = ", ".join(map(label, qubits)) or "none"
        hint = "" if name in known else suggest(name, known)
        message = f"no run in {folder} has {name!r} of qubit {label(target)}{hint}; qubits: {shown}"
        raise StoreError(message)
    return with_steps(found)


def with_steps(entries: Sequence[Measurement]) -> list[Measurement]:
    """Return the entries with every step noted at the first entry after it."""
    usable = [i for i, entry in enumerate(entries) if entry.is_usable]
    values = np.array([entries[i].quantity.value for i in usable])
    errors = np.array([entries[i].quantity.stderr for i in usable])
    marked = list(entries)
    for cut, sigma in steps(values, errors):
        marked[usable[cut]] = attrs.evolve(marked[usable[cut]], step=sigma)
    return marked


def steps(values: Array, errors: Array) -> list[tuple[int, float]]:
    """
    Return where a series changes: index of the first value after each step, and its significance in sigma.

    Args:
        values: The series, shape (n,).
        errors: Standard errors, shape (n,), > 0.
    """
    if len(values) < 2:
        return []
    weights = 1 / errors**2
    before, sums = np.cumsum(weights)[:-1], np.cumsum(weights * values)[:-1]
    after = weights.sum() - before
    gap = sums / before - ((weights * values).sum() - sums) / after
    ratio = gap**2 / (1 / before + 1 / after)
    cut = int(np.argmax(ratio)) + 1
    sigma = math.sqrt(float(ratio[cut - 1]))
    if sigma < threshold(len(values) - 1):
        return []
    return [
        *steps(values[:cut], errors[:cut]),
        (cut, sigma),
        *((cut + later, found) for later, found in steps(values[cut:], errors[cut:])),
    ]


def threshold(cuts: int) -> float:
    """Return the significance in sigma from which the best of so many cuts is a step."""
    return -NormalDist().inv_cdf(FALSE_ALARMS / max(1, cuts) / 2)


def _entries(run: Summary, name: str, target: Target, experiment: str | None) -> list[Measurement]:
    uses = {entry.label: entry.use for entry in run.entries}
    return [
        Measurement(run.path, run.created, chapter, quantity, analysis.verdict.level)
        for chapter, analyses in run.analyses.items()
        if experiment in (None, chapter, uses[chapter])
        for analysis in analyses
        if analysis.target == target
        for quantity in analysis.quantities
        if quantity.name == name
    ]
