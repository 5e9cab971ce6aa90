"""
The journal of one experiment: a line of JSON for each thing that happened, on disk before the next one.

Lines are one of::

    {"sweep": [[{"name": "delay", "unit": "ns", "values": [...]}]], "references": []}    what is swept: its grids
    {"order": [2, 0, 1], "seed": 7}                    which circuit ran first, where that is not the order of the sweep
    {"synthesized": {"rx": [0, 1]}}                                the driven gates made of others, and on which qubits
    {"job": {...}}                                                                       noted by the backend
    {"job": {"again": [4]}}                                      failures that are to be tried again, noted by core
    {"index": 3, "width": 1, "counts": {"0": 512, "1": 488}, "time": 1795219200.0}       an outcome
    {"index": 3, "width": 100, "bits": "<base64>", "occurrences": [1, 3, ...]}           a wide one
    {"index": 4, "failure": "calibration drifted", "job_id": "..."}                      why there are no counts
    {"apart": 3, "target": 1, "width": 1, "counts": {...}}        counts of one target that was not read with others
    {"done": {"job_id": "...", "status": "succeeded"}, "ended": 1795219260.5}            all that will come has come

``index`` is the number of the circuit in the experiment: points, then references. ``time`` is when it ran, in seconds
since 1970, where the backend knows. ``bits`` are the outcomes packed eight to a byte, row by row, the first classical
bit first (`numpy.packbits`).
Each line ends with ``,"crc":"<8 hex digits>"}``, the CRC-32 of the line without it: a digit that flips on disk would
still be a count.
"""

from __future__ import annotations

import functools
import json
import operator
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._checked_values import as_list, as_text, whole
from oqtopus_experiments.storage._damage import Damage, damage_of
from oqtopus_experiments.storage._order_json import order_from_json
from oqtopus_experiments.storage._outcome_json import apart_from_json, outcome_from_json
from oqtopus_experiments.support._atomic_writing import parse_object
from oqtopus_experiments.support._plain import LONGEST, plain

_CHECKED = re.compile(rb',"crc":"([0-9a-f]{8})"}$')
_BEGINNINGS = re.compile(rb'{"(?:job|index|apart|sweep|order|synthesized|done)":')


def line_of(content: Mapping[str, Any]) -> str:
    """Return one line of a journal, its checksum included; `content` is not empty, and passes the gate."""
    # What a service says is bounded, what was measured is not.
    longest = None if "bits" in content else LONGEST
    text = json.dumps(plain(content, longest), separators=(",", ":"), allow_nan=False)
    return f'{text[:-1]},"crc":"{zlib.crc32(text.encode()):08x}"}}\n'


@frozen
class Lines:
    """
    What a journal holds.

    Args:
        contents: Its lines.
        outcomes: The outcomes among them, by index of the circuit; a later one replaces an earlier one.
        times: When those circuits ran, s since 1970, where that is known.
        apart: Counts of single targets, by index of the circuit and position of the target.
        damage: Those that cannot be read.
        intact: How many bytes hold whole lines; behind them is at most half a line, which was never promised.
    """

    contents: tuple[dict[str, Any], ...] = ()
    outcomes: Mapping[int, Counts | Failure] = field(factory=dict)
    damage: tuple[Damage, ...] = ()
    intact: int = 0
    times: Mapping[int, float] = field(factory=dict)
    apart: Mapping[tuple[int, int], Counts] = field(factory=dict)


def parse_lines(data: bytes, where: str) -> Lines:
    """
    Return what a journal holds: every line that is whole, and what is lost with those that are not.

    A process killed in the middle of a write leaves half a line at the end; it was never promised and is left out.
    """
    whole, newline, _ = data.rpartition(b"\n")
    contents, damage = list[dict[str, Any]](), list[Damage]()
    outcomes, times, apart = dict[int, Counts | Failure](), dict[int, float](), dict[tuple[int, int], Counts]()
    for number, line in enumerate(whole.split(b"\n") if newline else (), 1):
        found = line
        while found:
            try:
                content = _content_of(found)
                if "index" in content:
                    index, result = outcome_from_json(content)
                    outcomes[index] = result
                    note_time(times, content)
                if "apart" in content:
                    place, counts = apart_from_json(content)
                    apart[place] = counts
                if "order" in content:
                    order_from_json(content)
                if "synthesized" in content:
                    synthesized_from_json(content)
                forget_failures(outcomes, content)
                contents.append(content)
                break
            except StoreError as error:
                if found is line:
                    damage.append(damage_of(line, f"{where}:{number}", str(error)))
                found = _behind(found)
    return Lines(tuple(contents), outcomes, tuple(damage), len(whole) + len(newline), times, apart)


def note_time(times: dict[int, float], outcome: Mapping[str, Any]) -> None:
    """Note when an outcome came about, or that nobody knows any more: it replaces an earlier one."""
    times.pop(outcome["index"], None)
    if isinstance(time := outcome.get("time"), (int, float)):
        times[outcome["index"]] = float(time)


def forget_failures(outcomes: dict[int, Counts | Failure], line: Mapping[str, Any]) -> None:
    """Take away the failures that a line says are to be tried again, if it is such a line; counts stay."""
    record = line.get("job")
    # "again" is for the backend, which knows positions in the batch only.
    indices = record.get("circuits", record.get("again")) if isinstance(record, dict) else None
    for index in indices if isinstance(indices, list) else ():
        if isinstance(index, int) and isinstance(outcomes.get(index), Failure):
            del outcomes[index]


def _content_of(line: bytes) -> dict[str, Any]:
    """Return what a line says; one without a checksum is believed, as earlier versions wrote none."""
    checked = _CHECKED.search(line)
    if checked is None:
        return parse_object(line, "the line")
    text = line[: checked.start()] + b"}"
    if zlib.crc32(text) != int(checked[1], 16):
        message = "it is not what was written (checksum)"
        raise StoreError(message)
    return parse_object(text, "the line")


def _behind(line: bytes) -> bytes:
    """Return the line that was written behind half a line, if that is what the damage is; empty if not."""
    begin = _BEGINNINGS.search(line, 1) if _CHECKED.search(line) else None
    return line[begin.start() :] if begin else b""


def sweep_to_json(sweep: Sweep, references: Sequence[str]) -> dict[str, Any]:
    """Return what was swept, so that a later version of a plugin cannot put other points under the counts."""
    grids = [
        [{"name": axis.name, "unit": axis.unit, "values": axis.values.tolist()} for axis in grid]
        for grid in sweep.grids
    ]
    return {"sweep": grids, "references": list(references)}


def sweep_from_json(line: Mapping[str, Any], where: str) -> Sweep:
    """
    Return the sweep of a journal.

    Raises:
        StoreError: When it is damaged.
    """
    try:
        grids = [
            Sweep(
                *(Axis(as_text(axis["name"]), _plain(axis["values"]), as_text(axis["unit"])) for axis in as_list(grid))
            )
            for grid in as_list(line["sweep"])
        ]
        return functools.reduce(operator.add, grids)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        message = f"{where}: damaged sweep: {error}"
        raise StoreError(message) from error


def synthesized_from_json(line: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """
    Return the gates that a line says are made of others, each with its qubits.

    Raises:
        StoreError: When the line is damaged.
    """
    try:
        return {
            gate: tuple(whole(qubit, "qubit") for qubit in as_list(qubits))
            for gate, qubits in dict(line["synthesized"]).items()
        }
    except (KeyError, TypeError, ValueError) as error:
        message = f"it does not say which gates are made of others: {error}"
        raise StoreError(message) from error


def _plain(values: Any) -> list[Any]:
    kinds = {type(value) for value in as_list(values)}
    if not kinds <= {int, float} and kinds not in ({str}, {bool}):
        message = "the values of an axis must all be numbers or all be texts"
        raise TypeError(message)
    return list(values)
