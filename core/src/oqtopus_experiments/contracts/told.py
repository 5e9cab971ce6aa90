"""What parts of a batch told of how they were simulated, as one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def each_once(values: Iterable[Any]) -> list[Any]:
    """Return JSON values in order, each that is there several times once."""
    return list({json.dumps(value, sort_keys=True, default=repr): value for value in values}.values())


def said_together(told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return under each name what all say alike, and of anything else all that was said, each once, in a list."""
    names = dict.fromkeys(name for one in told for name in one)
    said = {name: each_once(one[name] for one in told if name in one) for name in names}
    return {name: each[0] if len(each) == 1 else each for name, each in said.items()}
