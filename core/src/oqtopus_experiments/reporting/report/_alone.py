"""The page of one result that no folder holds: the same sections, of the same parts, made in memory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import PluginFault
from oqtopus_experiments.plugins._fence import fence, log_fault
from oqtopus_experiments.reporting._arrays import array_frame, has_arrays
from oqtopus_experiments.reporting._table import to_frame
from oqtopus_experiments.reporting.figures import About
from oqtopus_experiments.reporting.figures._files import DATA, figure_files
from oqtopus_experiments.reporting.figures._shown import Shown
from oqtopus_experiments.reporting.report._kept import PICTURES, Jobs, Kept, charts_of
from oqtopus_experiments.reporting.report._page import page
from oqtopus_experiments.reporting.report._pictures import address
from oqtopus_experiments.storage._analysis_json import analysis_json
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.support._atomic_writing import write_bytes
from oqtopus_experiments.support._csv_files import csv_of

_HEIGHT = "80vh"


@frozen(repr=False)
class Report:
    """
    A report as one page that needs nothing else; the last line of a cell shows it.

    Args:
        title: What it is of.
        html: The page.
    """

    title: str
    html: str

    def save(self, path: str | Path) -> Path:
        """
        Write the page, whole or not at all, and return where it is.

        Raises:
            StoreError: When it cannot be written.
        """
        file = Path(path)
        write_bytes(file, self.html.encode("utf-8", errors="backslashreplace"))
        return file

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.title!r}: {len(self.html) / 1000:,.0f} kB; .save(path) writes it>"

    def _repr_html_(self) -> str:
        """Show the page in a frame of its own: its style is not that of the notebook, and its scripts see no other."""
        page, title = escape(self.html), escape(f"report of {self.title}")
        style = f"width: 100%; height: {_HEIGHT}; border: 1px solid #8888"
        allowed = "allow-scripts allow-downloads"
        return f'<iframe title="{title}" sandbox="{allowed}" style="{style}" srcdoc="{page}"></iframe>'


def report_of(
    analyzed: AnalyzedExperiment,
    experiment: Declaration,
    dataset: Dataset,
    analyzer: Analyzer,
    provenance: Mapping[str, Any],
    job_metadata: Mapping[str, Any],
) -> Report:
    """
    Return the report of one result.

    Args:
        analyzed: What it came to, under its label.
        experiment: What was run.
        dataset: Its points.
        analyzer: What made the numbers.
        provenance: Versions, backend and seed.
        job_metadata: What the backend knows of the job.
    """
    described = {"use": analyzer.name, "options": attrs.asdict(analyzer)}
    manifest = _manifest(analyzed.label, experiment, dataset, described, provenance)
    figures = _figures(analyzed, dataset, analyzer, About.of(provenance, job_metadata))
    pictures = {name: address(figures.get(f"{name}.svg"), figures.get(f"{name}.png")) for name in PICTURES}
    kept = Kept(
        pictures={name: picture for name, picture in pictures.items() if picture},
        charts=charts_of(figures.get(DATA)),
        files=_files(dataset, analyzed, described),
        jobs=_jobs(dataset, job_metadata),
    )
    return Report(analyzed.label, page(manifest, [analyzed], {analyzed.label: kept}))


def _figures(analyzed: AnalyzedExperiment, dataset: Dataset, analyzer: Analyzer, about: About) -> dict[str, bytes]:
    try:
        # Panels are data of an analyzer, and whether they can be drawn shows when they are.
        with fence("analyze", type(analyzer), f"of {analyzed.label!r}: its figure cannot be drawn"):
            return figure_files(Shown(analyzed.label, dataset, analyzed.analyses, about))
    except PluginFault as fault:  # the numbers are what was measured; they stay
        log_fault(fault)
        return {}


def _manifest(
    label: str, experiment: Declaration, dataset: Dataset, analyzer: Mapping[str, Any], provenance: Mapping[str, Any]
) -> RunManifest:
    shots = max((counts.shots for counts in dataset.counts.values()), default=0)
    imported = _table(provenance.get("imported"))
    entry = RecordedExperiment(label, experiment.name, shots, experiment.parameters(), analyzer, imported)
    backend = {name: one for name, one in _table(provenance.get("backend")).items() if name in {"use", "options"}}
    seed = provenance.get("seed")
    return RunManifest(label, backend, (entry,), provenance, seed if isinstance(seed, int) else None)


def _table(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}


def _files(dataset: Dataset, analyzed: AnalyzedExperiment, analyzer: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files of numbers that a run folder would hold."""
    files = {"points.csv": csv_of(dataset.to_frame())}
    if not analyzed.problem:
        files["table.csv"] = csv_of(to_frame(dataset, analyzed.analyses))
        files["analysis.json"] = analysis_json(analyzer, analyzed.analyses)["analysis.json"]
    if has_arrays(analyzed.analyses):
        files["arrays.csv"] = csv_of(array_frame(analyzed.analyses))
    return files


def _jobs(dataset: Dataset, said: Mapping[str, Any]) -> Jobs:
    job_id, status = said.get("job_id"), said.get("status")
    times = sorted(time for time in dataset.execution.times.tolist() if math.isfinite(time))
    return Jobs(
        ids=(job_id,) if isinstance(job_id, str) and job_id else (),
        status=status if isinstance(status, str) else "",
        first=times[0] if times else None,
        last=times[-1] if times else None,
    )
