"""
The tables of the index of runs, and how what a folder says becomes rows of them.

What the measurements of a series have in common (backend, device, experiment, settings, unit) stands once, in
``series``; a quantity has its number, so that a history of one device among many reads no row of the others.

Of each quantity of one target in one series there is one row of ``lines``: how many measurements it has, and what was
told of them. The database itself counts them and takes away what was told as soon as one comes or goes, whoever makes
it do so: what a line tells is of the measurements that are there.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._parent import ParentManifest
from oqtopus_experiments.storage._summary import Summary
from oqtopus_experiments.support._moments import moment

NUMBERS = tuple(f.name for f in attrs.fields(Quantity) if f.type in ("float", float))
TEXTS = tuple(f.name for f in attrs.fields(Quantity) if f.name not in NUMBERS)
SERIES = ("backend", "device", "use", "settings", "unit")
"""What a series has in common."""
_SCHEMA = f"""
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, folder TEXT UNIQUE NOT NULL, stamp INTEGER NOT NULL, created TEXT, name TEXT, backend TEXT,
    device TEXT, missing TEXT, problem TEXT, parent TEXT, kind TEXT, members INTEGER,
    {", ".join(f"{level} INTEGER" for level in LEVELS)}
);
CREATE INDEX runs_by_time ON runs (created, folder);
CREATE INDEX runs_of_parents ON runs (parent);
CREATE INDEX runs_with_problems ON runs (folder, problem) WHERE problem IS NOT NULL;
CREATE TABLE others (folder TEXT PRIMARY KEY, stamp INTEGER NOT NULL);
CREATE TABLE settled (digest BLOB NOT NULL);
CREATE TABLE experiments (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, label TEXT, use TEXT
);
CREATE INDEX experiments_of_runs ON experiments (run);
CREATE INDEX experiments_by_use ON experiments (use);
CREATE TABLE series (
    id INTEGER PRIMARY KEY, {", ".join(f"{name} TEXT NOT NULL" for name in SERIES)}, UNIQUE ({", ".join(SERIES)})
);
CREATE TABLE quantities (
    id INTEGER PRIMARY KEY, experiment INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE, run INTEGER NOT NULL,
    series INTEGER NOT NULL REFERENCES series, target TEXT, verdict TEXT, began REAL,
    {", ".join(f"{name} TEXT" for name in TEXTS)}, {", ".join(f"{name} REAL" for name in NUMBERS)}
);
CREATE INDEX quantities_of_experiments ON quantities (experiment);
CREATE INDEX quantities_by_name ON quantities (
    name, target, series, verdict, began, run, experiment, value, stderr, systematic
);
CREATE TABLE lines (
    name TEXT, target TEXT, series INTEGER NOT NULL, number INTEGER NOT NULL, revision INTEGER NOT NULL, told TEXT,
    PRIMARY KEY (name, target, series)
) WITHOUT ROWID;
"""
_TRIGGERS = (
    """
    CREATE TRIGGER quantity_came AFTER INSERT ON quantities BEGIN
        INSERT INTO lines VALUES (new.name, new.target, new.series, 1, 1, NULL)
        ON CONFLICT DO UPDATE SET number = number + 1, revision = revision + 1, told = NULL;
    END
    """,
    """
    CREATE TRIGGER quantity_went AFTER DELETE ON quantities BEGIN
        UPDATE lines SET number = number - 1, revision = revision + 1, told = NULL
        WHERE name = old.name AND target = old.target AND series = old.series;
    END
    """,
)
_STATEMENTS = (*_SCHEMA.split(";"), *_TRIGGERS)
_VERSION = zlib.crc32("".join(_STATEMENTS).encode()) & 0x7FFFFFFF


def is_current(connection: sqlite3.Connection) -> bool:
    """Return whether the tables are those of this version."""
    version: tuple[int] = connection.execute("PRAGMA user_version").fetchone()
    return version == (_VERSION,)


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, empty, whatever stood there."""
    for table in (
        "lines",
        "quantities",
        "series",
        "experiments",
        "settled",
        "others",
        "runs",
    ):  # what refers goes first
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in (*_STATEMENTS, f"PRAGMA user_version = {_VERSION}"):
        connection.execute(statement)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Change the tables wholly or not at all, while nobody else does."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextlib.contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Ask several questions of one state of the index, whatever others write meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def forget(connection: sqlite3.Connection, folder: str) -> None:
    """Take away what is known of a folder."""
    connection.execute("DELETE FROM runs WHERE folder = ?", (folder,))
    connection.execute("DELETE FROM others WHERE folder = ?", (folder,))


def insert(
    connection: sqlite3.Connection, folder: str, stamp: int, content: Summary | ParentManifest | StoreError | None
) -> None:
    """
    Write what a folder says: a run, several runs, why it cannot be read, or that it is none.

    Args:
        connection: The index.
        folder: Path of the folder below that of all runs.
        stamp: When it changed.
        content: What it says.
    """
    told = {"folder": folder, "stamp": stamp, "parent": folder.rpartition("/")[0] or None}
    if isinstance(content, Summary):
        _insert_run(connection, told, content)
    elif isinstance(content, ParentManifest):
        members = {"kind": content.kind, "members": len(content.members)}
        backend = content.members[0].manifest.backend_name
        about = {"created": content.created, "name": content.name, "backend": backend}
        _row(connection, "runs", {**told, **about, **members})
    elif content is not None:
        _row(connection, "runs", {**told, "problem": str(content)})
    else:
        _row(connection, "others", {"folder": folder, "stamp": stamp})


def _insert_run(connection: sqlite3.Connection, told: Mapping[str, Any], run: Summary) -> None:
    levels = [analysis.verdict.level for analyses in run.analyses.values() for analysis in analyses]
    device, began = _json(run.device), _began(run)
    values: dict[str, Any] = {
        **told, "created": run.created, "name": run.name, "backend": run.backend, "device": device,
        "missing": _json([e.label for e in run.entries if e.label not in run.analyses]),
        **{str(level): levels.count(level) for level in LEVELS},
    }  # fmt: skip
    number = _row(connection, "runs", values)
    columns = ("experiment", "run", "series", "target", "verdict", "began", *TEXTS, *NUMBERS)
    statement = f"INSERT INTO quantities ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    for entry in run.entries:
        settings = _json(run.settings.get(entry.label, {}))
        experiment = _row(connection, "experiments", {"run": number, "label": entry.label, "use": entry.use})
        analyses = run.analyses.get(entry.label, ())
        units = dict.fromkeys(q.unit for one in analyses for q in one.quantities)
        common = (run.backend, device, entry.use, settings)
        series = {unit: _series(connection, (*common, unit)) for unit in units}
        rows = [
            (
                *(experiment, number, series[q.unit], label(one.target), one.verdict.level, began),
                *(getattr(q, name) for name in (*TEXTS, *NUMBERS)),
            )
            for one in analyses
            for q in one.quantities
        ]
        connection.executemany(statement, rows)


def _series(connection: sqlite3.Connection, values: tuple[str, ...]) -> int:
    """Return the number of a series, which it gets when it is first met."""
    named, marks = ", ".join(SERIES), ", ".join("?" * len(SERIES))
    connection.execute(f"INSERT OR IGNORE INTO series ({named}) VALUES ({marks})", values)  # noqa: S608  # our names
    where = " AND ".join(f"{name} = ?" for name in SERIES)
    number: int = connection.execute(f"SELECT id FROM series WHERE {where}", values).fetchone()[0]  # noqa: S608
    return number


def _began(run: Summary) -> float | None:
    """Return when a run began, s since 1970; None where it does not say so."""
    try:
        return moment(run.created)
    except (ValueError, OverflowError):
        return None


def _row(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> int:
    marks = ", ".join("?" * len(values))
    made = connection.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})",  # noqa: S608  # names of ours, values apart
        tuple(values.values()),
    )
    return made.lastrowid or 0


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
