"""What a notebook shows for a result: its table and its figure, in the page's own HTML."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.errors import AnalysisError, PluginError
from oqtopus_experiments.reporting.figures import possible
from oqtopus_experiments.reporting.table import to_frame
from oqtopus_experiments.support.text import shown

if TYPE_CHECKING:
    from oqtopus_experiments.execution.result import ExperimentResult

_MOST_ROWS = 20


def to_html(result: ExperimentResult) -> str:
    """Return table and figure of a result; without a fitting analyzer, why there is none and the points."""
    analyses: Sequence[Analysis] = ()
    try:
        analyses = result.analyses()
    except (AnalysisError, PluginError) as error:
        table = f"<p>{escape(str(error))}</p>"
    else:
        table = to_frame(result.dataset, analyses).to_html(index=False, max_rows=_MOST_ROWS)
    return f"<div><b>{escape(result.experiment.name)}</b>{table}{_figure(result, analyses)}</div>"


def _figure(result: ExperimentResult, analyses: Sequence[Analysis]) -> str:
    if reason := possible.why_not():
        return f"<p>No figure: {escape(shown(reason))}</p>"
    from oqtopus_experiments.reporting.figures import figure, render

    drawn = render(figure(result.experiment, result.dataset, analyses), "png")
    data = base64.b64encode(drawn).decode("ascii")
    return f'<img style="max-width: 60em; width: 100%" alt="figure" src="data:image/png;base64,{data}">'
