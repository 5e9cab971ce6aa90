"""What a notebook shows for a result: its table and its figure, in the page's own HTML."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.reporting._arrays_html import arrays_html
from oqtopus_experiments.reporting._table import to_frame
from oqtopus_experiments.reporting.figures import _possible as possible
from oqtopus_experiments.support._text import shown

_MOST_ROWS = 20


def to_html(title: str, dataset: Dataset, analyses: Sequence[Analysis], problem: str, notes: Sequence[str] = ()) -> str:
    """
    Return table and figure of a result.

    Args:
        title: Its label in the run.
        dataset: Its points.
        analyses: One per target, or none.
        problem: Why there is no analysis, shown in place of the table; empty when there is one.
        notes: What a person should know of what came back, each in a sentence.
    """
    table = to_frame(dataset, analyses).to_html(index=False, max_rows=_MOST_ROWS) if not problem else ""
    said = "".join(f"<p>{escape(note)}</p>" for note in notes)
    said += f"<p>{escape(problem)}</p>" if problem else table
    arrays = arrays_html(analyses, "result.arrays()")
    return f"<div><b>{escape(title)}</b>{said}{arrays}{_figure(title, dataset, analyses)}</div>"


def _figure(title: str, dataset: Dataset, analyses: Sequence[Analysis]) -> str:
    if reason := possible.why_not():
        return f"<p>No figure: {escape(shown(reason))}</p>"
    from oqtopus_experiments.reporting.figures import figure, render

    drawn = render(figure(title, dataset, analyses), "png")
    data = base64.b64encode(drawn).decode("ascii")
    return f'<img style="max-width: 60em; width: 100%" alt="figure" src="data:image/png;base64,{data}">'
