"""
The run folder: everything about a run, written as it goes.

::

    runs/20261120-230501-characterize-a1b2c3/
        run.json              format, name, resolved configuration, provenance
        rabi/journal.jsonl    what is swept, job ids, and the counts as they arrive, each on disk before the next step
        rabi/analysis.json    quantities with errors and covariance, verdicts
        rabi/curves.json      fitted curves
        rabi/table.csv  rabi/points.csv  rabi/figure.png  rabi/figure.svg  rabi/figure.json
        table.csv             every quantity of the run
        report.html           all of it on one page

Files are JSON and CSV, written whole or not at all; the journal is only appended to. A process killed at any moment
leaves a folder that can be read. A folder is opened for reading without changing anything in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from oqtopus_experiments.errors import NotStoredError, StoreError
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments.storage._lock import is_locked, locked
from oqtopus_experiments.storage._manifest import RunManifest
from oqtopus_experiments.support._atomic_writing import parse_object, write_json
from oqtopus_experiments.support._csv_files import csv_of
from oqtopus_experiments.support._directory import Directory, failed


class RunFolder:
    """
    The folder of one run.

    Args:
        path: The folder; made by `create`, found by `open`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, runs: Path, manifest: RunManifest, name: str = "") -> RunFolder:
        """
        Make a new folder below `runs` and write ``run.json``.

        Args:
            runs: Folder of all runs, made when missing.
            manifest: What the run is made of and where it comes from.
            name: Name of the folder, where it is one of several; by default made of time and name.

        Raises:
            StoreError: When the folder cannot be written.
        """
        return cls(new_folder(runs, manifest.name, manifest.to_json(), name))

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """
        Return the folder of an earlier run; nothing in it is changed.

        Raises:
            StoreError: When it is not one, or of a version this library does not read.
        """
        folder = cls(path)
        folder.manifest()
        return folder

    def manifest(self) -> RunManifest:
        """
        Return what ``run.json`` says.

        Raises:
            StoreError: When it is missing, damaged, or of a version this library does not read.
        """
        data, file = read_run_json(self.path)
        return RunManifest.from_json(parse_object(data, str(file)), file)

    def write_table(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write ``table.csv``: one row per quantity of the whole run."""
        import pandas as pd

        self.directory().write("table.csv", csv_of(pd.DataFrame(list(rows))))

    def touch(self) -> None:
        """
        Let the folder itself say that something below it has changed: who indexes runs looks no deeper.

        Raises:
            StoreError: When the folder cannot be written.
        """
        try:
            os.utime(self.path)
        except OSError as error:
            raise failed("write", self.path, error) from error

    def section_path(self, label: str) -> Path:
        """Return where the files of one experiment are; always below the run folder, whatever the label says."""
        return self.path / folder_name(label)

    def directory(self, label: str | None = None) -> Directory:
        """Return the folder of one experiment, or of the run, for its files; nothing is made."""
        return Directory(self.path, "" if label is None else folder_name(label))

    def journal(self, label: str) -> ExperimentJournal:
        """Return the part of the folder that belongs to one experiment, for reading: nothing is made or changed."""
        return ExperimentJournal(self.section_path(label))

    @contextlib.contextmanager
    def writing(self, label: str) -> Iterator[ExperimentJournal]:
        """
        Hold the part of the folder that belongs to one experiment, made when missing, and append to its journal.

        Raises:
            StoreError: When another process holds it, or it cannot be written.
        """
        with self.journal(label).writing() as journal:
            yield journal

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """
        Hold the run as a whole: whoever submits, collects or analyzes all of it does so alone.

        Raises:
            StoreError: When another process holds it.
        """
        return locked(self.directory())

    def is_writable(self) -> bool:
        """Return whether this process may write into the run, as far as can be told without writing."""
        return all(os.access(path, os.W_OK | os.X_OK) for path in (self.path, *self._parts()))

    def is_locked(self) -> bool:
        """Return whether a process is working on the run, or on one experiment of it."""
        return any(map(is_locked, [self.directory(), *(Directory(self.path, path.name) for path in self._parts())]))

    def _parts(self) -> list[Path]:
        try:
            return [path for path in self.path.iterdir() if path.is_dir() and not path.is_symlink()]
        except OSError as error:
            raise failed("read", self.path, error) from error


def read_run_json(path: Path) -> tuple[bytes, Path]:
    """
    Return what the ``run.json`` in a folder holds, and where it is.

    Raises:
        StoreError: When there is none, or it cannot be read.
    """
    data = Directory(path).read("run.json")
    if data is None:
        message = f"{path} is not a run folder: it has no run.json; `oqx runs` lists those there are"
        raise NotStoredError(message)
    return data, path / "run.json"


def new_folder(runs: Path, name: str, content: Mapping[str, Any], folder: str = "") -> Path:
    """
    Make a folder below `runs` that holds a ``run.json`` from the moment it appears.

    Args:
        runs: Folder of all runs, made when missing.
        name: What is in it, for its name.
        content: Content of ``run.json``.
        folder: Name of the folder; by default made of time and name.

    Raises:
        StoreError: When it cannot be written.
    """
    stamp = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    path = runs / (folder or f"{stamp}-{_readable_name(name)}-{uuid.uuid4().hex[:6]}")
    hidden = path.parent / f".{path.name}"
    try:
        if folder:  # what a killed process left of it
            shutil.rmtree(hidden, ignore_errors=True)
        hidden.mkdir(parents=True)
        write_json(hidden / "run.json", content)
        hidden.rename(path)
    except (OSError, StoreError) as error:
        shutil.rmtree(hidden, ignore_errors=True)
        reason = failed("write", path, error) if isinstance(error, OSError) else error
        message = f"cannot write the run folder {path}: {reason}; choose another with `runs`"
        raise StoreError(message) from error
    Directory(path.parent).sync()
    return path


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
