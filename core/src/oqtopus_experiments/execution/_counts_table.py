"""
A table of counts that were taken elsewhere: one row for each outcome of a target at a point.

Columns: the axes of the experiment by name, ``target``, ``outcome``, ``count``; where they are needed ``reference``
(the name of a reference circuit, whose axes stay empty), ``repetition`` (of a point that was measured more than once)
and ``shots`` (a check on the sum). Nothing is guessed: what cannot be read is an error that names the row.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import Factory, define, field, frozen

from oqtopus_experiments.contracts import arguments
from oqtopus_experiments.contracts.counts import MOST_SHOTS, Counts
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.signals import Expectation, Probability
from oqtopus_experiments.contracts.sweep import Axis
from oqtopus_experiments.contracts.targets import Target, as_targets, label, problem
from oqtopus_experiments.errors import CountsError, ParameterError
from oqtopus_experiments.execution._counts_cells import Column, axis_columns, bit_string, target_of, whole
from oqtopus_experiments.execution._foreign_counts import ForeignCounts, Point, sweep_through

LARGEST = 2**28
"""Bytes of a table that is read; a larger one is something else."""
NEEDED, OPTIONAL = ("outcome", "count"), ("target", "reference", "repetition", "shots")
_DELIMITERS = ",;\t"


@frozen(eq=False)
class _Row:
    where: str
    cells: Mapping[str, str]


@define(eq=False)
class _Circuit:
    """What one target read at one point, or in one reference circuit."""

    first: str
    counts: dict[str, int] = Factory(dict)
    rows: dict[str, str] = Factory(dict)
    shots: set[int] = Factory(set)


def read_table(path: Path, experiment: Declaration, axes: Sequence[Axis], *, first_bit: str) -> ForeignCounts:
    """
    Read a file of counts.

    Args:
        path: The file, CSV with a header: separated by commas, semicolons or tabs.
        experiment: What was measured.
        axes: The axes of the experiment.
        first_bit: Where bit 0 stands in an outcome, ``"right"`` (as in Qiskit) or ``"left"``.

    Raises:
        CountsError: When it cannot be read as counts of the experiment.
    """
    try:
        if path.stat().st_size > LARGEST:
            message = f"{path} has more than {LARGEST:,} bytes: that is not a table of counts"
            raise CountsError(message)
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise CountsError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path} is not a text in UTF-8; save it as CSV"
        raise CountsError(message) from error
    origin = {"source": str(path), "sha256": hashlib.sha256(data).hexdigest()}
    return parse_table(text, str(path), experiment, axes, first_bit=first_bit, origin=origin)


def parse_table(
    text: str, source: str, experiment: Declaration, axes: Sequence[Axis], *, first_bit: str, origin: Mapping[str, Any]
) -> ForeignCounts:
    """Return the counts of a table as text; see `read_table`."""
    header, rows = _rows(text, source)
    columns = axis_columns(
        header,
        axes,
        (*NEEDED, *OPTIONAL),
        source,
        optional=not experiment.sweep().is_grid,
        spared=arguments.with_defaults(experiment.signal) if callable(experiment.signal) else (),
    )
    return _Reader(source, experiment, axes, columns, header, first_bit).read(rows, origin)


def _rows(text: str, source: str) -> tuple[list[str], list[_Row]]:
    begin = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=begin.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[_Row] = []
    header: list[str] = []
    try:
        for cells in lines:
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            where = f"{source}, line {lines.line_num}"
            if not header:
                header = stripped
                continue
            if len(stripped) != len(header):
                message = f"{where}: {len(stripped)} cells, where the header names {len(header)} columns"
                raise CountsError(message)
            rows.append(_Row(where, dict(zip(header, stripped, strict=True))))
    except csv.Error as error:
        message = f"{source}, line {lines.line_num}: not CSV: {error}"
        raise CountsError(message) from error
    if not rows:
        message = f"{source} holds no counts: a header and a row for each outcome are needed"
        raise CountsError(message)
    return header, rows


@define(eq=False)
class _Reader:
    """Reads the rows of one table."""

    source: str
    experiment: Declaration
    axes: Sequence[Axis]
    columns: Mapping[str, Column]
    header: Sequence[str]
    first_bit: str
    points: dict[Point, int] = Factory(dict)
    references: dict[str, int] = Factory(dict)
    targets: dict[Target, str] = Factory(dict)
    circuits: dict[tuple[Point | str, Target], _Circuit] = Factory(dict)
    width: int = field(init=False)
    special: frozenset[str] = field(init=False)

    @special.default
    def _columns_that_are_not_axes(self) -> frozenset[str]:
        return frozenset(self.header) - frozenset(column.header for column in self.columns.values())

    @width.default
    def _bits_of_a_target(self) -> int:
        return width_of(self.experiment, left_out={axis.name for axis in self.axes} - set(self.columns))

    def read(self, rows: Sequence[_Row], origin: Mapping[str, Any]) -> ForeignCounts:
        """Return the counts of all rows."""
        for row in rows:
            self._take(row)
        self._check()
        if not self.points:
            message = f"{self.source} has counts of reference circuits only, and none of a point"
            raise CountsError(message)
        sweep, numbers = sweep_through(list(self.points), self.axes)
        index: dict[Point | str, int] = dict(zip(self.points, numbers, strict=True))
        index |= {name: sweep.size + number for name, number in self.references.items()}
        place = {target: number for number, target in enumerate(self.targets)}
        found = {
            (index[at], place[target]): Counts.from_dict(circuit.counts, self.width)
            for (at, target), circuit in self.circuits.items()
        }
        alone = len(self.targets) == 1
        return ForeignCounts(
            sweep=sweep,
            results={circuit: counts for (circuit, _), counts in found.items() if counts.shots} if alone else {},
            references=tuple(self.references),
            apart={} if alone else found,
            targets=tuple(self.targets) if "target" in self.special else None,
            origin=origin,
            notes=self._notes(),
        )

    def _take(self, row: _Row) -> None:
        name = row.cells["reference"] if "reference" in self.special else ""
        at: Point | str = self._reference(row, name) if name else self._point(row)
        target = self._target(row)
        circuit = self.circuits.setdefault((at, target), _Circuit(row.where))
        outcome = bit_string(row.cells["outcome"], self.width, row.where, self.first_bit)
        if outcome in circuit.rows:
            message = (
                f"{row.where}: outcome {row.cells['outcome']!r} of this point and target stands in "
                f"{circuit.rows[outcome].rpartition(', ')[2]} already; if the point was measured again, number its "
                "measurements in a column 'repetition'"
            )
            raise CountsError(message)
        circuit.rows[outcome] = row.where
        circuit.counts[outcome] = whole(row.cells["count"], "count", row.where)
        if "shots" in self.special and row.cells["shots"]:
            circuit.shots.add(whole(row.cells["shots"], "number of shots", row.where))

    def _reference(self, row: _Row, name: str) -> str:
        given = [column.header for column in self.columns.values() if row.cells[column.header]]
        if given:
            message = f"{row.where}: a reference circuit belongs to no point; leave {given[0]!r} empty"
            raise CountsError(message)
        again = row.cells.get("repetition", "") if "repetition" in self.special else ""
        name = f"{name} {again}" if again else name
        self.references.setdefault(name, len(self.references))
        return name

    def _point(self, row: _Row) -> Point:
        values = [
            (name, column.value(row.cells[column.header], row.where))
            for name, column in self.columns.items()
            if row.cells[column.header] or not column.optional
        ]
        if not values:
            message = f"{row.where}: no value on any axis"
            raise CountsError(message)
        point = Point(tuple(values), row.cells["repetition"] if "repetition" in self.special else "")
        self.points.setdefault(point, len(self.points))
        return point

    def _target(self, row: _Row) -> Target:
        if "target" not in self.special:
            if len(self.experiment.targets) > 1:
                names = ", ".join(map(label, self.experiment.targets))
                message = f"{self.source} has no column 'target', which says whose a count is: {names}"
                raise CountsError(message)
            target = self.experiment.targets[0]
        else:
            target = target_of(row.cells["target"], row.where)
        if target not in self.targets:
            self._check_target(target, row.where)
            self.targets[target] = row.where
        return target

    def _check_target(self, target: Target, where: str) -> None:
        try:
            wrong = problem(as_targets([*self.targets, target]), self.experiment.num_qubits)
        except ParameterError as error:
            wrong = str(error)
        if wrong:
            message = f"{where}: target {label(target)}: {wrong}"
            raise CountsError(message)

    def _check(self) -> None:
        """Refuse sums that are not what the table itself says, and a table that leaves an outcome out."""
        totals = {}
        for key, circuit in self.circuits.items():
            totals[key] = sum(circuit.counts.values())
            if totals[key] > MOST_SHOTS:
                message = f"{circuit.first}: {totals[key]} shots of one point were never measured"
                raise CountsError(message)
            if circuit.shots and circuit.shots != {totals[key]}:
                said = " and ".join(map(str, sorted(circuit.shots)))
                message = (
                    f"{circuit.first}: the counts of this point add up to {totals[key]}, and 'shots' says {said}; "
                    "give a row for every outcome that was read"
                )
                raise CountsError(message)
        seen = {outcome for circuit in self.circuits.values() for outcome in circuit.rows}
        if not any(totals.values()):
            message = f"{self.source}: all counts are 0; there is nothing to analyze"
            raise CountsError(message)
        if len(seen) == 1 and len(set(totals.values())) > 1:
            message = (
                f"{self.source} counts the outcome {next(iter(seen))!r} only, and another number of shots at each "
                "point: give the others too, or nobody knows out of how many"
            )
            raise CountsError(message)

    def _notes(self) -> tuple[str, ...]:
        told = [column.note for column in self.columns.values() if column.note]
        if self.width > 1:
            told.append(f"outcomes are read with bit 0, the first qubit of a target, on the {self.first_bit}")
        return tuple(told)


def width_of(experiment: Declaration, left_out: Collection[str] = ()) -> int:
    """
    Return how many bits one target reads: what its signal reads where that says so, or one for each qubit.

    Args:
        experiment: What was measured.
        left_out: Axes that the counts say nothing of; a signal that asks for these alone is that of its defaults.
    """
    signal = experiment.signal
    if callable(signal) and left_out and set(arguments.names(signal)) <= set(left_out):
        signal = signal()
    if isinstance(signal, Probability):
        return len(signal.outcome)
    if isinstance(signal, Expectation) and signal.weights:
        return len(next(iter(signal.weights)))
    return experiment.num_qubits
