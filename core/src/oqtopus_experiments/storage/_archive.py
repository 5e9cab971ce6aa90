"""What the index of a folder of runs is asked: which runs there are, and what they measured."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.verdict import LEVELS, Level
from oqtopus_experiments.storage._run_index import run_index

_PAGE = 50
"""So many runs are looked up at once for who wants the newest of a kind."""


@frozen(eq=False)
class IndexedRun:
    """
    A run as the index knows it.

    Args:
        path: Its folder.
        name: Name of the run.
        created: Time of its start in UTC, ISO 8601; empty when unknown.
        backend: Name of the backend.
        device: What tells its device from others of the same backend.
        counts: How many targets have each verdict, the best first.
        missing: Labels of the experiments without an analysis.
        problem: Why the folder cannot be read; empty where it can.
        kind: ``sweep`` or ``watch`` where it is the folder of several runs, `counts` and `missing` being those of all
            that have begun; empty for one run.
        members: How many runs it is to have.
        begun: How many have begun.
    """

    path: Path
    name: str
    created: str
    backend: str
    device: Mapping[str, Any]
    counts: Mapping[Level, int]
    missing: tuple[str, ...]
    problem: str
    kind: str = ""
    members: int = 1
    begun: int = 1


@frozen
class RunFilter:
    """
    Which runs are asked for; what is None or empty asks for nothing.

    Args:
        device: Text in the name of the backend or in what tells its device.
        experiment: Label or name of an experiment it has.
        quantity: Name of a quantity it has.
        target: Qubits of a target that has it.
        verdicts: At least one target has one of these.
        since: Started at this time or later, ISO 8601 in UTC.
        until: Started before this time.
        readable: Whether to leave out what cannot be read.
    """

    device: str | None = None
    experiment: str | None = None
    quantity: str | None = None
    target: Target | None = None
    verdicts: tuple[Level, ...] = ()
    since: str | None = None
    until: str | None = None
    readable: bool = False

    def inside(self) -> tuple[str, list[str]]:
        """Return a query in SQL for the runs that have what is asked for inside, and its values; empty for all runs."""
        conditions: list[str] = []
        values: list[str] = []
        for text, given in (
            ("(experiments.label = ? OR experiments.use = ?)", [self.experiment] * 2 if self.experiment else []),
            ("quantities.name = ?", [self.quantity] if self.quantity else []),
            ("quantities.target = ?", [label(self.target)] if self.target else []),
            (f"quantities.verdict IN ({', '.join('?' * len(self.verdicts))})", list(self.verdicts)),
        ):
            if given:
                conditions.append(text)
                values += given
        if not conditions:
            return "", []
        # An experiment may have no quantity, and a quantity need not be asked for its experiment.
        tables = "experiments LEFT JOIN quantities ON quantities.experiment = experiments.id"
        run, of = ("experiments.run", tables) if self.experiment else ("quantities.run", "quantities")
        return f"SELECT {run} FROM {of} WHERE {' AND '.join(conditions)}", values  # noqa: S608

    def outside(self) -> tuple[str, list[str]]:
        """Return the conditions in SQL, over ``runs``, that a run itself is to fulfil, and their values."""
        conditions = ["runs.parent IS NULL", *["runs.problem IS NULL"] * self.readable]
        values: list[str] = []
        for text, one in (
            ("instr(lower(runs.backend || ' ' || runs.device), lower(?)) > 0", self.device),
            ("runs.created >= ?", self.since),
            ("runs.created < ?", self.until),
        ):
            if one is not None:
                conditions.append(text)
                values.append(one)
        return " AND ".join(conditions), values


EVERY = RunFilter()
READABLE = RunFilter(readable=True)


def find(folder: Path, wanted: RunFilter = EVERY, newest: int | None = None) -> tuple[list[IndexedRun], int]:
    """
    Return the runs in a folder, the oldest first, and how many there are in all.

    Args:
        folder: Folder of run folders.
        wanted: Which runs.
        newest: Only so many of the newest; None for all.

    Raises:
        StoreError: When there is no such folder.
    """
    where, values = wanted.outside()
    columns = ("folder", "name", "created", "backend", "device", "missing", "problem", "kind", "members", *LEVELS)
    with run_index(folder) as index:
        if _chosen(index, wanted):
            where = f"{where} AND runs.id IN (SELECT run FROM fitting)"  # noqa: S608  # our own words
        (number,) = index.execute(f"SELECT count(*) FROM runs WHERE {where}", values).fetchone()  # noqa: S608  # ours
        rows = index.execute(
            f"SELECT {', '.join(columns)} FROM runs WHERE {where} "  # noqa: S608  # ours
            # The name of a folder starts with its time, to the second only and before any copying and renaming.
            "ORDER BY created DESC, folder DESC LIMIT ?",
            (*values, -1 if newest is None else newest),
        ).fetchall()
        found = [_run(folder, dict(zip(columns, row, strict=True)), index) for row in reversed(rows)]
    return found, number


def _chosen(index: sqlite3.Connection, wanted: RunFilter) -> bool:
    """Note the runs that have what is asked for inside, or among theirs; return whether anything is asked for."""
    inside, values = wanted.inside()
    if inside:
        index.execute("CREATE TEMP TABLE fitting (run INTEGER PRIMARY KEY)")
        index.execute(f"INSERT OR IGNORE INTO fitting {inside}", values)  # our own words
        index.execute(
            "INSERT OR IGNORE INTO fitting SELECT above.id FROM runs AS own JOIN runs AS above "
            "ON above.folder = own.parent WHERE own.parent IS NOT NULL AND own.id IN (SELECT run FROM fitting)"
        )
    return bool(inside)


def _run(folder: Path, row: Mapping[str, Any], index: sqlite3.Connection) -> IndexedRun:
    several = row["kind"] is not None
    parts = [row]
    if several:
        names = ("missing", *LEVELS)
        members = index.execute(f"SELECT {', '.join(names)} FROM runs WHERE parent = ?", (row["folder"],))  # noqa: S608
        parts = [dict(zip(names, member, strict=True)) for member in members]
    missing = (label for part in parts for label in json.loads(part["missing"] or "[]"))
    return IndexedRun(
        path=folder / row["folder"],
        name=row["name"] or "",
        created=row["created"] or "",
        backend=row["backend"] or "",
        device=json.loads(row["device"] or "{}"),
        counts={level: sum(part[level] or 0 for part in parts) for level in LEVELS},
        missing=tuple(dict.fromkeys(missing)),
        problem=row["problem"] or "",
        kind=row["kind"] or "",
        members=row["members"] or 1,
        begun=len(parts),
    )


def known_quantities(index: sqlite3.Connection) -> tuple[list[str], list[Target]]:
    """Return the names of all quantities and all targets that any run has, for a message about one that none has."""
    names = [name for (name,) in index.execute("SELECT DISTINCT name FROM lines WHERE number > 0 ORDER BY name")]
    targets = [target for (target,) in index.execute("SELECT DISTINCT target FROM lines WHERE number > 0")]
    return names, sorted(tuple(map(int, target.split("-"))) for target in targets)


def known_names(folder: Path) -> Mapping[str, list[str]]:
    """
    Return the names of quantities, experiments and backends that any run has, for a message about one that none has.

    Raises:
        StoreError: When there is no such folder.
    """
    with run_index(folder) as index:
        experiments = index.execute("SELECT label FROM experiments UNION SELECT use FROM experiments ORDER BY 1")
        backends = index.execute("SELECT DISTINCT backend FROM runs WHERE backend IS NOT NULL ORDER BY 1")
        return {
            "quantity": known_quantities(index)[0],
            "experiment": [name for (name,) in experiments],
            "device": [name for (name,) in backends],
        }


def runs_with(folder: Path, use: str) -> Iterator[Path]:
    """
    Yield the folders of the runs that have an experiment of this name, the newest first.

    Who takes the first few does not wait for a hundred thousand, nor does anybody who writes meanwhile.

    Raises:
        StoreError: When there is no such folder.
    """
    last = "", ""
    before = ""
    with run_index(folder) as index:
        while rows := index.execute(
            f"SELECT created, folder FROM runs WHERE {before} "  # noqa: S608  # our own words
            "EXISTS (SELECT 1 FROM experiments WHERE experiments.run = runs.id AND experiments.use = ?) "
            "ORDER BY created DESC, folder DESC LIMIT ?",
            (*(last if before else ()), use, _PAGE),
        ).fetchall():
            yield from (folder / name for _, name in rows)
            last, before = rows[-1], "(created, folder) < (?, ?) AND"
