"""
What became of a circuit, as a line of a journal: counts, or why there are none.

Counts of few bits are told as a person reads them; wide ones have their outcomes packed eight to a byte, row by row,
the first classical bit first (`numpy.packbits`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import numpy as np

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._checked_values import as_list, as_text, whole

# A person can read the counts of so many classical bits; wider ones are packed.
READABLE_WIDTH = 12
_MOST_SHOTS = 2**53
_WIDEST = 1_000_000


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON values; the order of the bit strings is kept, so that sums come out bit for bit."""
    result, time = outcome.result, {} if outcome.time is None else {"time": outcome.time}
    if isinstance(result, Failure):
        failure = {"index": outcome.index, "failure": str(result.reason), "job_id": str(result.job_id), **time}
        return failure if result.final else {**failure, "final": False}
    return {"index": outcome.index, **_counts_to_json(result), **time}


def outcome_from_json(line: Mapping[str, Any]) -> tuple[int, Counts | Failure]:
    """
    Return the index of a circuit and what became of it.

    Raises:
        StoreError: When the line is damaged.
    """
    try:
        index = whole(line["index"], "index")
        if "failure" in line:
            return index, Failure(
                as_text(line["failure"]), as_text(line.get("job_id", "")), line.get("final") is not False
            )
        width = whole(line["width"], "width", _WIDEST)
        return index, _counts(line, width)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        message = f"it is not an outcome: {type(error).__name__}: {error}"
        raise StoreError(message) from error


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
        place = whole(line["apart"], "apart"), whole(line["target"], "target")
        return place, _counts(line, whole(line["width"], "width", _WIDEST))
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


def _readable(counts: Counts) -> dict[str, int]:
    rows = np.where(counts.bits[:, ::-1], "1", "0").tolist()
    return {"".join(row): n for row, n in zip(rows, counts.occurrences.tolist(), strict=True)}


def _counts(line: Mapping[str, Any], width: int) -> Counts:
    counts = Counts.from_dict(_table(line["counts"]), width) if "counts" in line else _unpacked(line, width)
    whole(sum(counts.occurrences.tolist()), "the number of shots", _MOST_SHOTS)
    return counts


def _unpacked(line: Mapping[str, Any], width: int) -> Counts:
    occurrences = [whole(n, "occurrences", _MOST_SHOTS) for n in as_list(line["occurrences"])]
    try:
        packed = np.frombuffer(base64.b64decode(as_text(line["bits"]), validate=True), dtype=np.uint8)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    rows = packed.reshape(len(occurrences), -(-width // 8))
    bits = np.unpackbits(rows, axis=1, count=width).astype(bool)
    return Counts(bits, np.array(occurrences, dtype=np.int64))


def _table(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        message = f"counts must be an object, not {type(value).__name__}"
        raise TypeError(message)
    return {key: whole(count, "count", _MOST_SHOTS) for key, count in value.items()}
