"""
The gate for everything that is written as JSON: what passes it can be read back, by us and by others.

Texts and numbers come from services, files and plugins. What a reader would refuse is made visible instead: half a
surrogate pair becomes its escape, an integer beyond 64 bits its digits as text, a number that is not finite null,
nesting beyond `DEEPEST` a text, and a text longer than asked for ends with how much was left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

LARGEST_INTEGER = 2**63 - 1
"""Beyond it a number in a file is neither a count, a seed nor an index."""
DEEPEST = 60
"""Objects and lists within each other; a reader's own stack is far deeper."""
LONGEST = 100_000
"""Characters of a text that a service sent: more than any message, less than a disk."""


def plain(value: Any, longest: int | None = None, depth: int = 0) -> Any:
    """
    Return a value as JSON can hold it: None, booleans, integers of 64 bits, finite numbers, texts, lists and objects.

    Args:
        value: Anything; what JSON does not know becomes its text.
        longest: Characters of a text that are kept; None keeps all.
        depth: How deep the value is already.
    """
    if type(value) is float:  # most of what is written, a million numbers in the curves of a thousand targets
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return plain_text(value, longest)
    if isinstance(value, Integral):
        return _integer(int(value))
    if isinstance(value, Real):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
        if depth >= DEEPEST:
            return f"(nested deeper than {DEEPEST})"
        if isinstance(value, Mapping):
            return _object(value, longest, depth)
        return [plain(item, longest, depth + 1) for item in value]
    return plain_text(str(value), longest)


def plain_text(text: str, longest: int | None = None) -> str:
    """Return a text that every file and terminal can be given, of at most so many characters and a note."""
    if longest is not None and len(text) > longest:
        text = f"{text[:longest]}... ({len(text)} characters)"
    return text.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _integer(value: int) -> int | str:
    if abs(value) <= LARGEST_INTEGER:
        return value
    # Python itself refuses to write out thousands of digits.
    return str(value) if value.bit_length() < 400 else f"(an integer of {value.bit_length()} bits)"


def _object(value: Mapping[Any, Any], longest: int | None, depth: int) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, item in value.items():
        name = plain_text(str(key), longest)
        while name in content:  # two keys that become one text: neither is lost
            name += "'"
        content[name] = plain(item, longest, depth + 1)
    return content
