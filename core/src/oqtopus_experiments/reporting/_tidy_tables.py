"""Runs as tidy tables: one row per measured point, outcome, quantity, element of an array, or run."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen

from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.contracts.targets import label as label_of
from oqtopus_experiments.reporting._arrays import array_rows, long_frame
from oqtopus_experiments.reporting._table import to_rows
from oqtopus_experiments.storage._manifest import RunManifest
from oqtopus_experiments.storage._parent import ParentFolder
from oqtopus_experiments.storage._summary import Summary

if TYPE_CHECKING:
    import pandas as pd

_OF_POINTS = ("run", "experiment", "qubits", "signal_name", "signal", "signal_stderr", "shots")
_OF_COUNTS = ("run", "experiment", "qubits", "reference", "outcome", "count")
_TAKEN = {*_OF_POINTS, *_OF_COUNTS, "raw_signal", "raw_signal_stderr", "created", "backend"}


@frozen
class ExportedRun:
    """
    A run that is to be exported.

    Args:
        path: Its folder.
        name: What the tables call it: each run of one export has a name of its own.
        swept: Where it is one of a sweep, what is swept, by the column it gets.
    """

    path: Path
    name: str
    swept: Mapping[str, Any] = field(factory=dict)


def exported(paths: Sequence[Path]) -> list[ExportedRun]:
    """
    Return the runs that some folders hold, each once: those that are runs, and the members of those that are several.

    Raises:
        StoreError: When a folder of several runs is damaged.
    """
    found: dict[Path, ExportedRun] = {}
    for path in paths:
        parent = ParentFolder.open(path)
        if parent is None:
            found.setdefault(path.resolve(), ExportedRun(path, path.resolve().name))
            continue
        above = f"{path.resolve().name}/" if len(paths) > 1 else ""
        for member in parent.begun():
            own: Mapping[str, Any] = member.values  # noqa: PD011  # not a column of pandas
            swept = {parent.manifest.column(key): value for key, value in own.items()}
            inner = parent.member(member)
            found.setdefault(inner.resolve(), ExportedRun(inner, f"{above}{member.folder}", swept))
    names = Counter(run.name for run in found.values())
    return [
        run if names[run.name] == 1 else ExportedRun(run.path, resolved.as_posix().lstrip("/"), run.swept)
        for resolved, run in found.items()
    ]


def axis_columns(sweep: Sweep) -> dict[str, str]:
    """Return the column of each axis by its name: with its unit, as ``delay_ns``, and apart from all other columns."""
    named = {axis.name: f"{axis.name}_{axis.unit}" if axis.unit else axis.name for axis in sweep.axes}
    return {axis: f"axis.{name}" if name in _TAKEN else name for axis, name in named.items()}


def points(run: str, datasets: Mapping[str, Dataset]) -> pd.DataFrame:
    """
    Return one row per experiment, target and point.

    Args:
        run: Name of the run.
        datasets: What was measured, by the label of the experiment.

    Columns: ``run``, ``experiment``, ``qubits``, one for each axis with its unit as in ``delay_ns`` (empty for other
    experiments' points), ``signal``, ``signal_name``, ``signal_stderr``, ``shots``. Missing points have no signal and
    0 shots. Units of the axes are in ``attrs["units"]``.
    """
    frames = []
    for label, dataset in datasets.items():
        frame = dataset.to_frame().rename(columns=axis_columns(dataset.sweep))
        frame.insert(0, "run", run)
        frame.insert(1, "experiment", label)
        frame["signal_name"] = dataset.signal_label
        frames.append(_with_units(frame, dataset.sweep))
    joined = below_each_other(frames, _OF_POINTS)
    last = ["signal_name", "signal", "signal_stderr", "shots"]
    return joined[[column for column in joined if column not in last] + last]


def counts(run: str, datasets: Mapping[str, Dataset]) -> pd.DataFrame:
    """
    Return one row per experiment, target, circuit and outcome that was read.

    Args:
        run: Name of the run.
        datasets: What was measured, by the label of the experiment; of mitigated ones what was read.

    Columns: ``run``, ``experiment``, ``qubits``, one for each axis as in `points`, ``reference`` (name of a reference
    circuit, whose axes are empty), ``outcome`` (bits of the target, the right-most is bit 0), ``count``. A circuit
    without counts has no row.
    """
    import pandas as pd

    frames = []
    for label, dataset in datasets.items():
        frame = pd.DataFrame(_counted(dataset.raw or dataset), columns=["circuit", "qubits", "outcome", "count"])
        grid, names = dataset.sweep.grid(), axis_columns(dataset.sweep)
        size, circuits = dataset.sweep.size, frame.pop("circuit").to_numpy(dtype=np.int64)
        is_point = circuits < size
        frame.insert(0, "run", run)
        frame.insert(1, "experiment", label)
        for column, (axis, values) in enumerate(grid.items(), 3):
            own = pd.Series(values[np.minimum(circuits, size - 1)])
            frame.insert(column, names[axis], own if is_point.all() else own.where(is_point))
        references = np.array([*dataset.reference_names, ""], dtype=object)
        frame["reference"] = references[np.where(is_point, len(references) - 1, circuits - size)]
        frames.append(_with_units(frame, dataset.sweep))
    joined = below_each_other(frames, _OF_COUNTS)
    last = ["reference", "outcome", "count"]
    return joined[[column for column in joined if column not in last] + last]


def _counted(dataset: Dataset) -> Iterator[tuple[int, str, str, int]]:
    """Yield the number of a circuit, a target, what it read, and how often."""
    circuits = [*range(dataset.sweep.size), *dataset.reference_names]
    for position, target in enumerate(dataset.targets):
        for number, circuit in enumerate(circuits):
            read = dataset.outcomes(position, circuit)
            texts = np.where(read.bits[:, ::-1], "1", "0").tolist()
            for bits, count in zip(texts, read.occurrences.tolist(), strict=True):
                yield number, label_of(target), "".join(bits), count


def _with_units(frame: pd.DataFrame, sweep: Sweep) -> pd.DataFrame:
    names = axis_columns(sweep)
    frame.attrs = {"units": {names[axis.name]: axis.unit for axis in sweep.axes if axis.unit}}
    return frame


def arrays(run: Summary) -> pd.DataFrame:
    """Return one row per element of an array: ``run``, ``created``, ``backend``, then as ``arrays.csv`` of the run."""
    rows: list[dict[str, Any]] = [
        {"run": run.path.resolve().name, "created": run.created, "backend": run.backend, "experiment": label, **row}
        for label, analyses in run.analyses.items()
        for row in array_rows(analyses)
    ]
    return long_frame(rows, ["run", "created", "backend", "experiment", "qubits", "array"])


def quantities(run: Summary) -> pd.DataFrame:
    """Return one row per quantity: ``run``, ``created``, ``backend``, then as ``table.csv`` of the run; ``held``."""
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {"run": run.path.resolve().name, "created": run.created, "backend": run.backend, **row}
        for label, analyses in run.analyses.items()
        for row in to_rows(label, analyses)
    ]
    return pd.DataFrame([{**row, "held": row.get("held", math.nan)} for row in rows])


def origin(run: Summary, manifest: RunManifest) -> pd.DataFrame:
    """
    Return one row of where the numbers of a run come from.

    Columns: ``run``, ``created``, ``name``, ``backend``, ``device`` (what tells it from others), ``config`` (resolved:
    backend, experiments, parameters, shots) and ``provenance`` (versions, platform, seed), the last three as JSON.
    """
    import pandas as pd

    told = {"device": run.device, "config": manifest.config, "provenance": manifest.provenance}
    about = {"run": run.path.resolve().name, "created": run.created, "name": run.name, "backend": run.backend}
    return pd.DataFrame([about | {name: json.dumps(value, sort_keys=True) for name, value in told.items()}])


def of_run(run: ExportedRun, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a run under its name in the export, with a column for each key that is swept behind it."""
    if len(frame):
        frame["run"] = run.name
        for place, (column, value) in enumerate(run.swept.items()):
            frame.insert(1 + place, column, [value] * len(frame))
    return frame


def below_each_other(frames: Iterable[pd.DataFrame], columns: Sequence[str] = ("run",)) -> pd.DataFrame:
    """
    Return all rows as one table, with the units of all.

    Args:
        frames: The rows; columns that some of them lack are empty there.
        columns: Those of a table without rows.
    """
    import pandas as pd

    filled = [frame for frame in frames if len(frame)]
    units = {column: unit for frame in filled for column, unit in frame.attrs.get("units", {}).items()}
    for frame in filled:
        frame.attrs = {}  # compared by pandas, which asks arrays whether they are equal
    joined = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(columns))
    joined.attrs = {"units": units} if units else {}
    return joined
