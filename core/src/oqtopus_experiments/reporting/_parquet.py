"""Tables as Parquet: each column with its type, its unit and what it means, for programs that know nothing of us."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import frozen

from oqtopus_experiments.__about__ import __version__

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FORMAT = 1
"""Of the metadata, under the key ``oqtopus_experiments`` of the schema."""
_Kind: TypeAlias = Literal["text", "number", "whole", "moment"]


@frozen
class _Column:
    kind: _Kind
    means: str


_COLUMNS = {
    "run": _Column("text", "the run: a row of the table runs"),
    "created": _Column("moment", "when the run began, UTC"),
    "name": _Column("text", "name of the run"),
    "backend": _Column("text", "name of the backend; imported where the counts were taken elsewhere"),
    "device": _Column("text", "what tells the device from others of the same backend, JSON"),
    "config": _Column("text", "resolved configuration: backend, experiments, parameters, shots; JSON"),
    "provenance": _Column("text", "where the numbers come from: versions, platform, seed, time; JSON"),
    "experiment": _Column("text", "label of the experiment in its run"),
    "qubits": _Column("text", "physical qubits of the target, joined by -"),
    "reference": _Column("text", "name of a reference circuit, which has no place on the axes; empty for points"),
    "outcome": _Column("text", "bits that were read, the right-most of the first qubit of the target"),
    "count": _Column("whole", "how often the outcome was read; one without a row never was"),
    "signal_name": _Column("text", "what the signal is an estimate of"),
    "signal": _Column("number", "estimate at this point; null where there are no counts"),
    "signal_stderr": _Column("number", "one standard error of signal"),
    "raw_signal": _Column("number", "signal before the mitigation of the readout"),
    "raw_signal_stderr": _Column("number", "one standard error of raw_signal"),
    "shots": _Column("whole", "shots behind the point; 0 where it is missing"),
    "quantity": _Column("text", "name of the quantity"),
    "array": _Column("text", "name of the array"),
    "value": _Column("number", "the number, in the unit of its row; null where the data do not determine it"),
    "stderr": _Column("number", "one standard error of value"),
    "imaginary": _Column("number", "imaginary part of value"),
    "imaginary_stderr": _Column("number", "one standard error of imaginary"),
    "systematic": _Column("number", "how far the misfit of the model may move value, one standard deviation"),
    "at_least": _Column("number", "where value is null: what the quantity exceeds with 95 % confidence"),
    "at_most": _Column("number", "where value is null: what it is below, likewise"),
    "held": _Column("number", "where value is null since a person held it: at what"),
    "unit": _Column("text", "unit of the numbers of the row; empty for pure numbers"),
    "verdict": _Column("text", "good, suspect or bad"),
    "reasons": _Column("text", "codes of the reasons of the verdict, the one to act on first"),
    "why": _Column("text", "the reasons in sentences"),
}


def parquet_of(table: str, frame: pd.DataFrame) -> bytes:
    """
    Return a table as the bytes of a Parquet file.

    Each field of the schema says in its metadata what it means (``description``) and, where it is one of all rows, its
    ``unit``; the schema which table it is, and by which version of this library.

    Args:
        table: Its name.
        frame: Its rows; units of columns in ``attrs["units"]``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    units: Mapping[str, str] = frame.attrs.get("units", {})
    own = {name: _array(name, column) for name, column in frame.items() if isinstance(name, str)}
    fields = [pa.field(name, array.type, metadata=_about(name, units)) for name, array in own.items()]
    told = json.dumps({"format": FORMAT, "table": table, "version": __version__})
    schema = pa.schema(fields, metadata={"oqtopus_experiments": told})
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(list(own.values()), schema=schema), file, compression="zstd")
    return file.getvalue()


def _about(name: str, units: Mapping[str, str]) -> dict[str, str]:
    known = _COLUMNS.get(name)
    unit = {"unit": units[name]} if name in units else {}
    return {"description": known.means, **unit} if known else {"description": "an axis, or what is swept", **unit}


def _array(name: str, column: pd.Series[Any]) -> pa.Array:
    import pandas as pd
    import pyarrow as pa

    known = _COLUMNS.get(name)
    if known is None:
        return _inferred(column)
    if known.kind == "moment":
        moments = pd.to_datetime(column, errors="coerce", utc=True, format="ISO8601")
        return pa.array(moments, type=pa.timestamp("us", tz="UTC"), from_pandas=True)
    kinds = {"text": pa.string(), "number": pa.float64(), "whole": pa.int64()}
    values = column.map(str) if known.kind == "text" else column
    return pa.array(values, type=kinds[known.kind], from_pandas=True)


def _inferred(column: pd.Series[Any]) -> pa.Array:
    """Return a column whose kind its values say; those of several kinds, as of axes of one name, are texts."""
    import pyarrow as pa

    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array(column.map(str, na_action="ignore"), type=pa.string(), from_pandas=True)
