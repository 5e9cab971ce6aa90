"""
What a table says of a result, made once: terminal, report, notebook, CSV and exports all show these columns.

A table for programs has one row per target (`to_frame`) or per quantity (`to_rows`); one for people shows the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.targets import as_value, label
from oqtopus_experiments.contracts.units import with_error

if TYPE_CHECKING:
    import pandas as pd


@frozen
class Column:
    """
    One thing that every table says of a target, beside its quantities.

    Args:
        name: Head of the column.
        value: What programs get.
        text: What people read.
    """

    name: str
    value: Callable[[Analysis], Any]
    text: Callable[[Analysis], str]


COLUMNS = (Column("verdict", lambda analysis: analysis.verdict.level, lambda analysis: analysis.verdict.level),)
"""In order. A column added here is in terminal, report, notebook, CSV files and exports."""


def shown(quantity: Quantity) -> str:
    """Return a quantity as people read it: value, error, unit."""
    return with_error(quantity.value, quantity.stderr, quantity.unit)


def to_frame(dataset: Dataset, analyses: Sequence[Analysis]) -> pd.DataFrame:
    """Return one row per target, as `ExperimentResult.analyze` documents."""
    import pandas as pd

    rows = []
    units: dict[str, str] = {}
    for analysis, shots in zip(analyses, dataset.shots, strict=True):
        row: dict[str, Any] = {"qubits": as_value(analysis.target)}
        for quantity in analysis.quantities:
            columns = _columns(quantity)
            units |= dict.fromkeys(columns, quantity.unit) if quantity.unit else {}
            row |= columns
        row |= {column.name: column.value(analysis) for column in COLUMNS}
        row["reasons"] = _codes(analysis)
        row["points"] = int((shots > 0).sum())
        row["shots"] = int(shots.sum())
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame.attrs["units"] = units
    return frame


def _codes(analysis: Analysis) -> str:
    """Return what tables for programs call reasons: the codes of a verdict."""
    return ", ".join(analysis.verdict.codes)


def _columns(quantity: Quantity) -> dict[str, float]:
    found = {quantity.name: quantity.value, f"{quantity.name}_stderr": quantity.stderr}
    if quantity.has_interval:
        found |= {f"{quantity.name}_low": quantity.low, f"{quantity.name}_high": quantity.high}
    return found


def to_rows(experiment_label: str, analyses: Sequence[Analysis]) -> list[dict[str, Any]]:
    """Return one row per quantity: experiment, qubits, quantity, value, stderr, unit, then `COLUMNS`, reasons, why."""
    return [
        {
            "experiment": experiment_label,
            "qubits": label(analysis.target),
            "quantity": quantity.name,
            "value": quantity.value,
            "stderr": quantity.stderr,
            "unit": quantity.unit,
            **{column.name: column.value(analysis) for column in COLUMNS},
            "reasons": _codes(analysis),
            "why": analysis.verdict.sentences,
        }
        for analysis in analyses
        for quantity in analysis.quantities
    ]
