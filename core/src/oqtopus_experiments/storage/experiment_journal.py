"""One experiment of a run: what its journal holds, and the one way to write to it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.gate import Gate
from oqtopus_experiments.contracts.journal import Journal, Record
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage.folder_gate import FolderGate
from oqtopus_experiments.storage.journal import (
    Damage,
    Lines,
    forget_failures,
    line_of,
    outcome_to_json,
    parse_lines,
    sweep_from_json,
    sweep_to_json,
)
from oqtopus_experiments.storage.journal_writer import JournalWriter, writing
from oqtopus_experiments.storage.lock import PATIENCE
from oqtopus_experiments.support.directory import Directory

logger = logging.getLogger(__name__)

JOURNAL = "journal.jsonl"


class ExperimentJournal(Journal):
    """
    One experiment of a run as its journal tells it.

    Reading changes no byte. Lines are appended in a `with journal.writing():` only, which holds the folder against
    other processes and reads the journal anew before the first of them: what was known before may be old.

    Args:
        path: The folder; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._directory = Directory(path.parent, path.name)
        self._where = str(path / JOURNAL)
        self._writer: JournalWriter | None = None
        self._gate = FolderGate(self._directory)
        self._know(self._read())

    @contextlib.contextmanager
    def writing(self, patience: float = PATIENCE) -> Iterator[ExperimentJournal]:
        """
        Hold the folder, and read what others have written; then lines may be appended, until this ends.

        Args:
            patience: Seconds to wait for another process that holds it.

        Raises:
            StoreError: When another process holds it, or it cannot be written.
        """
        self._directory.make()
        with writing(self._directory, JOURNAL, patience) as writer:
            text = writer.text()
            found = parse_lines(text, self._where)
            if len(text) > found.intact:
                writer.cut(found.intact)
            self._know(found)
            self._writer = writer
            try:
                yield self
            finally:
                self._writer = None

    @property
    def gate(self) -> Gate:
        """A gate between all processes that know the folder; it needs no lock."""
        return self._gate

    def refresh(self) -> None:
        """Read what other processes have written since; whoever holds the folder knows all there is."""
        if self._writer is None:
            self._know(self._read())

    @property
    def records(self) -> Sequence[Record]:
        """What the backend noted, in order."""
        return tuple(dict(line["job"]) for line in self._lines if isinstance(line.get("job"), dict))

    @property
    def damage(self) -> Sequence[Damage]:
        """The lines that cannot be read any more."""
        return self._damage

    @property
    def lost(self) -> Sequence[str]:
        """What cannot be read any more and may have been a record, each in a sentence."""
        return tuple(str(damage) for damage in self._damage if damage.may_be_a_record)

    def append(self, record: Record) -> None:
        """Note something for the backend; on disk when this returns."""
        self._write([{"job": record}])

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Note outcomes; on disk when this returns."""
        self._write([outcome_to_json(outcome) for outcome in outcomes])

    def note_sweep(self, sweep: Sweep, references: Sequence[str]) -> None:
        """Note what is swept, once; on disk when this returns."""
        if not any("sweep" in line for line in self._lines):
            self._write([sweep_to_json(sweep, references)])

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
                return sweep_from_json(line, self._where), count
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

        Failures that are to be tried again are left out: they stay in the journal, and have no outcome for now.
        """
        return dict(self._results)

    def send_again(self, indices: Sequence[int]) -> None:
        """Note that circuits whose outcomes were failures are to be submitted once more, and open the gate."""
        if indices:
            self._write([{"job": {"again": list(indices)}}])
            forget_failures(self._results, self._lines[-1])
        self._gate.reopen()

    @property
    def finished(self) -> bool:
        """Whether all outcomes have come."""
        return any("done" in line for line in self._lines)

    def _read(self) -> Lines:
        return parse_lines(self._directory.read(JOURNAL) or b"", self._where)

    def _know(self, found: Lines) -> None:
        self._lines = list(found.contents)
        self._results: dict[int, Counts | Failure] = dict(found.outcomes)
        self._damage = found.damage

    def _write(self, lines: list[dict[str, Any]]) -> None:
        if self._writer is None:
            message = f"{self.path} was opened for reading; nothing is written to it without holding it"
            raise StoreError(message)
        text = "".join(map(line_of, lines)).encode()
        # Read before it is written: what no reader would take must not stand in a journal.
        found = parse_lines(text, "a new line")
        if found.damage:
            message = f"{self._where}: nothing was written, as it could not be read again: {found.damage[0].reason}"
            raise StoreError(message)
        self._writer.append(text)
        self._lines += found.contents
        self._results |= found.outcomes
