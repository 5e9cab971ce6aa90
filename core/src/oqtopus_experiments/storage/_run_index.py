"""
The index of a folder of runs: one SQLite file beside them, so that a hundred thousand are listed in a moment.

It is derived: all it holds was read from run folders, and is read again when the file is gone, damaged or of another
version of this library. A run is read again when its folder has changed (`RunFolder.touch` is called by who writes an
analysis); the stamp of a folder that changed within the last seconds is not trusted, as a clock of files may tick
slower than they are written. Where nothing can be written beside the runs, an index in memory does the same, slower.

Several processes may use it at once: each change is one transaction, and what two of them note is the same.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
import time
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._parent import ParentFolder, ParentManifest
from oqtopus_experiments.storage._summary import Summary, read_summary
from oqtopus_experiments.support._directory import failed

logger = logging.getLogger(__name__)

FILE = ".index.sqlite"
PATIENCE = 30.0
"""Seconds to wait for another process that writes; each of its transactions takes a fraction of one."""
_BATCH = 500
"""So many runs are noted in one transaction."""
_SETTLED = 2.0
"""Seconds after which the stamp of a folder tells of every change: the coarsest clock of a file system ticks so."""

NUMBERS = tuple(f.name for f in attrs.fields(Quantity) if f.type in ("float", float))
TEXTS = tuple(f.name for f in attrs.fields(Quantity) if f.name not in NUMBERS)
_SCHEMA = f"""
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, folder TEXT UNIQUE NOT NULL, stamp INTEGER NOT NULL, created TEXT, name TEXT, backend TEXT,
    device TEXT, missing TEXT, problem TEXT, parent TEXT, kind TEXT, members INTEGER,
    {", ".join(f"{level} INTEGER" for level in LEVELS)}
);
CREATE INDEX runs_by_time ON runs (created, folder);
CREATE INDEX runs_of_parents ON runs (parent);
CREATE TABLE experiments (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, label TEXT, use TEXT, settings TEXT
);
CREATE INDEX experiments_of_runs ON experiments (run);
CREATE INDEX experiments_by_use ON experiments (use);
CREATE TABLE quantities (
    experiment INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE, target TEXT, verdict TEXT,
    {", ".join(f"{name} TEXT" for name in TEXTS)}, {", ".join(f"{name} REAL" for name in NUMBERS)}
);
CREATE INDEX quantities_of_experiments ON quantities (experiment);
CREATE INDEX quantities_by_name ON quantities (name, target);
"""
_VERSION = zlib.crc32(_SCHEMA.encode()) & 0x7FFFFFFF


@contextlib.contextmanager
def run_index(folder: Path) -> Iterator[sqlite3.Connection]:
    """
    Open the index of a folder of runs, brought up to date.

    Raises:
        StoreError: When there is no such folder, or the index broke while it was asked.
    """
    if not folder.is_dir():
        message = f"there is no folder {folder}; name the folder of run folders with --runs"
        raise StoreError(message)
    with contextlib.closing(_up_to_date(folder)) as connection:
        try:
            yield connection
        except sqlite3.Error as error:
            message = f"{folder / FILE} cannot be read: {error}; delete it, and it is made again from the run folders"
            raise StoreError(message) from error


def note(path: Path) -> None:
    """
    Bring the index up to date about one run that has just been written.

    Nothing is made where nobody has asked for an index yet, and what cannot be noted now is found later.
    """
    if not (path.parent / FILE).exists():
        return
    try:
        with contextlib.closing(_connection(path.parent)) as connection:
            _write(connection, path.parent, {path.name: path.stat().st_mtime_ns})
    except (sqlite3.Error, OSError) as error:
        logger.info("%s is not in the index of runs yet: %s", path, error)


def _up_to_date(folder: Path) -> sqlite3.Connection:
    """Return the index beside the runs; made anew where it is damaged, in memory where nothing can be written."""
    file = folder / FILE
    for connect in (_connection, _connection, _in_memory):
        try:
            connection = connect(folder)
        except sqlite3.OperationalError as error:  # no permission, no space, or a file system that has no locks
            logger.info("the index of %s is kept in memory: %s", folder, error)
            continue
        except sqlite3.DatabaseError as error:
            _discard(file, error)
            continue
        try:
            _refresh(connection, folder)
        except sqlite3.OperationalError as error:
            connection.close()
            logger.info("the index of %s is kept in memory: %s", folder, error)
        except sqlite3.DatabaseError as error:
            connection.close()
            _discard(file, error)
        else:
            return connection
    message = f"no index of {folder} can be made, not even in memory"
    raise StoreError(message)


def _discard(file: Path, error: sqlite3.DatabaseError) -> None:
    logger.warning("%s is damaged (%s), and made again from the run folders", file, error)
    file.unlink(missing_ok=True)


def _in_memory(_: Path) -> sqlite3.Connection:
    return _prepared(sqlite3.connect(":memory:", isolation_level=None))


def _connection(folder: Path) -> sqlite3.Connection:
    return _prepared(sqlite3.connect(folder / FILE, timeout=PATIENCE, isolation_level=None))


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return a connection whose tables are those of this version; those of another are made anew."""
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA foreign_keys = ON")
        # What a power cut takes is read again from the folders.
        connection.execute("PRAGMA synchronous = OFF")
        if not _is_current(connection):
            with _transaction(connection):
                if not _is_current(connection):  # another process may have been faster
                    _make(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _is_current(connection: sqlite3.Connection) -> bool:
    version: tuple[int] = connection.execute("PRAGMA user_version").fetchone()
    return version == (_VERSION,)


def _make(connection: sqlite3.Connection) -> None:
    for table in ("quantities", "experiments", "runs"):  # what refers before what is referred to
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in (*_SCHEMA.split(";"), f"PRAGMA user_version = {_VERSION}"):
        connection.execute(statement)


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _refresh(connection: sqlite3.Connection, folder: Path) -> None:
    """Read what changed since the index was written, and forget what is gone."""
    known = dict(connection.execute("SELECT folder, stamp FROM runs"))
    parents = [name for (name,) in connection.execute("SELECT folder FROM runs WHERE kind IS NOT NULL")]
    found = _stamps(folder)
    for parent in parents:
        if parent in found:
            found |= _stamps(folder, parent)
    if gone := known.keys() - found.keys():
        with _transaction(connection):
            connection.executemany("DELETE FROM runs WHERE folder = ?", [(name,) for name in gone])
    _read(connection, folder, {name: stamp for name, stamp in found.items() if known.get(name) != stamp})


def _read(connection: sqlite3.Connection, folder: Path, changed: Mapping[str, int]) -> None:
    """Read some folders anew, and the members of those that turn out to be several runs."""
    names = list(changed)
    for begin in range(0, len(names), _BATCH):
        batch = {name: changed[name] for name in names[begin : begin + _BATCH]}
        for parent in _write(connection, folder, batch):
            stamps = _stamps(folder, parent)
            known = dict(connection.execute("SELECT folder, stamp FROM runs WHERE parent = ?", (parent,)))
            _read(connection, folder, {name: stamp for name, stamp in stamps.items() if known.get(name) != stamp})


def _stamps(folder: Path, parent: str = "") -> dict[str, int]:
    """Return when each folder that may be a run changed, by its path below the folder of all."""
    found = {}
    with os.scandir(folder / parent) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and entry.is_dir():
                with contextlib.suppress(FileNotFoundError):  # gone since
                    found[f"{parent}/{entry.name}" if parent else entry.name] = entry.stat().st_mtime_ns
    return found


def _write(connection: sqlite3.Connection, folder: Path, runs: Mapping[str, int]) -> list[str]:
    """Write what some folders say, and return which of them are several runs."""
    # Read outside of the transaction: others need not wait for that.
    read = [(name, stamp, _content(folder / name)) for name, stamp in runs.items()]
    settled = (time.time() - _SETTLED) * 1e9
    parents = []
    with _transaction(connection):
        for name, stamp, content in read:
            connection.execute("DELETE FROM runs WHERE folder = ?", (name,))
            told = {
                "folder": name,
                "stamp": stamp if stamp < settled else -1,
                "parent": name.rpartition("/")[0] or None,
            }
            if isinstance(content, Summary):
                _insert(connection, told, content)
            elif isinstance(content, ParentManifest):
                parents.append(name)
                members = {"kind": content.kind, "members": len(content.members)}
                backend = content.members[0].manifest.backend_name
                about = {"created": content.created, "name": content.name, "backend": backend}
                _row(connection, "runs", {**told, **about, **members})
            elif content is not None:
                _row(connection, "runs", {**told, "problem": str(content)})
    return parents


def _content(path: Path) -> Summary | ParentManifest | StoreError | None:
    """Return what a folder says, why it cannot be read, or None where it is no run."""
    try:
        if not (path / "run.json").is_file():
            return None
        parent = ParentFolder.open(path)
        return read_summary(path) if parent is None else parent.manifest
    except StoreError as error:
        return error
    except OSError as error:
        return failed("read", path, error)


def _insert(connection: sqlite3.Connection, told: Mapping[str, Any], run: Summary) -> None:
    levels = [analysis.verdict.level for analyses in run.analyses.values() for analysis in analyses]
    values: dict[str, Any] = {
        **told, "created": run.created, "name": run.name, "backend": run.backend,
        "device": _json(run.device), "missing": _json([e.label for e in run.entries if e.label not in run.analyses]),
        **{str(level): levels.count(level) for level in LEVELS},
    }  # fmt: skip
    number = _row(connection, "runs", values)
    for entry in run.entries:
        settings = _json(run.settings.get(entry.label, {}))
        about = {"run": number, "label": entry.label, "use": entry.use, "settings": settings}
        experiment = _row(connection, "experiments", about)
        rows = [
            (experiment, label(one.target), one.verdict.level, *(getattr(q, name) for name in (*TEXTS, *NUMBERS)))
            for one in run.analyses.get(entry.label, ())
            for q in one.quantities
        ]
        marks = ", ".join("?" * (3 + len(TEXTS) + len(NUMBERS)))
        columns = ", ".join(("experiment", "target", "verdict", *TEXTS, *NUMBERS))
        connection.executemany(f"INSERT INTO quantities ({columns}) VALUES ({marks})", rows)  # noqa: S608  # our names


def _row(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> int:
    marks = ", ".join("?" * len(values))
    made = connection.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})",  # noqa: S608  # names of ours, values apart
        tuple(values.values()),
    )
    return made.lastrowid or 0


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
