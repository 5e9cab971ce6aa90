"""Names that are taken: by the columns of tables, by the keys of a run file, by what every experiment has."""

from __future__ import annotations

from collections.abc import Collection

COLUMNS = ("qubits", "verdict", "reasons", "points", "shots")
"""What a table with one row per target says of it beside its quantities."""
RUN_FILE_KEYS = ("use", "name", "shots", "analyzer", "fit")
"""What a run file says of every experiment beside its parameters."""
TARGETS = ("physical_qubit", "physical_qubits", "target", "targets")
AXES = (*COLUMNS, *RUN_FILE_KEYS, *TARGETS, "signal", "signal_stderr", "self")
"""What no axis may be called: columns of the points, and arguments that mean something else."""
SUFFIXES = ("_stderr", "_low", "_high", "_systematic", "_at_least", "_at_most", "_held")
"""Ends of the columns that belong to a quantity."""


def reserved_column(name: str, names: Collection[str] = ()) -> str:
    """
    Return why a table cannot have a quantity of this name beside others; empty when it can.

    Args:
        name: Its name.
        names: Those of all quantities.
    """
    if name in COLUMNS:
        return f"every table has a column {name!r} already; call it something else"
    for suffix in SUFFIXES:
        owner = name.removesuffix(suffix)
        if owner != name and owner in names:
            return f"the column {name!r} of a table belongs to the quantity {owner!r}; call it something else"
    return ""
