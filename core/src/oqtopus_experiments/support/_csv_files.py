"""Tables as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\n")


def csv_of(frame: pd.DataFrame) -> bytes:
    """
    Return a table as the bytes of a CSV file.

    A text that a spreadsheet would take for a formula gets an apostrophe in front, as spreadsheets mark texts; names
    of columns too. Numbers are written as they are.
    """
    safe = frame.rename(columns=_quoted)
    for column, kind in enumerate(frame.dtypes):
        if kind.kind not in "biufc":
            safe.isetitem(column, frame.iloc[:, column].map(_quoted).to_numpy(dtype=object))
    text: str = safe.to_csv(index=False)
    return text.encode("utf-8", errors="backslashreplace")


def _quoted(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r", "\n")  # a bare return would end the row where it is read
    return f"'{text}" if text.startswith(_FORMULA) else text
