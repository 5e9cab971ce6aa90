"""Everything the server must remember, in one SQLite file: killed at any moment, it goes on where it was."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from oqtopus_experiments_oqtopus_emulator._jobs import Job

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    job_id TEXT PRIMARY KEY, owner TEXT, status TEXT, created INTEGER, submitted INTEGER,
    name TEXT, description TEXT, digest TEXT, document TEXT);
CREATE INDEX IF NOT EXISTS jobs_by_owner ON jobs (owner, created, job_id);
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status);
CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, content BLOB);
CREATE TABLE IF NOT EXISTS counters (scope TEXT, name TEXT, count INTEGER, PRIMARY KEY (scope, name));
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT);
"""


class State:
    """
    Jobs, storage objects and counters.

    Args:
        path: The file; None keeps all in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(
            ":memory:" if path is None else path, check_same_thread=False, isolation_level=None
        )
        # A killed process loses nothing with OFF; only a power failure could, and this server is for trying things.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(_SCHEMA)
        self.secret = self._setting("secret", secrets.token_hex(20))
        self.starts = self.count("", "starts")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens inside one change: all of it or nothing. May be nested."""
        with self._lock:
            if self._depth:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            else:
                self._connection.execute("COMMIT")
            finally:
                self._depth = 0

    def _setting(self, name: str, default: str) -> str:
        with self.transaction():
            self._connection.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, default))
            row = self._connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
            return str(row[0])

    def save(self, job: Job) -> None:
        """Write a job, new or changed."""
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    job.job_id,
                    job.owner,
                    job.status,
                    int(job.created),
                    None if job.submitted is None else int(job.submitted),
                    job.name,
                    job.description,
                    job.digest,
                    job.to_json(),
                ),
            )

    def job(self, job_id: str) -> Job | None:
        """Return a job, or None."""
        found = self.select("job_id = ?", (job_id,))
        return found[0] if found else None

    def select(self, where: str, values: Sequence[object], order: str = "created, job_id") -> list[Job]:
        """Return the jobs for which an SQL condition, written in this package, holds."""
        with self._lock:
            query = f"SELECT document FROM jobs WHERE {where} ORDER BY {order}"  # noqa: S608  # our own text only
            return [Job.from_json(row[0]) for row in self._connection.execute(query, tuple(values))]

    def with_status(self, status: str, limit: int = -1) -> list[Job]:
        """Return jobs of all users in a state, oldest first; at most `limit` of them unless it is -1."""
        return self.select("status = ?", (status,), f"created, job_id LIMIT {limit:d}")

    def pending(self, device_id: str) -> int:
        """Return how many jobs wait for a device or run on it."""
        waiting = [job for status in ("submitted", "ready", "running") for job in self.with_status(status)]
        return sum(job.device_id == device_id for job in waiting)

    def equal_programs(self, digest: str) -> int:
        """Return how many jobs with this content were submitted."""
        with self._lock:
            row = self._connection.execute("SELECT COUNT(*) FROM jobs WHERE digest = ?", (digest,)).fetchone()
            return int(row[0])

    def delete(self, job_id: str) -> None:
        """Remove a job and its objects."""
        with self.transaction():
            self._connection.execute("DELETE FROM jobs WHERE job_id = ?", (job_id,))
            self._connection.execute("DELETE FROM objects WHERE key LIKE ?", (f"{job_id}/%",))

    def put(self, key: str, content: bytes) -> None:
        """Store an object."""
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO objects VALUES (?, ?)", (key, content))

    def get(self, key: str) -> bytes | None:
        """Return an object, or None."""
        with self._lock:
            row = self._connection.execute("SELECT content FROM objects WHERE key = ?", (key,)).fetchone()
            return None if row is None else bytes(row[0])

    def stored(self) -> int:
        """Return the bytes in use, of jobs and objects together."""
        with self._lock:
            pages, free, size = (
                int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("page_count", "freelist_count", "page_size")
            )
            return (pages - free) * size

    def jobs(self) -> int:
        """Return how many jobs there are."""
        with self._lock:
            return int(self._connection.execute("SELECT COUNT(*) FROM jobs").fetchone()[0])

    def count(self, scope: str, name: str) -> int:
        """Add one to a counter and return it. The scope is a job id, or a word for what concerns no one job."""
        with self._lock:
            row = self._connection.execute(
                "INSERT INTO counters VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count",
                (scope, name),
            ).fetchone()
            return int(row[0])

    def counters(self) -> dict[str, dict[str, int]]:
        """Return all counters, by scope and name."""
        with self._lock:
            found: dict[str, dict[str, int]] = {}
            for scope, name, count in self._connection.execute("SELECT scope, name, count FROM counters"):
                found.setdefault(scope, {})[name] = count
            return found
