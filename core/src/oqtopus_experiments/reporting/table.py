"""Tables of results: one row per target for programs, one row per quantity for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.targets import Target, label

if TYPE_CHECKING:
    import pandas as pd


_SUFFIXES = ("", "_stderr", "_low", "_high")


def to_frame(dataset: Dataset, analyses: Sequence[Analysis]) -> pd.DataFrame:
    """Return one row per target, as `ExperimentResult.analyze` documents."""
    import pandas as pd

    rows = []
    units: dict[str, str] = {}
    for analysis, shots in zip(analyses, dataset.shots, strict=True):
        row: dict[str, Any] = {"qubits": qubits_value(analysis.target)}
        for quantity in analysis.quantities:
            row[quantity.name] = quantity.value
            row[f"{quantity.name}_stderr"] = quantity.stderr
            if quantity.has_interval:
                row[f"{quantity.name}_low"], row[f"{quantity.name}_high"] = quantity.low, quantity.high
            if quantity.unit:
                units |= {column: quantity.unit for column in row if column.removeprefix(quantity.name) in _SUFFIXES}
        row["verdict"] = analysis.verdict.level
        row["reasons"] = ", ".join(analysis.verdict.codes)
        row["points"] = int((shots > 0).sum())
        row["shots"] = int(shots.sum())
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame.attrs["units"] = units
    return frame


def to_rows(experiment_label: str, analyses: Sequence[Analysis]) -> list[dict[str, Any]]:
    """Return one row per quantity: experiment, qubits, quantity, value, stderr, unit, verdict, reasons."""
    return [
        {
            "experiment": experiment_label,
            "qubits": label(analysis.target),
            "quantity": quantity.name,
            "value": quantity.value,
            "stderr": quantity.stderr,
            "unit": quantity.unit,
            "verdict": analysis.verdict.level,
            "reasons": "; ".join(reason.message for reason in analysis.verdict.reasons),
        }
        for analysis in analyses
        for quantity in analysis.quantities
    ]


def qubits_value(target: Target) -> int | str:
    """Return the qubit number of a one-qubit target, ``"2-3"`` for a pair."""
    return target[0] if len(target) == 1 else label(target)
