"""
The grids that fitted curves stand on, each written once in a file of curves.

A thousand targets of one sweep have a thousand curves over the same positions. Those of the first stand in the file;
the others say whose they are: ``"x": {"line": 0, "curve": 0}``, both counted from 0. Nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from oqtopus_experiments.contracts.analysis import Analysis

_KEYS = {"line", "curve"}


def share(items: Sequence[dict[str, Any]], analyses: Sequence[Analysis]) -> None:
    """
    Write each grid once.

    Args:
        items: What is written of the curves of each analysis; changed.
        analyses: The analyses, in the same order.
    """
    first: dict[tuple[str, bytes], dict[str, int]] = {}
    for line, (item, analysis) in enumerate(zip(items, analyses, strict=True)):
        for number, (written, curve) in enumerate(zip(item["curves"], analysis.curves, strict=True)):
            place = {"line": line, "curve": number}
            grid = np.asarray(curve.x)
            known = first.setdefault((grid.dtype.str, grid.tobytes()), place)
            if known is not place:
                written["x"] = known


def unshare(items: Sequence[dict[str, Any]]) -> None:
    """
    Put each grid where it belongs.

    Args:
        items: What a file holds of the curves of each analysis; changed.

    Raises:
        ValueError: When a curve refers to none that is there, with a grid of its own.
    """
    for line, item in enumerate(items):
        for number, written in enumerate(_curves(item)):
            place = written.get("x")
            if isinstance(place, dict) and place.keys() == _KEYS:
                written["x"] = _grid(items, (line, number), place)


def _grid(items: Sequence[dict[str, Any]], here: tuple[int, int], place: dict[str, Any]) -> list[Any]:
    line, number = place["line"], place["curve"]
    if type(line) is int and type(number) is int and (0, 0) <= (line, number) < here and number >= 0:
        there = _curves(items[line])
        if number < len(there) and isinstance(grid := there[number].get("x"), list):
            return grid
    message = f"curve {here[1]} of line {here[0]} is over the positions of curve {number!r:.20} of line {line!r:.20}"
    raise ValueError(f"{message}, which has none")


def _curves(item: dict[str, Any]) -> list[dict[str, Any]]:
    found = item.get("curves")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
