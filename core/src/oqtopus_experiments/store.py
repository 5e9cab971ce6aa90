"""
The run folder: everything about a run, written as it goes.

::

    runs/20261120-230501-characterize-a1b2c3/
        run.json              format, name, resolved configuration, provenance
        rabi/journal.jsonl    what is swept, job ids, and the counts as they arrive, each on disk before the next step
        rabi/analysis.json    quantities with errors and covariance, verdicts
        rabi/curves.json      fitted curves
        rabi/table.csv  rabi/points.csv  rabi/figure.png  rabi/figure.svg
        table.csv             every quantity of the run
        report.html           all of it on one page

Files are JSON and CSV, written whole or not at all; the journal is only appended to. A process killed at any moment
leaves a folder that can be read. A folder is opened for reading without changing anything in it.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from oqtopus_experiments.backend import Failure, Journal, Outcome, Record
from oqtopus_experiments.counts import Counts
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.journal import line_of, outcome_from_json, outcome_to_json, read_lines, sweep_from_json
from oqtopus_experiments.journal import sweep_to_json as _sweep_to_json
from oqtopus_experiments.jsonfiles import read_object, sync_folder, write_json, write_text
from oqtopus_experiments.sweep import Sweep

FORMAT = 2
"""Version of the files; that of 1, before any release, had neither analyses nor the sweep in the journal."""
READABLE = (2,)
"""Versions this library reads. Files of a readable version may hold more than it knows: additions keep the version."""


class RunFolder:
    """
    The folder of one run.

    Args:
        path: The folder; made by `create`, found by `open`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, runs: Path, name: str, content: Mapping[str, Any]) -> RunFolder:
        """
        Make a new folder below `runs` and write ``run.json``.

        Args:
            runs: Folder of all runs, made when missing.
            name: Name of the run.
            content: Configuration and provenance, JSON values.

        Raises:
            StoreError: When the folder cannot be written.
        """
        stamp = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
        path = runs / f"{stamp}-{_readable_name(name)}-{uuid.uuid4().hex[:6]}"
        # A folder appears only once it holds its run.json.
        hidden = runs / f".{path.name}"
        try:
            hidden.mkdir(parents=True)
            write_json(hidden / "run.json", {"format": FORMAT, "name": name, **content})
            hidden.rename(path)
        except OSError as error:
            message = f"cannot write the run folder {path}: {error.strerror}; choose another with `runs`"
            raise StoreError(message) from error
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """
        Return the folder of an earlier run; nothing in it is changed.

        Raises:
            StoreError: When it is none, or of a version this library does not read.
        """
        folder = cls(path)
        if not (path / "run.json").is_file():
            message = f"{path} is no run folder: it has no run.json; `oqx runs` lists those there are"
            raise StoreError(message)
        folder.content()
        return folder

    def content(self) -> dict[str, Any]:
        """
        Return ``run.json``: name, configuration and provenance.

        Raises:
            StoreError: When it is damaged, or of a version this library does not read.
        """
        file = self.path / "run.json"
        content = read_object(file)
        check_format(content, file)
        for key, kind in (("name", str), ("config", dict), ("provenance", dict)):
            if not isinstance(content.get(key), kind):
                message = f"{file} is damaged: {key!r} is missing or no {kind.__name__}"
                raise StoreError(message)
        return content

    def write_table(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write ``table.csv``: one row per quantity of the whole run."""
        import pandas as pd

        write_text(self.path / "table.csv", pd.DataFrame(list(rows)).to_csv(index=False))

    def section_path(self, label: str) -> Path:
        """Return where the files of one experiment are; always below the run folder, whatever the label says."""
        return self.path / folder_name(label)

    def section(self, label: str) -> Section:
        """Return the part of the folder that belongs to one experiment, made when missing, for appending."""
        path = self.section_path(label)
        if path.is_symlink():
            message = f"{path} is a link; nothing is written through links in a run folder"
            raise StoreError(message)
        try:
            path.mkdir(exist_ok=True)
        except OSError as error:
            message = f"cannot write {path}: {error.strerror}"
            raise StoreError(message) from error
        return Section(path)

    def recorded(self, label: str) -> Section:
        """Return the part of the folder that belongs to one experiment, for reading: nothing is made or changed."""
        return Section(self.section_path(label), writable=False)


class Section(Journal):
    """
    One experiment of a run: its journal, and the files made from it.

    Args:
        path: The folder.
        writable: Whether lines may be appended. Then half a line that a crash left is cut off, so that the next
            one starts cleanly.

    Raises:
        StoreError: When the journal is damaged anywhere but in a last line that a crash cut short.
    """

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        self.path = path
        self._writable = writable
        self._journal = path / "journal.jsonl"
        self._lines, intact = read_lines(self._journal)
        if writable and self._journal.exists() and self._journal.stat().st_size > intact:
            os.truncate(self._journal, intact)

    @property
    def records(self) -> Sequence[Record]:
        """What the backend noted, in order."""
        return tuple(dict(line["job"]) for line in self._lines if isinstance(line.get("job"), dict))

    def append(self, record: Record) -> None:
        """Note something for the backend; on disk when this returns."""
        self._write([{"job": record}])

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Note outcomes; on disk when this returns."""
        self._write([outcome_to_json(outcome) for outcome in outcomes])

    def note_sweep(self, sweep: Sweep, references: Sequence[str]) -> None:
        """Note what is swept, once; on disk when this returns."""
        if not any("sweep" in line for line in self._lines):
            self._write([_sweep_to_json(sweep, references)])

    def finish(self, metadata: Mapping[str, Any]) -> None:
        """Note that all outcomes have come, and what the backend says about the job; on disk when this returns."""
        self._write([{"done": dict(metadata)}])

    @property
    def sweep(self) -> tuple[Sweep, int] | None:
        """What was swept and how many reference circuits followed, or None where nothing was noted."""
        for line in self._lines:
            if "sweep" in line:
                references = line.get("references")
                count = len(references) if isinstance(references, list) else 0
                return sweep_from_json(line, str(self._journal)), count
        return None

    @property
    def metadata(self) -> dict[str, Any]:
        """What the backend said about the job at the end; what is known of it when there was no end."""
        finished = [line["done"] for line in self._lines if isinstance(line.get("done"), dict)]
        if finished:
            return dict(finished[-1])
        ids = [record["job_id"] for record in self.records if isinstance(record.get("job_id"), str)]
        return {"job_id": ids[0] if ids else "", "status": "interrupted"}

    def results(self) -> dict[int, Counts | Failure]:
        """
        Return the outcomes noted so far, by index of the circuit; a later one replaces an earlier one.

        Raises:
            StoreError: When one is damaged.
        """
        return dict(
            outcome_from_json(line, f"{self._journal}:{number}")
            for number, line in enumerate(self._lines, 1)
            if "index" in line
        )

    def _write(self, lines: list[dict[str, Any]]) -> None:
        if not self._writable:
            message = f"{self.path} was opened for reading"
            raise StoreError(message)
        text = "".join(map(line_of, lines))
        new = not self._journal.exists()
        try:
            with self._journal.open("a", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            message = f"cannot write {self._journal}: {error.strerror or error}"
            raise StoreError(message) from error
        if new:
            sync_folder(self.path)
        self._lines += lines


def check_format(content: Mapping[str, Any], file: Path) -> None:
    """
    Refuse files of another version.

    Raises:
        StoreError: With what to do.
    """
    found = content.get("format")
    if isinstance(found, int) and not isinstance(found, bool) and found in READABLE:
        return
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        step = "it was not written by this library, or is damaged"
    elif found > FORMAT:
        step = "a newer oqtopus-experiments wrote it: update to read it"
    else:
        step = "an older oqtopus-experiments wrote it: read it with the version named in its provenance"
    message = f"{file} has format {found!r:.40}; this version reads {' and '.join(map(str, READABLE))}; {step}"
    raise StoreError(message)


def folder_name(label: str) -> str:
    """
    Return the name of the folder of a label.

    Plain lower-case labels name their folder. Others are made plain and get a hash of the label, so that two labels
    never share a folder, not even where a file system takes "T1" for "t1".
    """
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", label):
        return label
    digest = hashlib.sha256(label.encode("utf-8", errors="replace")).hexdigest()[:8]
    return f"{_readable_name(label)[:40]}-{digest}".replace(".", "-")


def _readable_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-.")[:60] or "run"
