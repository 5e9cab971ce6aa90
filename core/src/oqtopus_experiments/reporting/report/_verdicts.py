"""The first section: what the verdicts say, the worst first."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from oqtopus_experiments.reporting._findings import findings
from oqtopus_experiments.reporting._summary_of import summary_of
from oqtopus_experiments.reporting._written import symbol
from oqtopus_experiments.reporting.figures._style import MARKS, value_text

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment

_FEW = 6


def verdicts(experiment: AnalyzedExperiment) -> str:
    """Return what is said of one experiment."""
    head = f"<h3>{escape(experiment.label)}</h3>\n"
    head += "".join(f"<p>{escape(note)}</p>\n" for note in experiment.notes)
    if experiment.problem:
        return f'{head}<p class="problem">{escape(experiment.problem)}</p>\n'
    items = "".join(
        f'<li class="{one.level}"><span class="mark">{MARKS[one.level]} {one.level}</span> <b>{one.qubits}</b> '
        f"{'<br>'.join(map(escape, one.reasons))}</li>\n"
        for one in findings(experiment.analyses)
    )
    return f'{head}{_at_a_glance(experiment)}<ul class="verdicts">\n{items}</ul>\n'


def _at_a_glance(experiment: AnalyzedExperiment) -> str:
    """Return how many targets are good, and what is typical of them, where there are many."""
    if len(experiment.analyses) <= _FEW:
        return ""
    found = summary_of(experiment.analyses)
    text = f"{len(experiment.analyses)} targets: {found}."
    if found.typical is not None:
        sign = symbol(next(quantity for one in experiment.analyses for quantity in one.quantities))
        text += f" Median {sign} of the {found.typical.number} good: {value_text(str(found.typical))}."
    return f"<p>{escape(text)}</p>\n"
