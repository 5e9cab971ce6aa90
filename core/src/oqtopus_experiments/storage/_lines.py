"""
The lines of a history: what each series says in a few numbers, and what was told of it since the last came or went.

To tell how a long series changed, all its numbers are needed, but of each only five: they are read as columns. What was
told of a whole series is kept in the index with the revision of the line it was told of, so that it is told once.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.storage._index_tables import transaction
from oqtopus_experiments.storage._indexed_quantities import IndexedSeries, QuantityFilter

logger = logging.getLogger(__name__)

Floats: TypeAlias = NDArray[np.float64]

_NUMBERS = ("began", "value", "stderr", "systematic")
_COLUMNS = [*((name, "i8") for name in ("id", "run", "experiment", "bad")), *((name, "f8") for name in _NUMBERS)]


@frozen(eq=False)
class SeriesNumbers:
    """
    The measurements of a series, the oldest first, as columns of shape (n,); what is not known is not finite.

    Args:
        ids: Their numbers in the index.
        values: The values.
        stderrs: Their standard errors.
        systematics: Their systematics.
        bad: Whether their verdict is bad.
        began: When their runs began, s since 1970.
    """

    ids: NDArray[np.int64]
    values: Floats
    stderrs: Floats
    systematics: Floats
    bad: NDArray[np.bool_]
    began: Floats


@frozen
class Line:
    """
    What the index keeps of a whole series.

    Args:
        revision: Moves with each measurement that comes or goes.
        told: What was told of it; None where a measurement came or went since.
    """

    revision: int
    told: str | None


def numbers_of(
    index: sqlite3.Connection, wanted: QuantityFilter, series: Collection[IndexedSeries]
) -> dict[IndexedSeries, SeriesNumbers]:
    """Return the wanted measurements of some series, as columns; of each at least one."""
    place = _places(index) if series else np.empty(0)
    found = {one: _numbers(index, wanted, one, place) for one in series}
    return {one: numbers for one, numbers in found.items() if len(numbers.ids)}


def _numbers(
    index: sqlite3.Connection, wanted: QuantityFilter, one: IndexedSeries, place: NDArray[Any]
) -> SeriesNumbers:
    where, values = attrs.evolve(wanted, targets=(one.target,)).clauses()
    known = ", ".join(f"coalesce(quantities.{name}, 9e999)" for name in _NUMBERS)
    rows = index.execute(
        f"SELECT quantities.id, run, experiment, verdict = 'bad', {known} "  # noqa: S608  # our own words
        f"FROM quantities JOIN series ON series.id = quantities.series WHERE {where} AND quantities.series = ?",
        (*values, one.number),
    )
    table = np.fromiter(rows, dtype=_COLUMNS)
    table = table[np.lexsort((table["experiment"], place[table["run"]]))]
    columns = (np.ascontiguousarray(table[name]) for name in ("id", "value", "stderr", "systematic", "bad", "began"))
    ids, measured, stderrs, systematics, bad, began = columns
    return SeriesNumbers(ids, measured, stderrs, systematics, bad.astype(bool), began)


def _places(index: sqlite3.Connection) -> NDArray[np.int64]:
    """Return the place of each run in the order of time, by its number."""
    order = np.fromiter((run for (run,) in index.execute("SELECT id FROM runs ORDER BY created, folder")), dtype="i8")
    place = np.zeros(order.max(initial=0) + 1, dtype="i8")
    place[order] = np.arange(len(order))
    return place


def lines_of(index: sqlite3.Connection, name: str, series: Collection[IndexedSeries]) -> dict[IndexedSeries, Line]:
    """Return what the index keeps of some series of a quantity."""
    of = {(label(one.target), one.number): one for one in series}
    rows = index.execute("SELECT target, series, revision, told FROM lines WHERE name = ?", (name,))
    return {of[target, number]: Line(*line) for target, number, *line in rows if (target, number) in of}


def keep(index: sqlite3.Connection, name: str, told: Mapping[IndexedSeries, Line]) -> None:
    """Keep what was told of whole series of a quantity, but of those that have changed since."""
    rows = [(line.told, name, label(one.target), one.number, line.revision) for one, line in told.items()]
    statement = "UPDATE lines SET told = ? WHERE name = ? AND target = ? AND series = ? AND revision = ?"
    try:
        with transaction(index):
            index.executemany(statement, rows)
    except sqlite3.OperationalError as error:  # it can be read but not written, and is none the worse for it
        logger.debug("what was told of %s is not kept: %s", name, error)
