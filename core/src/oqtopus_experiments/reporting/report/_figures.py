"""The third section: each figure as a picture, and the data from which a script draws one that answers the pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.reporting.report._html import for_script
from oqtopus_experiments.reporting.report._kept import Kept
from oqtopus_experiments.reporting.report._words import caption, in_place_of

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment

NONE = "No figure: matplotlib is missing or cannot be loaded, or nothing was measured."
_HINT = (
    "Point at a figure to read its points and counts; drag over it to look closer, double-click to see it whole again; "
    "a name above it shows or hides what it names."
)


def figures(experiment: AnalyzedExperiment, kept: Kept) -> str:
    """Return the figures of one experiment."""
    head = f"<h3>{escape(experiment.label)}</h3>\n"
    size = "large" if len(experiment.analyses) > 1 else "small"
    told = in_place_of(experiment.label, experiment.analyses, experiment.problem)
    images = "".join(
        f'<div class="picture {name}"><img class="{size}" src="{picture}" alt="{escape(_alt(name, told))}"></div>\n'
        for name, picture in kept.pictures.items()
    )
    charts = f'<div class="charts" data-label="{escape(experiment.label)}"></div>\n' if kept.charts else ""
    nothing = "" if images else f'<p class="{"no-script" if charts else ""}">{NONE}</p>\n'
    return f"<div>{head}{charts}{images}{nothing}</div>\n"


def _alt(name: str, told: str) -> str:
    first = {"chip": "On the device. ", "overview": "Overview. ", "twin": "Beside the twin of the device. "}
    return f"{first.get(name, '')}{told}"


def hint(kept: Mapping[str, Kept]) -> str:
    """Return how the figures are used, where there are some that answer."""
    return f'<p class="only-script soft">{_HINT}</p>\n' if any(one.charts for one in kept.values()) else ""


def chart_data(experiments: Sequence[AnalyzedExperiment], kept: Mapping[str, Kept]) -> str:
    """Return the data of all interactive figures by label, as JSON that may stand in the page."""
    content: dict[str, Any] = {}
    for experiment in experiments:
        charts = kept[experiment.label].charts if experiment.label in kept else {}
        if charts:
            said = [[f"{caption(one)},", one.verdict.level] for one in experiment.analyses]
            content[experiment.label] = {**charts, "said": said}
    return for_script(content)
