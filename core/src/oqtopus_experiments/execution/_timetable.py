"""When the runs of a watch begin: settled by its start, its interval and what has begun, whenever a process looks."""

from __future__ import annotations

import math
from collections.abc import Collection

from attrs import frozen


@frozen
class Next:
    """
    What comes next in a watch.

    Args:
        number: The run to begin, counted from 0; None when there is none left.
        wait: Seconds until it begins.
        missed: The runs whose time has passed and that were never begun: their numbers, since the last that was.
    """

    number: int | None
    wait: float
    missed: tuple[int, ...]


def next_of(started: float, repeat: float, times: int, begun: Collection[int], now: float) -> Next:
    """
    Return what comes next.

    A run begins at its time, or later within its interval when nobody was there; after that its time is missed, and is
    not made up for. Without an interval runs follow one another, and none is missed.

    Args:
        started: When the first begins, seconds since 1970.
        repeat: Seconds from the beginning of one to that of the next; 0 for one after the other.
        times: How many there are.
        begun: The numbers of those that have begun, or could not.
        now: The time, likewise.
    """
    first = max(begun, default=-1) + 1
    if repeat <= 0:
        return Next(first if first < times else None, 0.0, ())
    current = math.floor((now - started) / repeat)
    number = max(first, min(current, times))
    missed = tuple(range(first, number))
    if number >= times:
        return Next(None, 0.0, missed)
    return Next(number, max(0.0, started + number * repeat - now), missed)
