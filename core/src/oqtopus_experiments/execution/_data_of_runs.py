"""What an export holds of each run: its tables, and its results as stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from oqtopus_experiments.execution._load import load_run
from oqtopus_experiments.reporting import _tidy_tables as tidy
from oqtopus_experiments.reporting._xarray import to_xarray, told_of
from oqtopus_experiments.storage._analysis_json import read_analyses
from oqtopus_experiments.storage._run_folder import RunFolder, folder_name
from oqtopus_experiments.storage._summary import read_summary

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def tables(runs: Sequence[tidy.ExportedRun], wanted: Sequence[str]) -> dict[str, pd.DataFrame]:
    """
    Return tables of some runs, by name.

    Args:
        runs: What they are of.
        wanted: Which: ``points``, ``quantities``, ``arrays``, ``counts``, ``runs``.

    Raises:
        StoreError: When a run cannot be read.
        PluginError: When points or counts are wanted, and the plugin of an experiment is missing.
    """
    parts: dict[str, list[pd.DataFrame]] = {table: [] for table in wanted}
    for run in runs:
        for table, frame in _tables_of(run, wanted).items():
            parts[table].append(tidy.of_run(run, frame))
    return {table: tidy.below_each_other(frames) for table, frames in parts.items()}


def _tables_of(run: tidy.ExportedRun, wanted: Sequence[str]) -> dict[str, pd.DataFrame]:
    made: dict[str, pd.DataFrame] = {}
    if {"points", "counts"} & {*wanted}:
        datasets = {label: result.dataset for label, result in load_run(run.path).results.items()}
        made |= {"points": tidy.points(run.name, datasets)} if "points" in wanted else {}
        made |= {"counts": tidy.counts(run.name, datasets)} if "counts" in wanted else {}
    if {"quantities", "arrays", "runs"} & {*wanted}:
        summary = read_summary(run.path)
        made |= {"quantities": tidy.quantities(summary)} if "quantities" in wanted else {}
        made |= {"arrays": tidy.arrays(summary)} if "arrays" in wanted else {}
        if "runs" in wanted:
            made["runs"] = tidy.origin(summary, RunFolder.open(run.path).manifest())
    return made


def datasets(runs: Sequence[tidy.ExportedRun]) -> Iterator[tuple[str, xr.Dataset]]:
    """
    Yield each experiment of some runs for xarray, with its stored analysis, and the name of its group: ``RUN/LABEL``.

    Raises:
        StoreError: When a run cannot be read.
        PluginError: When the plugin of an experiment is missing.
        ImportError: When ``xarray`` is not installed.
    """
    for run in runs:
        loaded, folder = load_run(run.path), RunFolder(run.path)
        for label, result in loaded.results.items():
            stored = read_analyses(folder.directory(label), curves=True)
            swept: Mapping[str, object] = {"swept": dict(run.swept)} if run.swept else {}
            told = {"run": run.name, **told_of(label, result.experiment, result.provenance), **swept}
            analyses = () if stored is None else stored.analyses
            yield f"{run.name}/{folder_name(label)}", to_xarray(result.dataset, analyses, told)
