"""
What a table says of a result, made once: terminal, report, notebook, CSV and exports all show these columns.

A table for programs has one row per target (`to_frame`) or per quantity (`to_rows`); one for people shows the texts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.targets import as_value, label

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


def to_frame(dataset: Dataset, analyses: Sequence[Analysis]) -> pd.DataFrame:
    """Return one row per target, as `ExperimentResult.analyze` documents."""
    import pandas as pd

    rows = []
    units: dict[str, str] = {}
    given = {(quantity.name, what) for one in analyses for quantity in one.quantities for what in _given(quantity)}
    for analysis, shots in zip(analyses, dataset.shots, strict=True):
        row: dict[str, Any] = {"qubits": as_value(analysis.target)}
        for quantity in analysis.quantities:
            columns = _columns(quantity, given)
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
    """Return what tables for programs call reasons: the codes of a verdict, the one to act on first."""
    return ", ".join(reason.code for reason in analysis.verdict.ordered)


def _given(quantity: Quantity) -> list[str]:
    """Return what an analysis says of a quantity beside value and error: a table has a column for what any has."""
    found = ["low", "high"] if quantity.has_interval else []
    found += ["systematic"] if quantity.has_systematic else []
    return found + [name for name in ("at_least", "at_most", "held") if math.isfinite(_numbers(quantity)[name])]


def _numbers(quantity: Quantity) -> dict[str, float]:
    """Return all numbers of a quantity; a value without an error is not one, and a bound stands where no value does."""
    known, missing = quantity.is_known, math.nan
    return {
        "value": quantity.value if known else missing,
        "stderr": quantity.stderr if known else missing,
        "low": quantity.low if quantity.has_interval else missing,
        "high": quantity.high if quantity.has_interval else missing,
        "systematic": quantity.systematic if known else missing,
        "at_least": missing if known else quantity.at_least,
        "at_most": missing if known else quantity.at_most,
        "held": missing if known else quantity.held,
    }


def _columns(quantity: Quantity, given: Collection[tuple[str, str]]) -> dict[str, float]:
    numbers = _numbers(quantity)
    found = {quantity.name: numbers["value"], f"{quantity.name}_stderr": numbers["stderr"]}
    others = [what for what in numbers if (quantity.name, what) in given]
    return found | {f"{quantity.name}_{what}": numbers[what] for what in others}


def to_rows(experiment_label: str, analyses: Sequence[Analysis]) -> list[dict[str, Any]]:
    """
    Return one row per quantity.

    Columns: experiment, qubits, quantity, value, stderr, systematic, at_least, at_most, unit, then `COLUMNS`, reasons,
    why; and ``held`` of what a person held, in the rows of those only. What is not known is NaN: the value where a
    bound stands, the bounds where a value does.
    """
    long = ("value", "stderr", "systematic", "at_least", "at_most")
    return [
        {
            "experiment": experiment_label,
            "qubits": label(analysis.target),
            "quantity": quantity.name,
            **{what: _numbers(quantity)[what] for what in long},
            "unit": quantity.unit,
            **{column.name: column.value(analysis) for column in COLUMNS},
            "reasons": _codes(analysis),
            "why": analysis.verdict.sentences,
            **({"held": quantity.held} if quantity.is_held else {}),
        }
        for analysis in analyses
        for quantity in analysis.quantities
    ]
