"""What a notebook shows for a result: its table and its figure, in the page's own HTML."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.reporting._arrays_html import arrays_html
from oqtopus_experiments.reporting._summary_of import summary_of
from oqtopus_experiments.reporting._written import symbol, written_quantity
from oqtopus_experiments.reporting.figures import _possible as possible
from oqtopus_experiments.reporting.figures._about import NOTHING, About
from oqtopus_experiments.support._text import shown

_MOST_ROWS = 20


def to_html(
    title: str,
    dataset: Dataset,
    analyses: Sequence[Analysis],
    problem: str,
    notes: Sequence[str] = (),
    about: About = NOTHING,
) -> str:
    """
    Return table and figure of a result: values with units and errors, each target's verdict with what to act on.

    Args:
        title: Its label in the run.
        dataset: Its points.
        analyses: One per target, or none.
        problem: Why there is no analysis, shown in place of the table; empty when there is one.
        notes: What a person should know of what came back, each in a sentence.
        about: Where the points come from.
    """
    said = "".join(f"<p>{escape(note)}</p>" for note in notes)
    said += f"<p>{escape(problem)}</p>" if problem else _table(analyses)
    arrays = arrays_html(analyses, "result.arrays()")
    return f"<div><b>{escape(title)}</b>{said}{arrays}{_figure(title, dataset, analyses, about)}</div>"


def _table(analyses: Sequence[Analysis]) -> str:
    """Return a row for each target; of more than fit, what is typical of them and the worst."""
    if len(analyses) <= _MOST_ROWS:
        return _rows(analyses)
    summary = summary_of(analyses)
    typical = f"; {summary.typical.name} of the good ones: median {summary.typical}" if summary.typical else ""
    line = f"<p>{len(analyses)} targets: {escape(f'{summary}{typical}')}. All of them: result.analyze()</p>"
    return line + (_rows(summary.worst) if summary.worst else "")


def _rows(analyses: Sequence[Analysis]) -> str:
    named = {quantity.name: symbol(quantity) for analysis in analyses for quantity in analysis.quantities}
    head = "".join(f"<th>{escape(text)}</th>" for text in ("qubits", *named.values(), "verdict", "why"))
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(_row(one, named) for one in analyses)}</tbody></table>"
    )


def _row(analysis: Analysis, names: Iterable[str]) -> str:
    texts = {quantity.name: written_quantity(quantity) for quantity in analysis.quantities}
    verdict = analysis.verdict
    cells = (label(analysis.target), *(texts.get(name, "") for name in names), verdict.level, verdict.doubts)
    return f"<tr>{''.join(f'<td>{escape(shown(cell))}</td>' for cell in cells)}</tr>"


def _figure(title: str, dataset: Dataset, analyses: Sequence[Analysis], about: About) -> str:
    if reason := possible.why_not():
        return f"<p>No figure: {escape(shown(reason))}</p>"
    from oqtopus_experiments.reporting.figures import figure, render

    drawn = render(figure(title, dataset, analyses, about), "png")
    data = base64.b64encode(drawn).decode("ascii")
    return f'<img style="max-width: 60em; width: 100%" alt="figure" src="data:image/png;base64,{data}">'
