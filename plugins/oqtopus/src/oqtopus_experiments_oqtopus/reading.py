"""JSON of a stranger, read so that whatever it holds can be computed with, written and shown."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from oqtopus_experiments import LARGEST_INTEGER

DEEPEST = 64
"""Levels of nesting; the service uses five."""
MOST_PARTS = 1_000_000
"""Brackets in one text: a list costs fifty times its two bytes in memory."""

_HALF = re.compile("[\ud800-\udfff]")


def parse(data: bytes, odd: float | None = None) -> Any:
    """
    Return the content of a JSON text.

    Args:
        data: The text, UTF-8.
        odd: What stands for a number that is none or that nothing here could hold: NaN, Infinity, 1e999, an integer of
            400 digits. None reads as a value that was not given.

    Raises:
        ValueError: When it is no JSON, or nested or divided beyond reading.
    """
    if data.count(b"[") + data.count(b"{") > MOST_PARTS:
        message = f"it has more than {MOST_PARTS} parts"
        raise ValueError(message)

    def integer(text: str) -> int | float | None:
        return odd if len(text) > 20 or abs(int(text)) > LARGEST_INTEGER else int(text)

    def number(text: str) -> float | None:
        value = float(text)
        return value if math.isfinite(value) else odd

    try:
        content = json.loads(data.decode("utf-8"), parse_int=integer, parse_float=number, parse_constant=lambda _: odd)
    except RecursionError:
        message = "it is nested beyond reading"
        raise ValueError(message) from None
    return _whole(content, DEEPEST)


def _whole(value: Any, levels: int) -> Any:
    """Return a value with halves of characters, which cannot be written, replaced."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value) if not value.isascii() else value
    if not isinstance(value, (dict, list)):
        return value
    if levels == 0:
        message = f"it is nested more than {DEEPEST} levels deep"
        raise ValueError(message)
    if isinstance(value, dict):
        return {_whole(key, levels): _whole(item, levels - 1) for key, item in value.items()}
    return [_whole(item, levels - 1) for item in value]
