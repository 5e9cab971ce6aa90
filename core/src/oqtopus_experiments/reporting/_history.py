"""
One quantity of one target over all runs in a folder: a series for each device and settings, and how it changed.

Runs are of one series when they are of one backend and one device of it (`Backend.identity`), one experiment with the
same settings (`Declaration.settings`: a kind of pulse, but neither window nor shots), and give the quantity in one
unit. How a series changed is told by `_series_change`. Values with a bad verdict are shown but not used, and so is what
has no error.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.verdict import LEVELS, Level
from oqtopus_experiments.errors import NotStoredError
from oqtopus_experiments.reporting._findings import spans
from oqtopus_experiments.reporting._series_change import Drift, SeriesChange, change_of
from oqtopus_experiments.reporting._series_names import SeriesKey, named
from oqtopus_experiments.storage._archive import known_quantities
from oqtopus_experiments.storage._index_tables import snapshot
from oqtopus_experiments.storage._indexed_quantities import (
    IndexedQuantity,
    IndexedSeries,
    QuantityFilter,
    measurements_of,
    series_in,
)
from oqtopus_experiments.storage._lines import SeriesNumbers
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
    def changed(self) -> SeriesChange:
        """What became of the quantity."""
        steps = {number: entry.step for number, entry in enumerate(self.entries) if math.isfinite(entry.step)}
        return SeriesChange(steps, self.drift)

    @property
    def change(self) -> str:
        """The same, as the rest of a sentence."""
        return str(self.changed)


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
    with run_index(folder) as index, snapshot(index):
        chosen = chosen_series(index, folder, asked, wanted)
        found = measurements_of(index, folder, asked, list(chosen))
    made = [attrs.evolve(series(chosen[one], list(map(measurement, found[one]))), target=one.target) for one in chosen]
    place = places(wanted, chosen)
    return sorted(made, key=lambda one: (place[one.target], -len(one.entries), one.entries[0].created, one.name))


def chosen_series(
    index: sqlite3.Connection, folder: Path, asked: QuantityFilter, wanted: Wanted
) -> dict[IndexedSeries, str]:
    """
    Return which series a history is made of, each with its name among all of the quantity.

    Args:
        index: The open index.
        folder: Folder of the runs.
        asked: Which measurements the index is asked for.
        wanted: Which measurements are wanted.

    Raises:
        StoreError: When there are none; the message says what there is.
    """
    known = series_in(index, asked)
    if not known:
        raise NotStoredError(_nothing(index, folder, asked.name, wanted))
    keys = {one: SeriesKey.of(one.backend, one.device, one.use, one.settings, one.unit) for one in known}
    names = named(set(keys.values()))
    device = (wanted.device or "").casefold()
    chosen = {one: names[keys[one]] for one in known if device in names[keys[one]].casefold()}
    if not chosen:
        there = "; ".join(sorted(names.values()))
        message = f"no series of {asked.name!r} has {wanted.device!r} in its name; there are: {there}"
        raise NotStoredError(message)
    return chosen


def places(wanted: Wanted, series: Iterable[IndexedSeries]) -> dict[Target, int]:
    """Return the place of each target in a history: as asked for, else in order."""
    return {target: place for place, target in enumerate(wanted.targets or sorted({one.target for one in series}))}


def measurement(known: IndexedQuantity) -> Measurement:
    """Return a measurement as the index knows it, without what its series says of it."""
    return Measurement(known.run, known.created, known.label, known.quantity, known.level)


def _nothing(index: sqlite3.Connection, folder: Path, name: str, wanted: Wanted) -> str:
    """Return why a history is empty: what there is instead."""
    known, targets = known_quantities(index)
    shown = ", ".join(spans(targets)) or "none"
    hint = "" if name in known else suggest(name, known)
    of = "" if wanted.targets is None else f" of qubit {', '.join(map(label, wanted.targets))}"
    narrowed = {
        "since": wanted.since, "until": wanted.until, "experiment": wanted.experiment,
        "verdict": wanted.levels if wanted.levels != LEVELS else (),
    }  # fmt: skip
    asked = " and ".join(option for option, value in narrowed.items() if value)
    rest = " with what else was asked for" if asked else ""
    without = f"; leave out {asked}, or ask for more by it" if asked and not hint else ""
    return f"no run in {folder} has {name!r}{of}{rest}{hint}; qubits: {shown}{without}"


def series(name: str, entries: Sequence[Measurement]) -> Series:
    """Return the measurements of one device and settings with how they changed: every step at the first after it."""
    change, expected = change_of(_numbers(entries), entries[0].quantity.unit if entries else "")
    marked = [
        attrs.evolve(entry, step=change.steps.get(number, math.nan), expected=value)
        for number, (entry, value) in enumerate(zip(entries, expected.tolist(), strict=True))
    ]
    return Series(name, tuple(marked), change.drift)


def _numbers(entries: Sequence[Measurement]) -> SeriesNumbers:
    rows = [(e.quantity.value, e.quantity.stderr, e.quantity.systematic, _began(e.created)) for e in entries]
    values, stderrs, systematics, began = np.array(rows, dtype=float).reshape(-1, 4).T
    bad = np.array([entry.level == "bad" for entry in entries], dtype=bool)
    return SeriesNumbers(np.arange(len(entries)), values, stderrs, systematics, bad, began)


def _began(created: str) -> float:
    try:
        return moment(created)
    except (ValueError, OverflowError):
        return math.nan


def days(created: str) -> float:
    """
    Return a time as days since 1970.

    Raises:
        ValueError: When it is not one.
        OverflowError: When it is too long ago.
    """
    return moment(created) / _DAY
