"""One quantity over all runs in a folder: which series of it there are, and the measurements of some of them."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.verdict import Level
from oqtopus_experiments.storage._index_tables import NUMBERS, SERIES, TEXTS

_COLUMNS = (*TEXTS, *NUMBERS)
_MEASURED = (
    f"runs.folder, runs.created, experiments.label, quantities.verdict, "
    f"{', '.join(f'quantities.{column}' for column in _COLUMNS)} "
    "FROM quantities JOIN series ON series.id = quantities.series "
    "JOIN experiments ON experiments.id = quantities.experiment JOIN runs ON runs.id = quantities.run"
)
"""What is read of a measurement, and from where."""
_MOST = 500
"""So many values are asked for at once: SQL takes some thousands."""


@frozen
class QuantityFilter:
    """
    Which measurements of a quantity are asked for; what is None or empty asks for nothing.

    Args:
        name: Name of the quantity.
        targets: Only of these.
        experiment: Only of experiments of this label or name.
        levels: Only with these verdicts.
        since: Only of runs that began at this time or later, s since 1970.
        until: Only of runs that began at this time or before. Where a time is asked for, runs without one are left out.
    """

    name: str
    targets: tuple[Target, ...] = ()
    experiment: str | None = None
    levels: tuple[Level, ...] = ()
    since: float | None = None
    until: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all measurements of a series are asked for where any is."""
        return not (self.experiment or self.levels) and self.since is None and self.until is None

    def clauses(self) -> tuple[str, list[Any]]:
        """Return the conditions in SQL, over ``quantities`` and ``series``, and their values."""
        conditions, values = ["quantities.name = ?"], list[Any]([self.name])
        for column, some in (("target", [label(one) for one in self.targets]), ("verdict", list(self.levels))):
            if some:
                conditions.append(f"quantities.{column} IN ({_marks(some)})")
                values += some
        for comparison, time in ((">=", self.since), ("<=", self.until)):
            if time is not None:
                conditions.append(f"quantities.began {comparison} ?")
                values.append(time)
        if self.experiment:
            labelled = "SELECT 1 FROM experiments AS own WHERE own.id = quantities.experiment AND own.label = ?"
            conditions.append(f"(series.use = ? OR EXISTS ({labelled}))")
            values += [self.experiment] * 2
        return " AND ".join(conditions), values


@frozen(eq=False)
class IndexedSeries:
    """
    What measurements of one quantity of one target have in common.

    Args:
        number: Its number in the index.
        target: Its physical qubits.
        backend: Name of the backend.
        device: What tells its device from others of the same backend.
        use: Name of the experiment.
        settings: What decides what its quantities mean.
        unit: Their unit.
    """

    number: int
    target: Target
    backend: str
    device: Mapping[str, Any]
    use: str
    settings: Mapping[str, Any]
    unit: str


@frozen(eq=False)
class IndexedQuantity:
    """
    A measurement of a quantity as the index knows it.

    Args:
        run: Folder of the run.
        created: Its time, UTC, ISO 8601.
        label: Label of the experiment.
        level: The verdict.
        quantity: The number.
    """

    run: Path
    created: str
    label: str
    level: Level
    quantity: Quantity


def series_in(index: sqlite3.Connection, wanted: QuantityFilter) -> list[IndexedSeries]:
    """Return the series that have a wanted measurement, by target."""
    where, values = wanted.clauses()
    table = "quantities"
    if wanted.is_whole:  # of those each is one line, and need not be found among its measurements
        table, where = "lines", f"{where.replace('quantities.', 'lines.')} AND lines.number > 0"
    rows = index.execute(
        f"SELECT DISTINCT series.id, {table}.target, {', '.join(f'series.{name}' for name in SERIES)} "  # noqa: S608
        f"FROM {table} JOIN series ON series.id = {table}.series WHERE {where}",
        values,
    )
    found = [
        IndexedSeries(number, _qubits(target), backend, json.loads(device), use, json.loads(settings), unit)
        for number, target, backend, device, use, settings, unit in rows
    ]
    return sorted(found, key=lambda one: (one.target, one.number))


def measurements_of(
    index: sqlite3.Connection, folder: Path, wanted: QuantityFilter, series: Collection[IndexedSeries]
) -> dict[IndexedSeries, list[IndexedQuantity]]:
    """
    Return the wanted measurements of some series, the oldest first.

    Args:
        index: The open index.
        folder: Folder of the runs.
        wanted: Which measurements.
        series: Of these, as `series_in` returned them.
    """
    of = {(one.number, label(one.target)): one for one in series}
    found: dict[IndexedSeries, list[IndexedQuantity]] = {one: [] for one in series}
    where, values = wanted.clauses()
    for some in _parts(sorted({one.number for one in series})):
        rows = index.execute(
            f"SELECT quantities.series, quantities.target, {_MEASURED} "  # our own words
            f"WHERE {where} AND quantities.series IN ({_marks(some)}) "
            "ORDER BY runs.created, runs.folder, experiments.id",
            (*values, *some),
        )
        for number, target, *columns in rows:
            if one := of.get((number, target)):
                found[one].append(_measured(folder, columns))
    return found


def measurements_at(index: sqlite3.Connection, folder: Path, ids: Sequence[int]) -> dict[int, IndexedQuantity]:
    """Return the measurements of these numbers in the index; without those that are gone."""
    found = {}
    for some in _parts(ids):
        rows = index.execute(
            f"SELECT quantities.id, {_MEASURED} WHERE quantities.id IN ({_marks(some)})",  # ours
            some,
        )
        found.update({number: _measured(folder, columns) for number, *columns in rows})
    return found


def _measured(folder: Path, columns: Sequence[Any]) -> IndexedQuantity:
    name, created, chapter, level, *rest = columns
    return IndexedQuantity(Path(f"{folder}/{name}"), created, chapter, level, _quantity(rest))


def _parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[begin : begin + _MOST] for begin in range(0, len(values), _MOST))


def _quantity(columns: Sequence[Any]) -> Quantity:
    texts, numbers = columns[: len(TEXTS)], columns[len(TEXTS) :]
    known: dict[str, Any] = dict(zip(TEXTS, texts, strict=True))
    for name, number in zip(NUMBERS, numbers, strict=True):
        known[name] = math.nan if number is None else number
    return Quantity(**known)


def _qubits(target: str) -> Target:
    return tuple(map(int, target.split("-")))


def _marks(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))
