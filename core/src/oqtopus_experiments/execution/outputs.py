"""The files made from results: analyses as JSON, tables as CSV, figures as PNG and SVG, one page of it all."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import attrs

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.errors import AnalysisError
from oqtopus_experiments.execution.result import ExperimentResult
from oqtopus_experiments.plugins.provenance import provenance
from oqtopus_experiments.plugins.registry import registry
from oqtopus_experiments.reporting.chapter import Chapter
from oqtopus_experiments.reporting.figures import possible
from oqtopus_experiments.reporting.report import write_report
from oqtopus_experiments.reporting.table import to_frame, to_rows
from oqtopus_experiments.storage.analysis_json import write_analyses
from oqtopus_experiments.storage.run_folder import RunFolder
from oqtopus_experiments.support.csv_files import csv_of
from oqtopus_experiments.support.directory import Directory

logger = logging.getLogger(__name__)


def write_chapter(folder: RunFolder, label: str, result: ExperimentResult, analyzer: str | Analyzer) -> Chapter:
    """
    Analyze a result and write its files: analysis, tables, figures. A run and a re-analysis both come through here.

    An analyzer that does not fit the experiment leaves the points and their figure, and is the chapter's problem.

    Raises:
        PluginError: When there is no such analyzer.
        StoreError: When the files cannot be written.
    """
    directory = folder.directory(label)
    directory.make()
    chosen = registry().get("analyzer", analyzer)() if isinstance(analyzer, str) else analyzer
    chapter = analyzed(label, result, chosen)
    if chapter.problem:
        for stale in ("analysis.json", "curves.json", "table.csv"):
            directory.remove(stale)
    else:
        write_analyses(directory, _described(chosen, result), chapter.analyses)
        directory.write("table.csv", csv_of(to_frame(result.dataset, chapter.analyses)))
    directory.write("points.csv", csv_of(result.dataset.to_frame()))
    write_figures(directory, result, chapter.analyses)
    return chapter


def analyzed(label: str, result: ExperimentResult, analyzer: str | Analyzer) -> Chapter:
    """
    Analyze a result; nothing is written.

    Raises:
        PluginError: When there is no such analyzer.
    """
    try:
        return Chapter(label, result, tuple(result.analyses(analyzer)))
    except AnalysisError as error:
        return Chapter(label, result, problem=str(error))


def _described(analyzer: Analyzer, result: ExperimentResult) -> dict[str, Any]:
    """Return what made the numbers: a re-analysis may run with other versions than the run did."""
    origin = provenance([type(result.experiment), type(analyzer)])
    made_with = {name: origin[name] for name in ("versions", "plugins")}
    return {"use": analyzer.name, "options": attrs.asdict(analyzer), **made_with}


def write_figures(directory: Directory, result: ExperimentResult, analyses: Sequence[Analysis]) -> None:
    """Write every figure as PNG and SVG, where figures can be drawn; `finish_run` says when they cannot."""
    if possible.why_not():
        return
    from oqtopus_experiments.reporting.figures import figures, render

    for name, drawn in figures(result.experiment, result.dataset, analyses).items():
        for kind in ("png", "svg"):
            directory.write(f"{name}.{kind}", render(drawn, kind))


def finish_run(folder: RunFolder, chapters: Sequence[Chapter]) -> None:
    """Write what belongs to the whole run: ``table.csv`` and ``report.html``; say once when there are no figures."""
    folder.write_table([row for chapter in chapters for row in to_rows(chapter.label, chapter.analyses)])
    write_report(folder, chapters)
    if any(chapter.result is not None for chapter in chapters) and (reason := possible.why_not()):
        logger.warning("no figures: %s", reason)
