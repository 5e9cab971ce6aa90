"""Answers that look right and are not: what becomes of the body of a good one."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from oqtopus_experiments_oqtopus_emulator._zips import pack, unpack


def _truncated(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _oversized(body: bytes) -> bytes:
    return _bomb()


@cache
def _bomb() -> bytes:
    """Return a zip of 64 kB whose entry is 64 MB."""
    return pack({"result.json": b" " * (64 * 2**20)})


def _two_entries(body: bytes) -> bytes:
    return pack({"result.json": unpack(body), "other.json": b"{}"})


def _no_json(body: bytes) -> bytes:
    return pack({"result.json": "<html></html>"})


def _with_counts(body: bytes, change: Callable[[dict[str, int]], dict[str, int]]) -> bytes:
    document = json.loads(unpack(body))
    if not (document.get("sampling") or {}).get("counts"):
        return body
    document["sampling"]["counts"] = change(document["sampling"]["counts"])
    return pack({"result.json": json.dumps(document)})


def _wrong_counts(body: bytes) -> bytes:
    return _with_counts(body, lambda counts: {key: count + 1 for key, count in counts.items()})


def _wrong_width(body: bytes) -> bytes:
    return _with_counts(body, lambda counts: {f"0{key}": count for key, count in counts.items()})


def _short(body: bytes) -> bytes:
    rows = json.loads(body)
    return json.dumps(rows[: len(rows) // 2]).encode()


SPOIL: dict[str, Callable[[bytes], bytes]] = {
    "truncated": _truncated,
    "oversized": _oversized,
    "two-entries": _two_entries,
    "no-json": _no_json,
    "wrong-counts": _wrong_counts,
    "wrong-width": _wrong_width,
    "short": _short,
    "empty": lambda _: b"[]",
}
"""By kind of fault."""
