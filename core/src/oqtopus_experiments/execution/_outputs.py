"""The files made from results: analyses as JSON, tables as CSV, figures as PNG and SVG, one page of it all."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import attrs

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.errors import PluginFault, StoreError
from oqtopus_experiments.execution._analyzing import analyzed
from oqtopus_experiments.execution._kept_device import kept_device
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.execution._twin import Prediction, figure
from oqtopus_experiments.plugins._fence import fence, log_fault
from oqtopus_experiments.plugins._provenance import provenance
from oqtopus_experiments.reporting._arrays import array_frame, has_arrays
from oqtopus_experiments.reporting._table import to_frame, to_rows
from oqtopus_experiments.reporting.figures import NAMES, About, _possible as possible
from oqtopus_experiments.reporting.figures._files import DATA as FIGURE_DATA, KINDS, figure_files
from oqtopus_experiments.reporting.figures._shown import Shown
from oqtopus_experiments.reporting.report import write_report
from oqtopus_experiments.storage._analysis_json import write_analyses
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._run_index import note
from oqtopus_experiments.storage._seal import lift, seal
from oqtopus_experiments.support._csv_files import csv_of
from oqtopus_experiments.support._directory import Directory

logger = logging.getLogger(__name__)


def write_experiment(
    folder: RunFolder, label: str, result: ExperimentResult, analyzer: Analyzer, executor: Executor | None = None
) -> AnalyzedExperiment:
    """
    Analyze a result and write its files: analysis, tables, figures. A run and a re-analysis both come through here.

    An analyzer that does not fit leaves the points and their figure, and is the problem of the experiment. The seal is
    taken away when there is something to write, not before: an analysis may take long, and be interrupted.

    Args:
        folder: The run.
        label: Name of the experiment in it.
        result: What came back.
        analyzer: What analyzes it.
        executor: Where; None for this process alone.

    Raises:
        StoreError: When the files cannot be written.
    """
    experiment = analyzed(label, partial(result.analyses, analyzer, executor=executor), result.notes)
    lift(folder)
    directory = folder.directory(label)
    directory.make()
    if experiment.problem:
        for stale in ("analysis.json", "curves.json", "table.csv", "arrays.csv"):
            directory.remove(stale)
    else:
        write_analyses(directory, _described(analyzer, result), experiment.analyses)
        directory.write("table.csv", csv_of(to_frame(result.dataset, experiment.analyses)))
        _write_arrays(directory, experiment.analyses)
    folder.touch()
    directory.write("points.csv", csv_of(result.dataset.to_frame()))
    try:
        # Panels are data of an analyzer, and whether they can be drawn shows when they are.
        fenced = fence("analyze", type(analyzer), f"of {label!r}: its figure cannot be drawn", passing=(StoreError,))
        with fenced:
            write_figures(directory, result, experiment.analyses, kept_device(folder))
    except PluginFault as fault:  # the numbers are what was measured; they stay
        log_fault(fault)
        _replace_figures(directory, {})
    return experiment


def _described(analyzer: Analyzer, result: ExperimentResult) -> dict[str, Any]:
    """Return what made the numbers: a re-analysis may run with other versions than the run did."""
    origin = provenance([type(result.experiment), type(analyzer)])
    made_with = {name: origin[name] for name in ("versions", "plugins")}
    return {"use": analyzer.name, "options": attrs.asdict(analyzer), **made_with}


def _write_arrays(directory: Directory, analyses: Sequence[Analysis]) -> None:
    if has_arrays(analyses):
        directory.write("arrays.csv", csv_of(array_frame(analyses)))
    else:
        directory.remove("arrays.csv")


def write_figures(
    directory: Directory, result: ExperimentResult, analyses: Sequence[Analysis], device: DeviceInfo | None = None
) -> None:
    """
    Write every figure as PNG and SVG, where figures can be drawn; `finish_run` says when they cannot.

    What the figure shows is written as JSON all the same: the report draws it where scripts run. Figures of an earlier
    analysis do not stay beside other numbers.
    """
    about = About.of(result.provenance, result.job_metadata)
    _replace_figures(directory, figure_files(Shown(result.label, result.dataset, analyses, about, device)))


def _replace_figures(directory: Directory, made: Mapping[str, bytes]) -> None:
    """Write figures by the names of their files; those of an earlier analysis that are not among them go."""
    for file in (FIGURE_DATA, *(f"{name}.{kind}" for name in NAMES for kind in KINDS)):
        if file in made:
            directory.write(file, made[file])
        else:
            directory.remove(file)


def write_twin(
    directory: Directory, result: ExperimentResult, analyses: tuple[Analysis, ...], prediction: Prediction
) -> None:
    """Write ``twin.csv``, what the twin gave, and both curves in one figure, ``twin.png`` and ``twin.svg``."""
    directory.write("twin.csv", csv_of(prediction.to_frame()))
    if possible.why_not():
        return
    from oqtopus_experiments.reporting.figures import render

    drawn = figure(result, analyses, prediction)
    for kind in ("png", "svg"):
        directory.write(f"twin.{kind}", render(drawn, kind))


def finish_run(folder: RunFolder, experiments: Sequence[AnalyzedExperiment], *, complete: bool) -> None:
    """
    Write what belongs to the whole run, ``table.csv`` and ``report.html``; say once when there are no figures.

    Args:
        folder: The run.
        experiments: What they came to.
        complete: Whether nothing more can come: the run is sealed then.
    """
    lift(folder)
    folder.write_table([row for one in experiments for row in to_rows(one.label, one.analyses)])
    write_report(folder, experiments)
    if complete:
        seal(folder)
    note(folder.path)
    if any(one.measured for one in experiments) and (reason := possible.why_not()):
        logger.warning("no figures: %s", reason)
