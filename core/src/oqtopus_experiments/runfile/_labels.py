"""What the experiments of a run file are called, before anything of it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def labels(tables: Sequence[Any]) -> list[str]:
    """Return a label for each table of experiments: its ``name``, else its ``use``, numbered where that is taken."""
    found: list[str] = []
    for table in tables:
        own = table.get("name") if isinstance(table, Mapping) else None
        use = table.get("use") if isinstance(table, Mapping) else None
        found.append(own if isinstance(own, str) else numbered(use if isinstance(use, str) else "", found))
    return found


def numbered(name: str, taken: Sequence[str]) -> str:
    """Return a name, with a number behind it where it is taken."""
    if name not in taken:
        return name
    return next(f"{name}-{i}" for i in range(2, len(taken) + 3) if f"{name}-{i}" not in taken)
