"""
The run folder: everything about a run, written as it goes.

::

    runs/20261120-230501-characterize-a1b2/
        run.json              format, name, resolved configuration, provenance
        rabi/journal.jsonl    job ids and outcomes as they arrive, each on disk before the next step
        rabi/table.csv  rabi/points.csv  rabi/figure.png
        table.csv             every quantity of the run

Files are JSON and CSV, written whole or not at all; the journal is only appended to. A process killed at any moment
leaves a folder that can be read.
"""

from __future__ import annotations

import json
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

FORMAT = 1
"""Version of the files. A reader refuses others than it knows."""


class RunFolder:
    """
    The folder of one run.

    Args:
        path: The folder; made by `create`.
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
        path = runs / f"{stamp}-{_file_name(name)}-{uuid.uuid4().hex[:6]}"
        try:
            path.mkdir(parents=True)
            write_json(path / "run.json", {"format": FORMAT, "name": name, **content})
        except OSError as error:
            message = f"cannot write the run folder {path}: {error.strerror}; choose another with `runs`"
            raise StoreError(message) from error
        return cls(path)

    def write_table(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write ``table.csv``: one row per quantity of the whole run."""
        import pandas as pd

        write_text(self.path / "table.csv", pd.DataFrame(list(rows)).to_csv(index=False))

    def section(self, label: str) -> Section:
        """Return the part of the folder that belongs to one experiment, made when missing."""
        path = self.path / _file_name(label)
        path.mkdir(exist_ok=True)
        return Section(path)


class Section(Journal):
    """
    One experiment of a run: its journal, and the files made from it.

    Args:
        path: The folder.

    Raises:
        StoreError: When the journal is damaged anywhere but in a last line that a crash cut short.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._journal = path / "journal.jsonl"
        self._lines = _read_lines(self._journal)

    @property
    def records(self) -> Sequence[Record]:
        """What the backend noted, in order."""
        return tuple(line["job"] for line in self._lines if "job" in line)

    def append(self, record: Record) -> None:
        """Note something for the backend; on disk when this returns."""
        self._write([{"job": record}])

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Note outcomes; on disk when this returns."""
        self._write([_to_json(outcome) for outcome in outcomes])

    def results(self) -> dict[int, Counts | Failure]:
        """
        Return the outcomes noted so far, by index of the circuit; a later one replaces an earlier one.

        Raises:
            StoreError: When one is damaged.
        """
        return dict(_from_json(line, self._journal) for line in self._lines if "index" in line)

    def _write(self, lines: list[dict[str, Any]]) -> None:
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self._lines += lines


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file whole or not at all; numbers that are not finite become null."""
    write_text(path, json.dumps(_finite(content), indent=1, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: to a neighbour first, which then takes its place."""
    neighbour = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    with neighbour.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    neighbour.replace(path)


def _read_lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    data = path.read_bytes()
    whole, _, cut = data.rpartition(b"\n")
    if cut:
        # A crash in the middle of a write leaves half a line: it was never promised, so it goes, and the next
        # line starts cleanly.
        with path.open("r+b") as file:
            file.truncate(len(data) - len(cut))
    lines = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            content = json.loads(line)
        except ValueError as error:
            message = f"{path}:{number}: damaged journal line ({error}); the lines before it are intact"
            raise StoreError(message) from error
        if not isinstance(content, dict):
            message = f"{path}:{number}: a journal line must be a JSON object"
            raise StoreError(message)
        lines.append(content)
    return lines


def _to_json(outcome: Outcome) -> dict[str, Any]:
    result = outcome.result
    if isinstance(result, Failure):
        return {"index": outcome.index, "failure": result.reason, "job_id": result.job_id}
    return {"index": outcome.index, "width": result.width, "counts": result.to_dict()}


def _from_json(line: Mapping[str, Any], path: Path) -> tuple[int, Counts | Failure]:
    try:
        if "failure" in line:
            return int(line["index"]), Failure(str(line["failure"]), str(line.get("job_id", "")))
        return int(line["index"]), Counts.from_dict(line["counts"], int(line["width"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{path}: damaged outcome {line!r:.200}: {error}"
        raise StoreError(message) from error


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124
        return None
    return value


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-.")[:60] or "run"
