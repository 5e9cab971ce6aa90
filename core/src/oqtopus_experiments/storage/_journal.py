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

import base64
import binascii
import functools
import json
import operator
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import field, frozen

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._damage import Damage, damage_of
from oqtopus_experiments.storage._order_json import order_from_json
from oqtopus_experiments.support._atomic_writing import parse_object
from oqtopus_experiments.support._plain import LONGEST, plain

# A person can read the counts of so many classical bits; wider ones are packed.
READABLE_WIDTH = 12
_MOST_SHOTS = 2**53
_WIDEST = 1_000_000
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
            Sweep(*(Axis(_text(axis["name"]), _plain(axis["values"]), _text(axis["unit"])) for axis in _list(grid)))
            for grid in _list(line["sweep"])
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
            gate: tuple(_whole(qubit, "qubit") for qubit in _list(qubits))
            for gate, qubits in dict(line["synthesized"]).items()
        }
    except (KeyError, TypeError, ValueError) as error:
        message = f"it does not say which gates are made of others: {error}"
        raise StoreError(message) from error


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON values; the order of the bit strings is kept, so that sums come out bit for bit."""
    result, time = outcome.result, {} if outcome.time is None else {"time": outcome.time}
    if isinstance(result, Failure):
        failure = {"index": outcome.index, "failure": str(result.reason), "job_id": str(result.job_id), **time}
        return failure if result.final else {**failure, "final": False}
    return {"index": outcome.index, **_counts_to_json(result), **time}


def apart_to_json(circuit: int, target: int, counts: Counts) -> dict[str, Any]:
    """Return the counts of one target as JSON values."""
    return {"apart": circuit, "target": target, **_counts_to_json(counts)}


def apart_from_json(line: Mapping[str, Any]) -> tuple[tuple[int, int], Counts]:
    """
    Return circuit and position of a target, and its counts.

    Raises:
        StoreError: When the line is damaged.
    """
    try:
        place = _whole(line["apart"], "apart"), _whole(line["target"], "target")
        return place, _counts(line, _whole(line["width"], "width", _WIDEST))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        message = f"it is not the counts of a target: {type(error).__name__}: {error}"
        raise StoreError(message) from error


def _counts_to_json(result: Counts) -> dict[str, Any]:
    counts = _readable(result) if result.width <= READABLE_WIDTH else {}
    # Equal rows, which a backend may leave uncounted, have no place in a JSON object.
    if len(counts) == len(result.occurrences):
        return {"width": result.width, "counts": counts}
    packed = np.packbits(result.bits, axis=1).tobytes()
    return {
        "width": result.width,
        "bits": base64.b64encode(packed).decode("ascii"),
        "occurrences": result.occurrences.tolist(),
    }


def outcome_from_json(line: Mapping[str, Any]) -> tuple[int, Counts | Failure]:
    """
    Return the index of a circuit and what became of it.

    Raises:
        StoreError: When the line is damaged.
    """
    try:
        index = _whole(line["index"], "index")
        if "failure" in line:
            return index, Failure(_text(line["failure"]), _text(line.get("job_id", "")), line.get("final") is not False)
        width = _whole(line["width"], "width", _WIDEST)
        return index, _counts(line, width)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        message = f"it is not an outcome: {type(error).__name__}: {error}"
        raise StoreError(message) from error


def _readable(counts: Counts) -> dict[str, int]:
    rows = np.where(counts.bits[:, ::-1], "1", "0").tolist()
    return {"".join(row): n for row, n in zip(rows, counts.occurrences.tolist(), strict=True)}


def _counts(line: Mapping[str, Any], width: int) -> Counts:
    counts = Counts.from_dict(_table(line["counts"]), width) if "counts" in line else _unpacked(line, width)
    _whole(sum(counts.occurrences.tolist()), "the number of shots", _MOST_SHOTS)
    return counts


def _unpacked(line: Mapping[str, Any], width: int) -> Counts:
    occurrences = [_whole(n, "occurrences", _MOST_SHOTS) for n in _list(line["occurrences"])]
    try:
        packed = np.frombuffer(base64.b64decode(_text(line["bits"]), validate=True), dtype=np.uint8)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    rows = packed.reshape(len(occurrences), -(-width // 8))
    bits = np.unpackbits(rows, axis=1, count=width).astype(bool)
    return Counts(bits, np.array(occurrences, dtype=np.int64))


def _table(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        message = f"counts must be an object, not {type(value).__name__}"
        raise TypeError(message)
    return {key: _whole(count, "count", _MOST_SHOTS) for key, count in value.items()}


def _whole(value: Any, what: str, most: int = 2**31) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        message = f"{what} must be an integer from 0 to {most}, not {value!r:.40}"
        raise ValueError(message)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        message = f"a text is expected, not {value!r:.40}"
        raise TypeError(message)
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        message = f"a list is expected, not {value!r:.40}"
        raise TypeError(message)
    return value


def _plain(values: Any) -> list[Any]:
    kinds = {type(value) for value in _list(values)}
    if not kinds <= {int, float} and kinds not in ({str}, {bool}):
        message = "the values of an axis must all be numbers or all be texts"
        raise TypeError(message)
    return list(values)
