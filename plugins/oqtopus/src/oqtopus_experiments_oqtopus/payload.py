"""The files that go to and come from storage: zips of one JSON entry."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from typing import Any

from oqtopus_experiments import Counts
from oqtopus_experiments_oqtopus.answers import parse_json
from oqtopus_experiments_oqtopus.errors import DamagedError, UnusableError

MAX_JSON = 50 * 2**20
"""Largest entry that is unpacked, bytes: a small zip can hold a huge file."""


def pack(content: dict[str, Any]) -> bytes:
    """Return a zip with the one entry ``input.json``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("input.json", json.dumps(content))
    return buffer.getvalue()


def unpack(data: bytes, what: str, odd: float | None = None) -> dict[str, Any]:
    """
    Return the JSON object in a zip of one entry, whatever the entry is called.

    Args:
        data: The zip.
        what: What it is, for a message.
        odd: What stands for what is not a number, see `answers.parse_json`.

    Raises:
        DamagedError: When it is not such a zip, or the entry is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or entries[0].file_size > MAX_JSON:
                message = f"{what}: a zip of {len(entries)} entries, {sum(e.file_size for e in entries)} bytes unpacked"
                raise DamagedError(message)
            with archive.open(entries[0]) as file:
                text = file.read(MAX_JSON + 1)  # the size in the directory may be a lie
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OSError) as error:
        # A damaged zip makes zipfile raise any of these.
        message = f"{what}: the zip is damaged ({type(error).__name__}, {len(data)} bytes)"
        raise DamagedError(message) from error
    if len(text) > MAX_JSON:
        message = f"{what}: the zip unpacks to more than {MAX_JSON >> 20} MiB"
        raise DamagedError(message)
    try:
        content = parse_json(text, odd)
    except ValueError as error:
        message = f"{what}: the entry of the zip is not JSON ({error})"
        raise DamagedError(message) from error
    if not isinstance(content, dict):
        message = f"{what}: the entry of the zip is not a JSON object"
        raise DamagedError(message)
    return content


def counts_from(
    content: dict[str, Any], clbits: tuple[int, ...] | None, width: int, shots: int, *, mitigated: bool
) -> Counts:
    """
    Return the counts of a result.

    Args:
        content: The unpacked ``result.json``.
        clbits: Classical bit of the circuit for each bit of a key, right-most first; None for a job of
            unknown origin: as wide as its keys.
        width: Classical bits of the circuit; those never measured read 0.
        shots: Shots that were asked for.
        mitigated: Whether readout mitigation rounded the counts, so that they may sum to less.

    Raises:
        UnusableError: When these cannot be the counts of that circuit.
    """
    sampling = content.get("sampling")
    found = sampling.get("counts") if isinstance(sampling, dict) else None
    if not isinstance(found, dict):
        message = "the result holds no sampling counts"
        raise UnusableError(message)
    if clbits is None:
        width = len(next(iter(found), ""))
        clbits = tuple(range(width))
    try:
        counts = Counts.from_dict(found, len(clbits))
    except (ValueError, TypeError, OverflowError) as error:
        message = f"the result does not fit the circuit: {error}"
        raise UnusableError(message) from error
    total = counts.shots
    # Mitigation rounds each count down: less than one shot is lost for each key there can be.
    least = max(1, shots - 2 ** min(len(clbits), 40)) if mitigated else shots
    if not least <= total <= shots:
        message = f"the counts sum to {total}, not to the {shots} shots asked for"
        raise UnusableError(message)
    return counts if clbits == tuple(range(width)) else _spread(counts, clbits, width)


def _spread(counts: Counts, clbits: tuple[int, ...], width: int) -> Counts:
    import numpy as np

    bits = np.zeros((len(counts.occurrences), width), dtype=bool)
    bits[:, list(clbits)] = counts.bits
    return Counts(bits, counts.occurrences)
