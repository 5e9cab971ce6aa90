"""Measured arrays as tables: in long form for programs, small ones as a matrix for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.arrays import Dimension, QuantityArray
from oqtopus_experiments.contracts.targets import as_value, label
from oqtopus_experiments.reporting._written import written

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 4
"""Arrays of at most so many rows and columns are shown as a table; a list may be four times as long."""
MOST_TARGETS = 6
"""Of so many targets the arrays are shown as tables; of more, only where their numbers are."""
_LAST = ("value", "stderr", "imaginary", "imaginary_stderr", "unit")


@frozen
class ArrayTable:
    """
    A small array, or a part of it, as people read it.

    Args:
        title: What it is, and of which qubits.
        head: Heads of the columns, the first that of the rows.
        rows: Head and cells of each row, each cell a value with its error and unit.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def array_rows(analyses: Sequence[Analysis]) -> list[dict[str, Any]]:
    """Return one row per element: qubits, array, a label for each dimension, value, stderr, imaginary part, unit."""
    return [
        {"qubits": as_value(analysis.target), "array": array.name, **row, "unit": array.unit}
        for analysis in analyses
        for array in analysis.arrays
        for row in array.rows()
    ]


def array_frame(analyses: Sequence[Analysis]) -> pd.DataFrame:
    """Return `array_rows` as a table, with the units of dimensions in ``attrs``; what an array lacks is empty."""
    frame = long_frame(array_rows(analyses), ["qubits", "array"])
    dimensions = [d for analysis in analyses for array in analysis.arrays for d in array.dimensions]
    frame.attrs["units"] = {dimension.name: dimension.unit for dimension in dimensions if dimension.unit}
    return frame


def long_frame(rows: Sequence[dict[str, Any]], first: Sequence[str]) -> pd.DataFrame:
    """Return rows in long form as a table, the numbers last."""
    import pandas as pd

    names = list(dict.fromkeys(name for row in rows for name in row if name not in (*first, *_LAST)))
    last = [name for name in _LAST if not rows or any(name in row for row in rows)]
    # Labels stay what they are: an integer column with gaps must not become floats.
    columns = {name: [row.get(name, "" if name not in _LAST else np.nan) for row in rows] for name in names + last}
    return pd.DataFrame({name: [row[name] for row in rows] for name in first} | columns)


def described(array: QuantityArray) -> str:
    """Return ``density_matrix (row 4 x column 4)``."""
    shape = " x ".join(f"{dimension.name} {len(dimension.labels)}" for dimension in array.dimensions)
    return f"{array.name} ({shape})" if shape else array.name


def told(analyses: Sequence[Analysis], file: str, *, ascii_only: bool = False) -> tuple[list[ArrayTable], list[str]]:
    """
    Return what people are shown of all arrays: tables of the small ones, and a sentence for each of the others.

    Args:
        analyses: Of one experiment.
        file: Where the numbers are.
        ascii_only: For a stream that has no other letters.
    """
    few = len([analysis for analysis in analyses if analysis.arrays]) <= MOST_TARGETS
    small = [(a, array) for a in analyses for array in a.arrays if few and _is_small(array)]
    tables = [table for a, array in small for table in _tables(a, array, ascii_only=ascii_only)]
    rest = dict.fromkeys(
        described(array) for a in analyses for array in a.arrays if not few or not _is_small(array)
    )  # fmt: skip
    return tables, [f"{text}: all numbers are in {file}" for text in rest]


def _is_small(array: QuantityArray) -> bool:
    shape = tuple(len(dimension.labels) for dimension in array.dimensions)
    return len(shape) <= 2 and (max(shape, default=0) <= LARGEST or (len(shape) == 1 and shape[0] <= LARGEST**2))


def _tables(analysis: Analysis, array: QuantityArray, *, ascii_only: bool) -> Iterator[ArrayTable]:
    qubits = f"qubit{'s' * (len(analysis.target) > 1)} {label(analysis.target)}"
    for name, values, stderr in array.parts():
        cells = np.array(
            [
                _cell(float(v), float(e), array.unit, ascii_only=ascii_only)
                for v, e in zip(values.ravel(), stderr.ravel(), strict=True)
            ],
            dtype=object,
        ).reshape(values.shape)
        yield _matrix(f"{name} of {qubits}", array.dimensions, cells)


def _cell(value: float, stderr: float, unit: str, *, ascii_only: bool) -> str:
    """Return a number as people write it; one that is exact by its definition, such as Im(rho_00), without an error."""
    return f"{value:g}" if value == stderr == 0 else written(value, stderr, unit, ascii_only=ascii_only)


def _matrix(title: str, dimensions: Sequence[Dimension], cells: Any) -> ArrayTable:
    if len(dimensions) == 1:
        (down,) = dimensions
        return ArrayTable(title, (_head(down), "value"), tuple(zip(_texts(down), cells.tolist(), strict=True)))
    down, across = dimensions
    rows = tuple((name, *row) for name, row in zip(_texts(down), cells.tolist(), strict=True))
    return ArrayTable(title, (f"{_head(down)} \\ {_head(across)}", *_texts(across)), rows)


def _head(dimension: Dimension) -> str:
    return f"{dimension.name} ({dimension.unit})" if dimension.unit else dimension.name


def _texts(dimension: Dimension) -> list[str]:
    return [label if isinstance(label, str) else json.dumps(label) for label in dimension.labels]


def has_arrays(analyses: Iterable[Analysis]) -> bool:
    """Return whether there is any array at all."""
    return any(analysis.arrays for analysis in analyses)
