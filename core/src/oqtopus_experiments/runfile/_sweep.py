"""
The points of a sweep, or the times of a watch: which runs one file stands for.

::

    [sweep]                                            repeat = "10 min"
    "backends.noisy.readout_error_1" = [0.01, 0.05]    times = 144

The keys of a sweep are paths as for ``--set``. Several make a grid: every value of one with every value of the others,
the last key changing fastest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from attrs import frozen

from oqtopus_experiments.contracts.ages import as_age
from oqtopus_experiments.runfile._lookup import Path
from oqtopus_experiments.runfile._values import integer
from oqtopus_experiments.support._toml_lines import TomlSource

MOST = 1000
"""Runs of a sweep."""
MOST_TIMES = 100_000
"""Runs of a watch."""
KEYS = ("sweep", "repeat", "times")
_SOONEST = 1e-3
"""Seconds: no run begins so soon after another, and who writes ``repeat = 10`` means no nanoseconds."""


@frozen
class SweptKey:
    """One key of a sweep: the path it changes, where it stands in the file, and its values."""

    path: str
    place: Path
    values: tuple[Any, ...]


@frozen
class SweepPoint:
    """One point of a sweep: the file with its values, and these by path."""

    source: TomlSource
    values: Mapping[str, Any]
    places: Mapping[str, Path]


def sweep_points(source: TomlSource) -> tuple[SweepPoint, ...]:
    """
    Return the points of a sweep, each as a file without any; none where the file has no sweep.

    Raises:
        ConfigError: When a key has no list of values, a value twice, or nothing can be at its path.
    """
    if "sweep" not in source.data:
        return ()
    keys = list(_keys(source))
    count = math.prod(len(key.values) for key in keys)
    if count > MOST:
        message = f"a sweep of {count} runs; there are at most {MOST}: several keys make a grid"
        raise source.error(message, ("sweep",))
    plain = TomlSource(
        source.file,
        source.text,
        {key: value for key, value in source.data.items() if key not in KEYS},
        source.elsewhere,
        source.naming,
    )
    points = []
    for choice in product(*(range(len(key.values)) for key in keys)):
        one = plain
        for key, index in zip(keys, choice, strict=True):
            one = one.with_value(key.path, key.values[index], (*key.place, index))
        values = {key.path: key.values[index] for key, index in zip(keys, choice, strict=True)}
        points.append(SweepPoint(one, values, {key.path: key.place for key in keys}))
    return tuple(points)


def _keys(source: TomlSource) -> Iterator[SweptKey]:
    given = source.data["sweep"]
    if not isinstance(given, Mapping) or not given:
        example = '"backends.noisy.t1" = ["20 us", "40 us"]'
        raise source.error(f"must be a table of paths with lists of values, as {example}", ("sweep",))
    for steps, leaf in _leaves(given, ()):
        place, values = ("sweep", *steps), leaf
        if len(steps) > 1 and "." in steps[0]:
            # In quotes it is a path already, and what stands below it was meant as its values.
            place, values = place[:2], given[steps[0]]
        if not isinstance(values, list) or not values:
            raise source.error(f"must be a list of values, one for each run, not {values!r:.60}", place)
        if twice := [value for i, value in enumerate(values) if value in values[:i]]:
            message = f"{twice[0]!r:.60} is in the list twice; to run the same again: repeat and times, without a sweep"
            raise source.error(message, place)
        # A key in quotes is a path already; without quotes TOML has made tables of it.
        yield SweptKey(".".join(step if len(steps) == 1 else _quoted(step) for step in steps), place, tuple(values))


def _leaves(table: Mapping[str, Any], steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*steps, key))
        else:
            yield (*steps, key), value


def _quoted(step: str) -> str:
    return f'"{step}"' if "." in step or " " in step else step


def watch_of(source: TomlSource) -> tuple[float, int] | None:
    """
    Return after how many seconds a run is repeated, and how many runs there will be; None where the file says nothing.

    Raises:
        ConfigError: When it is not a time or a number, or beside a sweep.
    """
    data = source.data
    if "repeat" not in data and "times" not in data:
        return None
    if "sweep" in data:
        message = "a file has a sweep, or repeat and times, not both: repeat a sweep by hand, or sweep what is repeated"
        raise source.error(message, ("repeat",) if "repeat" in data else ("times",))
    try:
        seconds = as_age(data.get("repeat", 0)) / 1e9
    except ValueError as error:
        message = f'must be a time such as "10 min", "90 s", "2 h" or "1 day", not {data["repeat"]!r:.40}'
        raise source.error(message, ("repeat",)) from error
    if 0 < seconds < _SOONEST:
        message = f'is {1e9 * seconds:g} ns: a number without a unit is in ns; write it with one, such as "10 min"'
        raise source.error(message, ("repeat",))
    if "times" not in data:
        message = "says how often a run begins; say also how many runs there will be, as times = 144"
        raise source.error(message, ("repeat",))
    return seconds, integer(source, ("times",), 1, MOST_TIMES)
