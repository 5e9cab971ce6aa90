"""The page as a whole: what stands where. Each section is a module of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting._summary_of import count, counted
from oqtopus_experiments.reporting.figures._style import MARKS
from oqtopus_experiments.reporting.report._assets import library, script
from oqtopus_experiments.reporting.report._document import document
from oqtopus_experiments.reporting.report._downloads import downloads
from oqtopus_experiments.reporting.report._figures import chart_data, figures, hint
from oqtopus_experiments.reporting.report._kept import Kept
from oqtopus_experiments.reporting.report._origin import jobs, provenance, settings
from oqtopus_experiments.reporting.report._quantities import quantities
from oqtopus_experiments.reporting.report._verdicts import verdicts
from oqtopus_experiments.storage._manifest import RunManifest

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment

SECTIONS = {
    "verdicts": "Verdicts",
    "quantities": "Quantities",
    "figures": "Figures",
    "settings": "Settings",
    "provenance": "Provenance",
}
"""Ids and names of all sections, in order."""
_MANY = 6
"""More targets than these can be filtered."""


def page(manifest: RunManifest, experiments: Sequence[AnalyzedExperiment], kept: Mapping[str, Kept]) -> str:
    """
    Return the page.

    Args:
        manifest: What ``run.json`` says.
        experiments: The experiments of the run.
        kept: What the folder of each holds, by label; one that holds nothing may be absent.
    """
    name = escape(manifest.name)
    inside = {
        "verdicts": "".join(map(verdicts, experiments)),
        "quantities": "".join(map(quantities, experiments)),
        "figures": hint(kept) + "".join(figures(one, kept.get(one.label, Kept())) for one in experiments),
        "settings": f"<p>Times without a unit are in nanoseconds.</p>\n{settings(manifest)}",
        "provenance": jobs(kept) + provenance(manifest) + downloads(manifest, experiments, kept),
    }
    sections = "".join(
        f'<section id="{key}"><h2>{title}</h2>\n{inside[key]}</section>\n' for key, title in SECTIONS.items()
    )
    body = f"""<header><h1>{name}</h1>
{_facts(manifest, experiments)}
<nav aria-label="Contents"><ul>
{_contents()}</ul></nav>
</header>
<main>
{_filter(experiments)}{sections}</main>
<script type="application/json" id="charts">{chart_data(experiments, kept)}</script>
"""
    return document(name, body, library(), script())


def _facts(manifest: RunManifest, experiments: Sequence[AnalyzedExperiment]) -> str:
    created = escape(_moment(manifest.created))
    backend = escape(manifest.backend_name)
    counts = count(analysis for one in experiments for analysis in one.analyses)
    failed = sum(bool(one.problem) for one in experiments)
    told = counted(counts) + (f", {failed} without a result" if failed else "")
    return f'<p class="soft">{created} · backend <b>{backend}</b> · {told}</p>'


def _contents() -> str:
    places = {**SECTIONS, "data": "Data"}
    return "".join(f'<li><a href="#{key}">{title}</a></li>\n' for key, title in places.items())


def _filter(experiments: Sequence[AnalyzedExperiment]) -> str:
    """Return what chooses among many targets, where scripts run."""
    if len({analysis.target for one in experiments for analysis in one.analyses}) <= _MANY:
        return ""
    boxes = "".join(
        f'<label class="{level}"><input type="checkbox" value="{level}" checked> {MARKS[level]} {level}</label>\n'
        for level in LEVELS
    )
    return (
        '<form id="filter" class="only-script" aria-label="Show some targets only">'
        '<label>Qubits <input type="text" inputmode="text" placeholder="0-4, 7" autocomplete="off" size="12"></label>\n'
        f'{boxes}<button type="reset">all</button> <output></output></form>\n'
    )


def _moment(created: str) -> str:
    """Return ``2026-11-20 23:05:01 UTC`` for ``2026-11-20T23:05:01.123+00:00``."""
    return f"{created[:19].replace('T', ' ')} UTC" if created else "at an unknown time"
