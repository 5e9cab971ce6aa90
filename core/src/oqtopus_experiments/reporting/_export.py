"""A run as one tidy table: one row per measured point, per quantity, or per element of an array."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.reporting._arrays import array_rows, long_frame
from oqtopus_experiments.reporting._table import to_rows
from oqtopus_experiments.storage._parent import ParentFolder
from oqtopus_experiments.storage._summary import Summary

if TYPE_CHECKING:
    import pandas as pd


def points(run: str, datasets: Mapping[str, Dataset]) -> pd.DataFrame:
    """
    Return one row per experiment, target and point.

    Args:
        run: Name of the run's folder.
        datasets: What was measured, by the label of the experiment.

    Columns: ``run``, ``experiment``, ``qubits``, one for each axis with its unit as in ``delay_ns`` (empty for other
    experiments' points), ``signal``, ``signal_name``, ``signal_stderr``, ``shots``. Missing points have no signal and
    0 shots.
    """
    import pandas as pd

    frames = []
    for label, dataset in datasets.items():
        frame = dataset.to_frame()
        names = {axis.name: f"{axis.name}_{axis.unit}" for axis in dataset.sweep.axes if axis.unit}
        frame = frame.rename(columns=names)
        frame.insert(0, "run", run)
        frame.insert(1, "experiment", label)
        frame["signal_name"] = dataset.signal_label
        frame.attrs = {}
        frames.append(frame)
    if not frames:
        return pd.DataFrame(columns=["run", "experiment", "qubits", "signal_name", "signal", "signal_stderr", "shots"])
    joined = pd.concat(frames, ignore_index=True)
    last = ["signal_name", "signal", "signal_stderr", "shots"]
    return joined[[column for column in joined if column not in last] + last]


def arrays(run: Summary) -> pd.DataFrame:
    """Return one row per element of an array: ``run``, ``created``, ``backend``, then as ``arrays.csv`` of the run."""
    rows: list[dict[str, Any]] = [
        {"run": run.path.resolve().name, "created": run.created, "backend": run.backend, "experiment": label, **row}
        for label, analyses in run.analyses.items()
        for row in array_rows(analyses)
    ]
    return long_frame(rows, ["run", "created", "backend", "experiment", "qubits", "array"])


def quantities(run: Summary) -> pd.DataFrame:
    """Return one row per quantity: ``run``, ``created``, ``backend``, then as ``table.csv`` of the run."""
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {"run": run.path.resolve().name, "created": run.created, "backend": run.backend, **row}
        for label, analyses in run.analyses.items()
        for row in to_rows(label, analyses)
    ]
    return pd.DataFrame(rows)


def together(parent: ParentFolder, of_one: Callable[[Path], pd.DataFrame]) -> pd.DataFrame:
    """
    Return the rows of several runs below each other, with a column for each key that is swept, behind ``run``.

    Args:
        parent: Their folder.
        of_one: Returns the rows of one of them.
    """
    import pandas as pd

    frames = []
    for member in parent.begun():
        frame = of_one(parent.member(member))
        swept: Mapping[str, Any] = member.values  # noqa: PD011  # not a column of pandas
        for number, (key, value) in enumerate(swept.items()):
            frame.insert(1 + number, parent.manifest.column(key), [value] * len(frame))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["run"])
