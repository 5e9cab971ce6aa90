"""
The index of a folder of runs: one SQLite file beside them, so that a hundred thousand are listed in a moment.

It is derived: all it holds was read from run folders, and is read again when the file is gone, damaged or has other
tables than those of this version. Where nothing can be written beside the runs, an index in memory does the same,
slower.

Every question looks at the stamps of all folders: a run that comes, goes or is analyzed anew is seen whoever did it, as
who writes an analysis calls `RunFolder.touch`. What a hand changes in a file further below is seen once the run folder
is touched. The stamp of a folder that changed within the last seconds is not trusted, as a clock of files may tick
slower than they are written, and a run that could not be read is tried again at every question: what mends it (a file
put back, a permission, another version of this library) need not change its stamp. A digest of all stamps, noted when
the index agreed with them, spares comparing them one by one. Whoever changes the index takes it away.

Several processes may use it at once: each change is one transaction, and what two of them note is the same.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import os
import sqlite3
import time
from array import array
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from stat import S_ISDIR

from oqtopus_experiments.errors import NotStoredError, StoreError
from oqtopus_experiments.storage._index_tables import forget, insert, is_current, make_tables, transaction
from oqtopus_experiments.storage._parent import ParentManifest
from oqtopus_experiments.storage._summary import Summary, read_any
from oqtopus_experiments.support._directory import failed

logger = logging.getLogger(__name__)

FILE = ".index.sqlite"
PATIENCE = 30.0
"""Seconds to wait for another process that writes; each of its transactions takes a fraction of one."""
_BATCH = 500
"""So many runs are noted in one transaction."""
_SETTLED = 2.0
"""Seconds after which the stamp of a folder tells of every change: the coarsest clock of a file system ticks so."""


@contextlib.contextmanager
def run_index(folder: Path) -> Iterator[sqlite3.Connection]:
    """
    Open the index of a folder of runs, brought up to date.

    Raises:
        StoreError: When there is no such folder, or the index broke while it was asked.
    """
    if not folder.is_dir():
        message = f"there is no folder {folder}; name the folder of run folders with --runs"
        raise NotStoredError(message)
    try:
        with contextlib.closing(_up_to_date(folder)) as connection:
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
    for _ in range(2):  # a damaged one, and that which takes its place
        try:
            return _refreshed(_connection(folder), folder)
        except sqlite3.OperationalError as error:  # no permission, no space, no locks, or they are held for too long
            logger.info("the index of %s is kept in memory: %s", folder, error)
            break
        except sqlite3.DatabaseError as error:
            _discard(folder / FILE, error)
    return _refreshed(_in_memory(), folder)


def _refreshed(connection: sqlite3.Connection, folder: Path) -> sqlite3.Connection:
    try:
        _refresh(connection, folder)
    except BaseException:
        connection.close()
        raise
    return connection


def _discard(file: Path, error: sqlite3.DatabaseError) -> None:
    logger.warning("%s is damaged (%s), and made again from the run folders", file, error)
    with contextlib.suppress(OSError):  # in a folder where nothing can be written
        file.unlink()  # SQLite itself drops the journal of a file that is gone


def _in_memory() -> sqlite3.Connection:
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
        if not is_current(connection):
            with transaction(connection):
                if not is_current(connection):  # another process may have been faster
                    make_tables(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _refresh(connection: sqlite3.Connection, folder: Path) -> None:
    """Read what changed since the index was written, and forget what is gone."""
    found = _stamps(folder)
    for (parent,) in connection.execute("SELECT folder FROM runs WHERE kind IS NOT NULL").fetchall():
        if parent in found:
            found |= _stamps(folder, parent)
    _read_problems_again(connection, folder, found)
    digest = _digest(found)
    if connection.execute("SELECT 1 FROM settled WHERE digest = ?", (digest,)).fetchone():
        return
    before = _writes_of_others(connection)
    known = dict(connection.execute("SELECT folder, stamp FROM runs UNION ALL SELECT folder, stamp FROM others"))
    if known == found:
        _note_settled(connection, digest, before)
        return
    if gone := known.keys() - found.keys():
        with _changing(connection):
            for name in gone:
                forget(connection, name)
    _read(connection, folder, {name: stamp for name, stamp in found.items() if known.get(name) != stamp})


def _read_problems_again(connection: sqlite3.Connection, folder: Path, found: Mapping[str, int]) -> None:
    """Read runs again that could not be read, and note those of which something else is to be said now."""
    noted = connection.execute("SELECT folder, problem FROM runs WHERE problem IS NOT NULL").fetchall()
    mended = [name for name, problem in noted if name in found and str(_content(folder / name)) != problem]
    if mended:
        _read(connection, folder, {name: found[name] for name in mended})


def _digest(stamps: Mapping[str, int]) -> bytes:
    """Return what tells these folders and stamps, in this order, from any others."""
    made = hashlib.blake2b(os.fsencode("\0".join(stamps)), digest_size=16)
    made.update(array("q", stamps.values()).tobytes())
    return made.digest()


def _writes_of_others(connection: sqlite3.Connection) -> int:
    """Return a number that moves when another connection has written to the index."""
    number: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return number


def _note_settled(connection: sqlite3.Connection, digest: bytes, before: int) -> None:
    """Note that the index agrees with these stamps, unless somebody has written to it since it was read."""
    try:
        with transaction(connection):
            if _writes_of_others(connection) == before:
                connection.execute("DELETE FROM settled")
                connection.execute("INSERT INTO settled VALUES (?)", (digest,))
    except sqlite3.OperationalError as error:  # it can be read but not written, and is none the worse for it
        logger.debug("the index stays as it is: %s", error)


@contextlib.contextmanager
def _changing(connection: sqlite3.Connection) -> Iterator[None]:
    """Change what the index says of runs: no digest tells any more that it agrees with their folders."""
    with transaction(connection):
        connection.execute("DELETE FROM settled")
        yield


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
    """
    Return when each folder that may be a run changed, by its path below the folder of all.

    Raises:
        StoreError: When the folder of all cannot be read. Of several runs that cannot be, or are gone, there are none.
    """
    above = f"{parent}/" if parent else ""
    found = {}
    try:
        with _opened(folder / parent) as (names, look):
            for name in names:
                if name[0] == ".":
                    continue
                try:
                    told = look(name)
                except OSError:  # gone since, or a link to nowhere; a hundred thousand are not
                    continue
                if S_ISDIR(told.st_mode):
                    found[above + name] = told.st_mtime_ns
    except OSError as error:
        if not parent:
            raise failed("read", folder, error) from error
        logger.info("the members of %s are not listed: %s", folder / parent, error)
    return found


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[tuple[list[str], Callable[[str], os.stat_result]]]:
    """Return the names in a folder, and what looks at one of them: from the opened folder, where the system can."""
    if os.stat not in os.supports_dir_fd:
        yield [path.name for path in folder.iterdir()], lambda name: (folder / name).stat()
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield os.listdir(handle), functools.partial(os.stat, dir_fd=handle)  # noqa: PTH208  # no Path has a handle
    finally:
        os.close(handle)


def _write(connection: sqlite3.Connection, folder: Path, runs: Mapping[str, int]) -> list[str]:
    """Write what some folders say, and return which of them are several runs."""
    # Read outside of the transaction: others need not wait for that.
    read = [(name, stamp, _content(folder / name)) for name, stamp in runs.items()]
    settled = (time.time() - _SETTLED) * 1e9
    with _changing(connection):
        for name, stamp, content in read:
            forget(connection, name)
            insert(connection, name, stamp if stamp < settled else -1, content)
    return [name for name, _, content in read if isinstance(content, ParentManifest)]


def _content(path: Path) -> Summary | ParentManifest | StoreError | None:
    """Return what a folder says, why it cannot be read, or None where it is no run."""
    try:
        if not (path / "run.json").is_file():
            return None
        return read_any(path)
    except StoreError as error:
        return error
    except OSError as error:
        return failed("read", path, error)
