"""
The journal of one experiment: a line of JSON for each thing that happened, on disk before the next one.

Lines are one of::

    {"sweep": [{"name": "delay", "unit": "ns", "values": [...]}], "references": []}      what is swept
    {"job": {...}}                                                                       noted by the backend
    {"index": 3, "width": 1, "counts": {"0": 512, "1": 488}}                             an outcome
    {"index": 3, "width": 100, "bits": "<base64>", "occurrences": [1, 3, ...]}           a wide one
    {"index": 4, "failure": "calibration drifted", "job_id": "..."}                      why there are no counts
    {"done": {"job_id": "...", "status": "succeeded"}}                                   all that will come has come

``bits`` are the outcomes packed eight to a byte, row by row, the first classical bit first (`numpy.packbits`).
Each line ends with ``,"crc":"<8 hex digits>"}``, the CRC-32 of the line without it: a digit that flips on disk would
still be a count.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oqtopus_experiments.backend import Failure, Outcome
from oqtopus_experiments.counts import Counts
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.jsonfiles import parse_object, read_bytes
from oqtopus_experiments.sweep import Axis, Sweep

# A person can read the counts of so many classical bits; wider ones are packed.
READABLE_WIDTH = 12
_MOST_SHOTS = 2**53
_WIDEST = 1_000_000
_CHECKED = re.compile(rb',"crc":"([0-9a-f]{8})"}$')


def line_of(content: Mapping[str, Any]) -> str:
    """Return one line of a journal, its checksum included; `content` is not empty."""
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return f'{text[:-1]},"crc":"{zlib.crc32(text.encode()):08x}"}}\n'


def read_lines(path: Path) -> tuple[list[dict[str, Any]], int]:
    """
    Read a journal without changing it.

    A process killed in the middle of a write leaves half a line at the end; it was never promised and is left out.

    Returns:
        The lines, and how many bytes hold them.

    Raises:
        StoreError: When it is damaged anywhere else.
    """
    if not path.exists():
        return [], 0
    data = read_bytes(path)
    whole, newline, _ = data.rpartition(b"\n")
    lines = [_content_of(line, f"{path}:{number}") for number, line in enumerate(whole.split(b"\n"), 1) if newline]
    return lines, len(whole) + len(newline)


def _content_of(line: bytes, where: str) -> dict[str, Any]:
    """Return what a line says; one without a checksum is believed, as earlier versions wrote none."""
    checked = _CHECKED.search(line)
    if checked is None:
        return parse_object(line, where)
    text = line[: checked.start()] + b"}"
    if zlib.crc32(text) != int(checked[1], 16):
        message = f"{where}: damaged: the line is not the one that was written (checksum); restore it from a copy"
        raise StoreError(message)
    return parse_object(text, where)


def sweep_to_json(sweep: Sweep, references: Sequence[str]) -> dict[str, Any]:
    """Return what was swept, so that a later version of a plugin cannot put other points under the counts."""
    axes = [{"name": axis.name, "unit": axis.unit, "values": axis.values.tolist()} for axis in sweep.axes]
    return {"sweep": axes, "references": list(references)}


def sweep_from_json(line: Mapping[str, Any], where: str) -> Sweep:
    """
    Return the sweep of a journal.

    Raises:
        StoreError: When it is damaged.
    """
    try:
        return Sweep(
            *(Axis(_text(axis["name"]), _plain(axis["values"]), _text(axis["unit"])) for axis in line["sweep"])
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        message = f"{where}: damaged sweep: {error}"
        raise StoreError(message) from error


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON values; the order of the bit strings is kept, so that sums come out bit for bit."""
    result = outcome.result
    if isinstance(result, Failure):
        return {"index": outcome.index, "failure": result.reason, "job_id": result.job_id}
    content: dict[str, Any] = {"index": outcome.index, "width": result.width}
    counts = _readable(result) if result.width <= READABLE_WIDTH else {}
    # Equal rows, which a backend may leave uncounted, have no place in a JSON object.
    if len(counts) == len(result.occurrences):
        return {**content, "counts": counts}
    packed = np.packbits(result.bits, axis=1).tobytes()
    return {
        **content,
        "bits": base64.b64encode(packed).decode("ascii"),
        "occurrences": result.occurrences.tolist(),
    }


def outcome_from_json(line: Mapping[str, Any], where: str) -> tuple[int, Counts | Failure]:
    """
    Return the index of a circuit and what became of it.

    Raises:
        StoreError: When the line is damaged.
    """
    try:
        index = _whole(line["index"], "index")
        if "failure" in line:
            return index, Failure(_text(line["failure"]), _text(line.get("job_id", "")))
        width = _whole(line["width"], "width", _WIDEST)
        return index, _counts(line, width)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        message = f"{where}: damaged outcome: {type(error).__name__}: {error}"
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
