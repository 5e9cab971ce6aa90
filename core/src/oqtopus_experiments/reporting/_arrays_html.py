"""Measured arrays in HTML, for the report and for a notebook: every text in it is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.reporting._arrays import ArrayTable, told
from oqtopus_experiments.reporting.figures._style import value_text


def arrays_html(analyses: Sequence[Analysis], where: str) -> str:
    """Return the small arrays as tables and a sentence for each of the others; empty when there is none."""
    tables, sentences = told(analyses, where)
    return "".join([*map(_table, tables), *(f"<p>{escape(sentence)}</p>\n" for sentence in sentences)])


def _table(table: ArrayTable) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(value_text(cell))}</td>" for cell in cells)
        + "</tr>\n"
        for name, *cells in table.rows
    )
    title = escape(table.title)
    # What scrolls can be reached with the keyboard.
    return (
        f'<div class="wide" role="group" tabindex="0" aria-label="{title}">'
        f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>\n{rows}</tbody></table></div>\n"
    )
