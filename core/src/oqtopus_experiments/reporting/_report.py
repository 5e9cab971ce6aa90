"""
The page of a run, ``report.html``: verdicts first, then quantities, figures, settings and provenance.

One file that needs nothing else: figures are inside, there is no script, and every text that came from a person, a
file or a backend is escaped.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.reporting._arrays_html import arrays_html
from oqtopus_experiments.reporting._findings import findings
from oqtopus_experiments.reporting._report_style import STYLE
from oqtopus_experiments.reporting._table import COLUMNS
from oqtopus_experiments.reporting.figures._style import MARKS, value_text
from oqtopus_experiments.storage._manifest import RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder, folder_name
from oqtopus_experiments.support._directory import Directory

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment

logger = logging.getLogger(__name__)

# A vector figure of a hundred panels weighs more, and draws slower on a phone, than its picture.
_LARGEST_VECTOR = 400_000
_ALWAYS_OPEN = 12


def write_report(folder: RunFolder, experiments: Sequence[AnalyzedExperiment]) -> None:
    """
    Write ``report.html`` from what a run has come to, with the figures found in the folder.

    Raises:
        StoreError: When it cannot be written.
    """
    pictures = {experiment.label: _pictures(folder.directory(experiment.label)) for experiment in experiments}
    text = page(folder.manifest(), experiments, pictures)
    folder.directory().write("report.html", text.encode("utf-8", errors="backslashreplace"))


def page(
    manifest: RunManifest, experiments: Sequence[AnalyzedExperiment], pictures: Mapping[str, Sequence[str]]
) -> str:
    """
    Return the page.

    Args:
        manifest: What ``run.json`` says.
        experiments: The experiments of the run.
        pictures: ``data:`` addresses of the figures by label.
    """
    name = escape(manifest.name)
    created = escape(_moment(manifest.created))
    backend = escape(manifest.backend_name)
    # The backend and its options stand under the settings already.
    origin = {key: value for key, value in manifest.provenance.items() if key != "backend"}
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{name}</title>
<style>{STYLE}</style>
</head>
<body>
<header><h1>{name}</h1><p>{created} · backend <b>{backend}</b></p></header>
<main>
<section id="verdicts"><h2>Verdicts</h2>
{"".join(map(_verdicts, experiments))}</section>
<section id="quantities"><h2>Quantities</h2>
{"".join(map(_quantities, experiments))}</section>
<section id="figures"><h2>Figures</h2>
{"".join(_figures(experiment, pictures.get(experiment.label, ())) for experiment in experiments)}</section>
<section id="settings"><h2>Settings</h2>
<p>Times are in nanoseconds.</p>
{_settings(manifest)}</section>
<section id="provenance"><h2>Provenance</h2>
{_definitions(origin)}</section>
</main>
</body>
</html>
"""


def _verdicts(experiment: AnalyzedExperiment) -> str:
    head = f"<h3>{escape(experiment.label)}</h3>\n"
    head += "".join(f"<p>{escape(note)}</p>\n" for note in experiment.notes)
    if experiment.problem:
        return f'{head}<p class="problem">{escape(experiment.problem)}</p>\n'
    items = "".join(
        f'<li class="{one.level}"><span class="mark">{MARKS[one.level]} {one.level}</span> <b>{one.qubits}</b> '
        f"{'<br>'.join(map(escape, one.reasons))}</li>\n"
        for one in findings(experiment.analyses)
    )
    return f'{head}<ul class="verdicts">\n{items}</ul>\n'


def _quantities(experiment: AnalyzedExperiment) -> str:
    head = f"<h3>{escape(experiment.label)}</h3>\n"
    arrays = arrays_html(experiment.analyses, f"{folder_name(experiment.label)}/arrays.csv")
    if not any(analysis.quantities for analysis in experiment.analyses):
        return head + arrays if arrays else ""
    return head + _folded(f"{len(experiment.analyses)} targets", _table(experiment), experiment) + arrays


def _table(experiment: AnalyzedExperiment) -> str:
    names = list(dict.fromkeys(q.name for analysis in experiment.analyses for q in analysis.quantities))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    told = "".join(f'<th scope="col">{escape(column.name)}</th>' for column in COLUMNS)
    rows = "".join(_row(analysis, names) for analysis in experiment.analyses)
    return (
        f'<div class="wide"><table><thead><tr><th scope="col">qubit</th>{head}{told}</tr></thead>'
        f"<tbody>\n{rows}</tbody></table></div>\n"
    )


def _row(analysis: Analysis, names: Sequence[str]) -> str:
    known = {q.name: escape(value_text(str(q))) for q in analysis.quantities}
    cells = "".join(f"<td>{known.get(name, '')}</td>" for name in names)
    told = "".join(f'<td class="{analysis.verdict.level}">{escape(c.text(analysis))}</td>' for c in COLUMNS)
    return f'<tr><th scope="row">{label(analysis.target)}</th>{cells}{told}</tr>\n'


def _folded(title: str, inner: str, experiment: AnalyzedExperiment) -> str:
    """Fold away a long table: a phone should not have to scroll past a hundred qubits to reach the figures."""
    if len(experiment.analyses) <= _ALWAYS_OPEN:
        return inner
    return f"<details><summary>{title}</summary>\n{inner}</details>\n"


def _figures(experiment: AnalyzedExperiment, pictures: Sequence[str]) -> str:
    head = f"<h3>{escape(experiment.label)}</h3>\n"
    size = "large" if len(experiment.analyses) > 1 else "small"
    images = "".join(
        f'<div class="wide"><img class="{size}" src="{picture}" alt="Figure of {escape(experiment.label)}"></div>\n'
        for picture in pictures
    )
    return head + (images or "<p>No figure: matplotlib is missing or cannot be loaded, or nothing was measured.</p>\n")


def _pictures(directory: Directory) -> list[str]:
    """Return the figures of one experiment as addresses that hold them; a link or a pipe is left out."""
    pictures = []
    for name in ("overview", "figure"):
        try:
            pictures.append(_picture(directory, name))
        except StoreError as error:
            logger.warning("left out of the report: %s", error)
    return [picture for picture in pictures if picture]


def _picture(directory: Directory, name: str) -> str:
    size = directory.size(f"{name}.svg")
    kind, mime = ("svg", "svg+xml") if size is not None and size <= _LARGEST_VECTOR else ("png", "png")
    data = directory.read(f"{name}.{kind}")
    return "" if data is None else f"data:image/{mime};base64,{base64.b64encode(data).decode('ascii')}"


def _settings(manifest: RunManifest) -> str:
    parts = []
    if manifest.backend:
        title = f"backend {escape(manifest.backend_name)}"
        parts.append(f"<h3>{title}</h3>\n{_definitions(manifest.backend.get('options', {}))}")
    for entry in manifest.experiments:
        rows = {"experiment": entry.use, "shots": entry.shots, **entry.parameters}
        if entry.imported:
            rows["imported"] = dict(entry.imported)
        if entry.analyzer:
            rows["analyzer"] = entry.analyzer.get("use")
        parts.append(f"<h3>{escape(entry.label)}</h3>\n{_definitions(rows)}")
    return "".join(parts)


def _definitions(values: Mapping[str, Any]) -> str:
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(text)}</dd>\n" for key, text in _flat(values))
    return f"<dl>\n{rows}</dl>\n"


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value and len(prefix) < 200:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _moment(created: str) -> str:
    """Return ``2026-11-20 23:05:01 UTC`` for ``2026-11-20T23:05:01.123+00:00``."""
    return f"{created[:19].replace('T', ' ')} UTC" if created else "at an unknown time"
