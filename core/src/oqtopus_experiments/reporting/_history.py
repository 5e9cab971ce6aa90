"""
One quantity of one target over all runs in a folder: a series for each device and settings, and how it changed.

Runs are of one series when they are of one backend and one device of it (`Backend.identity`), one experiment with the
same settings (`Declaration.settings`: a kind of pulse, but neither window nor shots), and give the quantity in one
unit. How a series changed is decided by `_changes`, on the scale of `_comparable`. Values with a bad verdict are shown
but not used, and so is what has no error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.verdict import LEVELS, Level
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.reporting._changes import changes
from oqtopus_experiments.reporting._comparable import comparable
from oqtopus_experiments.reporting._findings import spans
from oqtopus_experiments.reporting._series_names import SeriesKey, named
from oqtopus_experiments.storage._archive import known_quantities
from oqtopus_experiments.storage._indexed_quantities import (
    IndexedQuantity,
    QuantityFilter,
    measurements_of,
    series_in,
)
from oqtopus_experiments.storage._run_index import run_index
from oqtopus_experiments.support._moments import moment
from oqtopus_experiments.support._suggestions import suggest

_DAY = 86_400.0


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
        expected: What the value would be without noise, given how the series changed; NaN where it was not used.
    """

    run: Path
    created: str
    experiment: str
    quantity: Quantity
    level: Level
    step: float = math.nan
    expected: float = math.nan

    @property
    def is_usable(self) -> bool:
        """Whether it has a number that can be trusted."""
        quantity = self.quantity
        return self.level != "bad" and quantity.is_known and quantity.stderr >= 0 and quantity.total_error > 0


@frozen
class Drift:
    """
    A slope of the quantity in time.

    Args:
        slope: Change per unit of time with its standard error, in the unit of the quantity.
        per: The unit of time: ``day``, or ``run`` where the times of the runs are not known.
        sigma: How many standard errors it is from none.
        percent: The same in percent of the quantity; NaN where that has no scale.
    """

    slope: Quantity
    per: str
    sigma: float
    percent: float = math.nan

    def __str__(self) -> str:
        """Return ``drifts by -0.48 ± 0.10 us per day (-1.2 %), 4.8 σ``."""
        part = f" ({self.percent:+.2g} %)" if math.isfinite(self.percent) else ""
        return f"drifts by {self.slope} per {self.per}{part}, {self.sigma:.1f} σ"


@frozen
class Series:
    """
    One quantity of one target over the runs of one device and settings.

    Args:
        name: What tells it from the other series in the folder: ``t1 on noisy (t1 = 40000.0)``.
        entries: Its measurements, the oldest first, with the steps.
        drift: Its drift between the steps; None where it does not drift.
        target: Its physical qubits; empty where nobody says.
    """

    name: str
    entries: tuple[Measurement, ...]
    drift: Drift | None = None
    target: Target = ()

    @property
    def is_changed(self) -> bool:
        """Whether it has a step or a drift."""
        return self.drift is not None or any(math.isfinite(entry.step) for entry in self.entries)

    @property
    def change(self) -> str:
        """What became of the quantity, as the rest of a sentence."""
        steps = sum(math.isfinite(entry.step) for entry in self.entries)
        told = [str(self.drift)] if self.drift else []
        told += [f"has {steps} step{'s' * (steps > 1)}"] if steps else []
        return " and ".join(told) or "shows no change beyond its errors"


@frozen
class Wanted:
    """
    Which measurements a history is made of; all of them by default.

    Args:
        targets: Only these targets; None for every one that was measured.
        experiment: Only experiments of this label or name.
        device: Only series whose name contains this text.
        levels: Only these verdicts.
        since: Only runs from this moment on.
        until: Only runs up to this moment.
    """

    targets: tuple[Target, ...] | None = None
    experiment: str | None = None
    device: str | None = None
    levels: tuple[Level, ...] = LEVELS
    since: datetime | None = None
    until: datetime | None = None

    def of(self, name: str) -> QuantityFilter:
        """Return which measurements of a quantity the index is asked for."""
        return QuantityFilter(
            name,
            self.targets or (),
            self.experiment,
            () if self.levels == LEVELS else self.levels,
            None if self.since is None else self.since.timestamp(),
            None if self.until is None else self.until.timestamp(),
        )


def history(
    folder: Path, name: str, target: Target, experiment: str | None = None, device: str | None = None
) -> list[Series]:
    """Return a quantity of one target over the runs in a folder: see `histories`."""
    return histories(folder, name, Wanted((target,), experiment, device))


def histories(folder: Path, name: str, wanted: Wanted) -> list[Series]:
    """
    Return a quantity over the runs in a folder: a series for each target, device and settings.

    In the order of the targets; those of one target the longest first. Steps and drifts are those of the measurements
    that are wanted.

    Args:
        folder: Folder of run folders; those that cannot be read are left out.
        name: Name of the quantity.
        wanted: Which measurements.

    Raises:
        StoreError: When no run has it; the message says what there is.
    """
    asked = wanted.of(name)
    with run_index(folder) as index:
        known = series_in(index, asked)
        keys = {one: SeriesKey.of(one.backend, one.device, one.use, one.settings, one.unit) for one in known}
        names = named(set(keys.values()))
        device = (wanted.device or "").casefold()
        chosen = [one for one in known if device in names[keys[one]].casefold()]
        found = measurements_of(index, folder, asked, chosen)
    if not known:
        raise StoreError(_nothing(folder, name, wanted))
    if not chosen:
        message = (
            f"no series of {name!r} has {wanted.device!r} in its name; there are: {'; '.join(sorted(names.values()))}"
        )
        raise StoreError(message)
    order = {target: place for place, target in enumerate(wanted.targets or sorted({one.target for one in chosen}))}
    made = [attrs.evolve(series(names[keys[one]], _told(found[one])), target=one.target) for one in chosen]
    return sorted(made, key=lambda one: (order[one.target], -len(one.entries), one.entries[0].created, one.name))


def _told(known: Sequence[IndexedQuantity]) -> list[Measurement]:
    return [Measurement(one.run, one.created, one.label, one.quantity, one.level) for one in known]


def _nothing(folder: Path, name: str, wanted: Wanted) -> str:
    """Return why a history is empty: what there is instead."""
    known, targets = known_quantities(folder)
    shown = ", ".join(spans(targets)) or "none"
    hint = "" if name in known else suggest(name, known)
    of = "" if wanted.targets is None else f" of qubit {', '.join(map(label, wanted.targets))}"
    filtered = wanted.since or wanted.until or wanted.levels != LEVELS or wanted.experiment
    rest = " with what else was asked for" if filtered else ""
    return f"no run in {folder} has {name!r}{of}{rest}{hint}; qubits: {shown}"


def series(name: str, entries: Sequence[Measurement]) -> Series:
    """Return the measurements of one device and settings with how they changed: every step at the first after it."""
    usable = [i for i, entry in enumerate(entries) if entry.is_usable]
    if not usable:
        return Series(name, tuple(entries))
    numbers = comparable([entries[i].quantity for i in usable])
    times, per = _times([entries[i].created for i in usable])
    changed = changes(numbers.values, numbers.errors, np.array(times))
    steps = {usable[step.cut]: step.sigma for step in changed.steps}
    expected = dict(zip(usable, numbers.back(changed.fitted).tolist(), strict=True))
    marked = [
        attrs.evolve(entry, step=steps.get(i, math.nan), expected=expected.get(i, math.nan))
        for i, entry in enumerate(entries)
    ]
    if changed.slope is None:
        return Series(name, tuple(marked))
    # A slope of a logarithm is a part of the quantity: told at its typical value.
    typical = float(np.exp(np.average(numbers.values, weights=numbers.errors**-2))) if numbers.relative else 1.0
    slope = Quantity("drift", changed.slope.value * typical, changed.slope.stderr * typical, entries[0].quantity.unit)
    percent = 100 * changed.slope.value if numbers.relative else math.nan
    return Series(name, tuple(marked), Drift(slope, per, changed.slope.sigma, percent))


def days(created: str) -> float:
    """
    Return a time as days since 1970.

    Raises:
        ValueError: When it is not one.
        OverflowError: When it is too long ago.
    """
    return moment(created) / _DAY


def _times(created: Sequence[str]) -> tuple[list[float], str]:
    """Return the times in days; their numbers when any of them is missing or unreadable."""
    try:
        return [days(one) for one in created], "day"
    except (ValueError, OverflowError):
        return [float(number) for number in range(len(created))], "run"
