"""Several runs side by side: what became of each, their quantities in one table, and the lines of their figure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments.contracts import units
from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.targets import label as label_of
from oqtopus_experiments.contracts.verdict import LEVELS, Level
from oqtopus_experiments.reporting._history import days
from oqtopus_experiments.reporting._table import to_rows
from oqtopus_experiments.storage._parent import ParentFolder, ParentManifest, RecordedMember
from oqtopus_experiments.storage._summary import Siblings, Summary

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.panels import Scale


@frozen
class MemberState:
    """
    What became of one of several runs.

    Args:
        folder: Name of its folder.
        values: What is swept, by path: its values here.
        due: When it was to begin, UTC, ISO 8601; empty in a sweep.
        created: When it began, likewise; empty when it has not.
        state: ``analyzed`` or what is missing; ``missed`` when its time has passed and nobody was there; ``not begun``.
        verdicts: How many targets have which verdict, as ``4 good, 1 bad``; empty without an analysis.
    """

    folder: str
    values: Mapping[str, Any]
    due: str
    created: str
    state: str
    verdicts: str = ""


def member_states(parent: ParentFolder, runs: Siblings, now: float) -> list[MemberState]:
    """
    Return what became of each of several runs, in order.

    Args:
        parent: Their folder.
        runs: What it holds.
        now: The time, seconds since 1970.
    """
    found = {run.path.name: run for run in runs.runs}
    problems = parent.problems()
    members = parent.manifest.members
    last = max((number for number, member in enumerate(members) if member.folder in found), default=-1)
    return [
        _state(parent, number, member, found.get(member.folder), problems.get(member.folder, ""), number < last, now)
        for number, member in enumerate(members)
    ]


def _state(
    parent: ParentFolder,
    number: int,
    member: RecordedMember,
    run: Summary | None,
    problem: str,
    overtaken: bool,
    now: float,
) -> MemberState:
    manifest = parent.manifest
    timed = manifest.kind == "watch" and manifest.repeat > 0
    due = datetime.fromtimestamp(manifest.due(number), timezone.utc).isoformat(timespec="seconds") if timed else ""
    if run is not None:
        state = run.state
    elif problem:
        state = f"could not begin: {problem}"
    elif timed and (overtaken or now >= manifest.due(number + 1)):
        state = "missed"
    else:
        state = "not begun"
    created, verdicts = ("", "") if run is None else (run.created, _verdicts(run))
    return MemberState(member.folder, member.values, due, created, state, verdicts)


def _verdicts(run: Summary) -> str:
    levels = [analysis.verdict.level for analyses in run.analyses.values() for analysis in analyses]
    return ", ".join(f"{levels.count(level)} {level}" for level in LEVELS if level in levels)


def member_rows(states: Sequence[MemberState]) -> list[dict[str, Any]]:
    """Return one row per run: its folder, the swept values, when it was due and began, and what became of it."""
    return [
        {
            "run": one.folder,
            **_columns(one.values),
            "due": one.due,
            "created": one.created,
            "state": one.state,
            "verdicts": one.verdicts,
        }
        for one in states
    ]


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return {ParentManifest.column(key): value for key, value in values.items()}


def quantity_rows(runs: Siblings) -> list[dict[str, Any]]:
    """Return one row per quantity of each run: its folder, the swept values, when it began, then as in its table."""
    values = {member.folder: member.values for member in runs.manifest.members}
    return [
        {"run": run.path.name, **_columns(values[run.path.name]), "created": run.created, **row}
        for run in runs.runs
        for label, analyses in run.analyses.items()
        for row in to_rows(label, analyses)
    ]


@frozen
class SweptAxis:
    """
    What several runs differ by, as the axis of a figure.

    Args:
        label: What it is.
        unit: Its unit; empty for pure numbers.
        positions: Where each run stands, by the name of its folder.
        ticks: Texts at 0, 1, 2, ... where the values are not numbers.
        scale: How it is divided.
    """

    label: str
    unit: str
    positions: Mapping[str, float]
    ticks: tuple[str, ...] = ()
    scale: Scale = "linear"


@frozen
class SweptPoint:
    """One quantity of one target in one run: where it stands, what it is, and the verdict."""

    x: float
    quantity: Quantity
    level: Level


@frozen
class SweptQuantity:
    """
    The headline of one experiment over several runs.

    Args:
        experiment: Its label.
        name: The quantity.
        unit: Its unit.
        lines: Points by what tells a line from the others: the target, and the values of all keys but that of the axis.
    """

    experiment: str
    name: str
    unit: str
    lines: Mapping[str, tuple[SweptPoint, ...]]


def swept_axis(runs: Siblings) -> SweptAxis:
    """Return the axis of several runs: the last key of a sweep, the time of a watch."""
    if runs.manifest.kind == "watch":
        try:
            return SweptAxis("time (UTC)", "", {run.path.name: days(run.created) for run in runs.runs}, scale="date")
        except (ValueError, OverflowError):
            return SweptAxis("run", "", {run.path.name: float(run.path.name) for run in runs.runs})
    key = runs.manifest.keys[-1]
    values = {member.folder: member.values[key] for member in runs.manifest.members}
    numbers, unit = _numbers(list(values.values()))
    if not numbers:
        ticks = tuple(dict.fromkeys(str(value) for value in values.values()))
        return SweptAxis(told(key), "", {name: float(ticks.index(str(value))) for name, value in values.items()}, ticks)
    return SweptAxis(told(key), unit, dict(zip(values, numbers, strict=True)), scale=_scale(numbers))


def swept_quantities(runs: Siblings) -> list[SweptQuantity]:
    """Return the headline of every experiment over several runs, in the order of the run file."""
    axis = swept_axis(runs)
    values = {member.folder: member.values for member in runs.manifest.members}
    others = runs.manifest.keys[:-1]
    found: dict[tuple[str, str, str], dict[str, list[SweptPoint]]] = {}
    for run in runs.runs:
        own = "".join(f" · {told(key)} {values[run.path.name][key]}" for key in others)
        for label, analyses in run.analyses.items():
            for analysis in analyses:
                for quantity in analysis.quantities[:1]:
                    lines = found.setdefault((label, quantity.name, quantity.unit), {})
                    point = SweptPoint(axis.positions[run.path.name], quantity, analysis.verdict.level)
                    who = f"qubit{'s' * (len(analysis.target) > 1)} {label_of(analysis.target)}{own}"
                    lines.setdefault(who, []).append(point)
    return [
        SweptQuantity(*key, {name: tuple(sorted(points, key=lambda one: one.x)) for name, points in lines.items()})
        for key, lines in found.items()
    ]


def told(key: str) -> str:
    """Return a path as people say it: ``readout_error_1 of noisy`` for ``backends.noisy.readout_error_1``."""
    steps = key.split(".")
    return f"{steps[-1]} of {steps[-2]}" if len(steps) > 2 else steps[-1]


def _numbers(values: Sequence[Any]) -> tuple[list[float], str]:
    """Return values as numbers of one unit, a bare number being in that of the texts; none where they are not."""
    for unit in ("", "ns", "Hz", "rad"):
        try:
            return [_number(value, unit) for value in values], unit
        except ValueError:
            continue
    return [], ""


def _number(value: Any, unit: str) -> float:
    """Return one value as a number of a unit; ValueError where it is none."""
    if isinstance(value, str):
        return units.parse(value, unit)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    message = f"{value!r} is not a number"
    raise ValueError(message)


def _scale(numbers: Sequence[float]) -> Scale:
    finite = [number for number in numbers if math.isfinite(number)]
    spread = len(finite) == len(numbers) and min(finite) > 0 and max(finite) >= 30 * min(finite)
    return "log" if spread and len(set(finite)) > 2 else "linear"
