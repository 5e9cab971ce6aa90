"""The second section: all quantities of all targets, and small arrays."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.reporting._arrays_html import arrays_html
from oqtopus_experiments.reporting._table import COLUMNS
from oqtopus_experiments.reporting._written import symbol, written_quantity
from oqtopus_experiments.reporting.report._html import head_cell, table
from oqtopus_experiments.storage._run_folder import folder_name

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment

_TALL = 12
"""More rows scroll in a box of their own: a phone should not have to scroll past a hundred qubits to the figures."""


def quantities(experiment: AnalyzedExperiment) -> str:
    """Return the tables of one experiment; empty where nothing was measured."""
    head = f"<h3>{escape(experiment.label)}</h3>\n"
    arrays = arrays_html(experiment.analyses, f"{folder_name(experiment.label)}/arrays.csv")
    if not any(analysis.quantities for analysis in experiment.analyses):
        return head + arrays if arrays else ""
    symbols = {q.name: symbol(q) for analysis in experiment.analyses for q in analysis.quantities}
    names = list(symbols)
    measured = [head_cell(sign, "" if sign == name else name) for name, sign in symbols.items()]
    cells = [head_cell("qubit"), *measured, *(head_cell(column.name) for column in COLUMNS)]
    rows = (_row(analysis, names) for analysis in experiment.analyses)
    many = len(experiment.analyses) > _TALL
    return head + table(cells, rows, f"Quantities of {experiment.label}", tall=many) + arrays


def _row(analysis: Analysis, names: Sequence[str]) -> str:
    known = {q.name: escape(written_quantity(q)) for q in analysis.quantities}
    cells = "".join(f"<td>{known.get(name, '')}</td>" for name in names)
    level = analysis.verdict.level
    told = "".join(f'<td class="{level}">{escape(column.text(analysis))}</td>' for column in COLUMNS)
    target = label(analysis.target)
    return f'<tr data-qubits="{target}" data-verdict="{level}"><th scope="row">{target}</th>{cells}{told}</tr>\n'
