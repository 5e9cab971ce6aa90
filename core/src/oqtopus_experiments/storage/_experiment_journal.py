"""One experiment of a run: what its journal holds, and the one way to write to it."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.gate import Gate
from oqtopus_experiments.contracts.journal import Journal, Record
from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._damage import Damage
from oqtopus_experiments.storage._folder_gate import FolderGate
from oqtopus_experiments.storage._journal import (
    Lines,
    forget_failures,
    line_of,
    note_time,
    parse_lines,
    sweep_from_json,
    sweep_to_json,
    synthesized_from_json,
)
from oqtopus_experiments.storage._journal_writer import JournalWriter, writing
from oqtopus_experiments.storage._lock import PATIENCE
from oqtopus_experiments.storage._order_json import noted_order, order_to_json
from oqtopus_experiments.storage._outcome_json import apart_to_json, outcome_to_json
from oqtopus_experiments.support._directory import Directory

logger = logging.getLogger(__name__)

JOURNAL = "journal.jsonl"


class ExperimentJournal(Journal):
    """
    One experiment of a run as its journal tells it.

    Reading changes no byte. Lines are appended in a `with journal.writing():` only, which holds the folder against
    other processes and reads the journal anew before the first of them: what was known before may be old.

    A backend numbers circuits by their position in the batch, and everybody else by their place in the experiment. This
    class stands between them: what backends call (`Journal`) has positions, and `outcomes`, `record`, `times` and
    `send_again` have circuits, like the file.

    Args:
        path: The folder; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._directory = Directory(path.parent, path.name)
        self._where = str(path / JOURNAL)
        self._writer: JournalWriter | None = None
        self._gate = FolderGate(self._directory)
        self._order: Order | None = None
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

    def record_apart(self, counts: Mapping[tuple[int, int], Counts]) -> None:
        """Note counts of single targets, by circuit and position of the target; on disk when this returns."""
        self._write([apart_to_json(circuit, target, found) for (circuit, target), found in counts.items()])

    def note_sweep(
        self,
        sweep: Sweep,
        references: Sequence[str],
        order: Order | None = None,
        synthesized: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """
        Note what is swept, in which order, and which driven gates are made of others; on disk when this returns.

        Each is noted once, order and gates also beside the sweep, so that one damaged line does not lose them.
        """
        told = order_to_json(order) if order is not None and order.circuits else {}
        made = {} if synthesized is None else {"synthesized": {gate: list(on) for gate, on in synthesized.items()}}
        lines = []
        if not any("sweep" in line for line in self._lines):
            lines.append(sweep_to_json(sweep, references) | {key: told[key] for key in told if key == "seed"} | made)
        if told and not any("order" in line for line in self._lines):
            lines.append(told)
        if made and not any("synthesized" in line and "sweep" not in line for line in self._lines):
            lines.append(made)
        if lines:
            self._write(lines)

    @property
    def is_new(self) -> bool:
        """Whether there never was anything in it."""
        return not self._lines and not self._damage

    @property
    def known_order(self) -> Order | None:
        """Which circuit stands at which position of the batch, or None where damage leaves that unknown."""
        losses = sum(damage.kind in ("sweep", "order", "unknown") for damage in self._damage)
        return noted_order(self._lines, self.sweep, losses)

    @property
    def order(self) -> Order:
        """
        Which circuit stands at which position of the batch.

        Raises:
            StoreError: When the lines that told it are damaged.
        """
        if self._order is None:
            self._order = self.known_order
        if self._order is None:
            message = (
                f"{self._where}: the lines that say in which order the circuits run are damaged, so its jobs cannot be "
                f"told apart; `oqx analyze {self.path.parent}` reads the counts that have arrived"
            )
            raise StoreError(message)
        return self._order

    def finish(self, metadata: Mapping[str, Any]) -> None:
        """Note that all outcomes have come, when, and what the backend says of the job; on disk when this returns."""
        self._write([{"done": dict(metadata), "ended": time.time()}])

    @property
    def ended(self) -> float | None:
        """When all outcomes had come, s since 1970; None where that was not noted."""
        noted = [line.get("ended") for line in self._lines if "done" in line]
        known = [moment for moment in noted if isinstance(moment, (int, float)) and math.isfinite(moment)]
        return float(known[-1]) if known else None

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
    def synthesized(self) -> dict[str, tuple[int, ...]] | None:
        """The driven gates that the device makes of others, each with its qubits; None where nobody noted any."""
        found = [synthesized_from_json(line) for line in self._lines if "synthesized" in line]
        return found[0] if found else None

    @property
    def metadata(self) -> dict[str, Any]:
        """What the backend said about the job at the end; what is known of it when there was no end."""
        finished = [line["done"] for line in self._lines if isinstance(line.get("done"), dict)]
        if finished:
            return dict(finished[-1])
        ids = [record["job_id"] for record in self.records if isinstance(record.get("job_id"), str)]
        return {"job_id": ids[0] if ids else "", "status": "interrupted"}

    def outcomes(self) -> dict[int, Counts | Failure]:
        """
        Return the outcomes noted so far, by number of the circuit; a later one replaces an earlier one.

        Failures that are to be tried again are left out: they stay in the journal, and have no outcome for now.
        """
        return dict(self._results)

    def apart(self) -> dict[tuple[int, int], Counts]:
        """Return the counts of targets that were not read together, by circuit and position of the target."""
        return dict(self._apart)

    @property
    def references(self) -> tuple[str, ...]:
        """Names of the reference circuits that were noted with the sweep."""
        noted = next((line.get("references") for line in self._lines if "sweep" in line), None)
        return tuple(map(str, noted)) if isinstance(noted, list) else ()

    def times(self) -> dict[int, float]:
        """Return when circuits ran, by their number, in seconds since 1970, where that is known."""
        return dict(self._times)

    def results(self) -> dict[int, Counts | Failure]:
        """Return the outcomes noted so far, as `outcomes` does, by position in the batch: for the backend."""
        if not self._results:
            return {}
        return {self.order.position(circuit): result for circuit, result in self._results.items()}

    def send_again(self, circuits: Sequence[int]) -> None:
        """Note that circuits whose outcomes were failures are to be submitted once more, and open the gate."""
        if circuits:
            again = {"again": [self.order.position(circuit) for circuit in circuits]}
            told = {"circuits": list(circuits)} if self.order.circuits else {}
            self._write([{"job": again | told}])
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
        self._times: dict[int, float] = dict(found.times)
        self._apart: dict[tuple[int, int], Counts] = dict(found.apart)
        self._damage = found.damage
        self._order = None

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
        self._apart |= found.apart
        for line in found.contents:
            if "index" in line:
                note_time(self._times, line)
        self._order = None
