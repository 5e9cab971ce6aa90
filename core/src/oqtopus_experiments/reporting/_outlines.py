"""
A history in a few lines: of each series how many measurements it has, the first, the newest, and what became of it.

That is what is shown of a hundred thousand runs, and of a whole series it is told once: the index keeps it until a
measurement comes or goes. What is kept was told by one `RULE`; after another it is told anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.reporting._history import Measurement, Series, Wanted, chosen_series, measurement, places
from oqtopus_experiments.reporting._series_change import Drift, SeriesChange, change_of
from oqtopus_experiments.storage._index_tables import snapshot
from oqtopus_experiments.storage._indexed_quantities import IndexedQuantity, IndexedSeries, measurements_at
from oqtopus_experiments.storage._lines import Line, SeriesNumbers, keep, lines_of, numbers_of
from oqtopus_experiments.storage._run_index import run_index

RULE = 1
"""By which rule changes are told: raised when the same series may be told otherwise (`_series_change` and below)."""
_NEWEST = 20
"""So many of the newest measurements are kept of a series."""


@frozen
class Outline:
    """
    One quantity of one target over the runs of one device and settings, in a few lines.

    Args:
        name: What tells it from the other series in the folder.
        target: Its physical qubits.
        number: How many measurements it has.
        first: The oldest.
        newest: Some of the newest, the oldest of them first, with the steps among them.
        change: What became of it.
    """

    name: str
    target: Target
    number: int
    first: Measurement
    newest: tuple[Measurement, ...]
    change: SeriesChange

    @classmethod
    def of(cls, series: Series) -> Outline:
        """Return that of a whole series, with all its measurements."""
        entries = series.entries
        return cls(series.name, series.target, len(entries), entries[0], entries, series.changed)


@frozen
class _Told:
    """
    What is kept of a whole series.

    Args:
        number: How many measurements it has.
        first: Number of the oldest in the index.
        newest: Those of the newest.
        change: What became of it.
    """

    number: int
    first: int
    newest: tuple[int, ...]
    change: SeriesChange

    def to_json(self) -> str:
        drift = None if self.change.drift is None else attrs.asdict(self.change.drift, filter=_is_finite)
        steps = list(self.change.steps.items())
        return json.dumps([RULE, self.number, self.first, self.newest, steps, drift])

    @classmethod
    def from_json(cls, text: str | None) -> _Told | None:
        """Return what was kept; None where there is nothing, or it was told by another rule."""
        rule, *rest = json.loads(text or "[0]")
        if rule != RULE:
            return None
        number, first, newest, steps, drift = rest
        if drift is not None:
            drift = Drift(**{**drift, "slope": Quantity(**drift["slope"])})
        return cls(number, first, tuple(newest), SeriesChange(dict(steps), drift))

    @classmethod
    def of(cls, numbers: SeriesNumbers, unit: str, newest: int) -> _Told:
        change, _ = change_of(numbers, unit)
        return cls(len(numbers.ids), int(numbers.ids[0]), tuple(numbers.ids[-newest:].tolist()), change)


def _is_finite(_: Any, value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def outlines(folder: Path, name: str, wanted: Wanted, few: int, newest: int) -> list[Outline]:
    """
    Return a quantity over the runs in a folder, in a few lines for each target, device and settings.

    The same series in the same order as `histories`, with the same steps and drifts.

    Args:
        folder: Folder of run folders; those that cannot be read are left out.
        name: Name of the quantity.
        wanted: Which measurements.
        few: Of so many series or fewer several measurements are wanted, of more the last.
        newest: How many, at least one.

    Raises:
        StoreError: When no run has it; the message says what there is.
    """
    asked = wanted.of(name)
    with run_index(folder) as index:
        with snapshot(index):
            chosen = chosen_series(index, folder, asked, wanted)
            lines = lines_of(index, name, chosen) if asked.is_whole else {}
            kept = {one: _Told.from_json(line.told) for one, line in lines.items()}
            known = {one: told for one, told in kept.items() if told and len(told.newest) >= min(newest, told.number)}
            numbers = numbers_of(index, asked, [one for one in chosen if one not in known])
            told = {one: _Told.of(of, one.unit, max(newest, _NEWEST)) for one, of in numbers.items()}
            shown = {**known, **told}
            most = newest if len(shown) <= few else 1
            ids = [number for one in shown.values() for number in (one.first, *one.newest[-most:])]
            there = measurements_at(index, folder, ids)
        if told and lines:
            keep(index, name, {one: Line(lines[one].revision, new.to_json()) for one, new in told.items()})
    made = [_outline(chosen[one], one, of, there, most) for one, of in shown.items()]
    place = places(wanted, chosen)
    return sorted(made, key=lambda one: (place[one.target], -one.number, one.first.created, one.name))


def _outline(name: str, one: IndexedSeries, told: _Told, there: Mapping[int, IndexedQuantity], most: int) -> Outline:
    newest = told.newest[-most:]
    steps = [told.change.steps.get(told.number - len(newest) + place, math.nan) for place in range(len(newest))]
    entries = tuple(
        attrs.evolve(measurement(there[number]), step=step) for number, step in zip(newest, steps, strict=True)
    )
    return Outline(name, one.target, told.number, measurement(there[told.first]), entries, told.change)
