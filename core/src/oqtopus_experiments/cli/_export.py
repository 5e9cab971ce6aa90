"""``oqx export``: runs as tidy tables, or as netCDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli._names import run_names
from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.cli._run_argument import RUN_MEANS, run_folder
from oqtopus_experiments.cli._written_files import problem_of, unasked

if TYPE_CHECKING:
    from oqtopus_experiments.reporting._tidy_tables import ExportedRun

_TABLES = ("points", "quantities", "arrays", "counts", "runs")
_ENDINGS = {"csv": (".csv", ".txt", ""), "parquet": (), "netcdf": (".nc", ".nc4", ".h5", "")}


@click.command(epilog=RUN_MEANS)
@click.argument("runs", type=run_folder, nargs=-1, required=True, metavar="RUN...", shell_complete=run_names)
@click.option("--to", "kind", type=click.Choice(["csv", "parquet", "netcdf"]), default="csv", show_default=True,
              help="One CSV file; a folder of Parquet files, a table each; or one netCDF file.")  # fmt: skip
@click.option("--output", "-o", type=click.Path(path_type=Path),
              help="File to write, also over one that is there; of Parquet the folder (default: RUN-points.csv by "
                   "what is in it, RUN-parquet, RUN.nc).")  # fmt: skip
@click.option("--what", type=click.Choice(_TABLES),
              help="One row per measured point, per quantity, per element of a measured array, per outcome that was "
                   "read, or per run (default: points; of Parquet a table of each).")  # fmt: skip
def export(runs: tuple[Path, ...], kind: str, output: Path | None, what: str | None) -> None:
    """Write the runs in the folders RUN as one data set; of a sweep or a watch all its runs, with what was swept."""
    from oqtopus_experiments.reporting._tidy_tables import exported

    if kind == "netcdf" and what is not None:
        message = "--what chooses a table, and netCDF has none: it holds points, fits and quantities on their axes"
        raise click.UsageError(message)
    if output is not None and (problem := problem_of(output, _ENDINGS[kind], is_folder=kind == "parquet")):
        raise click.UsageError(problem)
    name = runs[0].resolve().name if len(runs) == 1 else "runs"
    if kind == "csv":
        what = what or "points"
        _csv(exported(runs), output or unasked(Path(f"{name}-{what}.csv"), "-o"), what)
    elif kind == "parquet":
        _parquet(exported(runs), output or unasked(Path(f"{name}-parquet"), "-o"), (what,) if what else _TABLES)
    else:
        _netcdf(exported(runs), output or unasked(Path(f"{name}.nc"), "-o"))


def _csv(runs: list[ExportedRun], file: Path, what: str) -> None:
    from oqtopus_experiments.execution._data_of_runs import tables
    from oqtopus_experiments.support._atomic_writing import write_bytes
    from oqtopus_experiments.support._csv_files import csv_of

    frame = tables(runs, [what])[what]
    write_bytes(file, csv_of(frame))
    say(f"{len(frame)} rows: {file}")


def _parquet(runs: list[ExportedRun], folder: Path, wanted: tuple[str, ...]) -> None:
    from oqtopus_experiments.support._extras import require

    require("parquet", "pyarrow", "pyarrow.parquet", wanted_by="Parquet files")
    from oqtopus_experiments.execution._data_of_runs import tables
    from oqtopus_experiments.reporting._parquet import parquet_of
    from oqtopus_experiments.support._atomic_writing import write_bytes
    from oqtopus_experiments.support._directory import Directory

    Directory(folder.parent, folder.name).make()
    # Where numbers come from stands beside them, whatever is asked for.
    for table, frame in tables(runs, tuple(dict.fromkeys((*wanted, "runs")))).items():
        file = folder / f"{table}.parquet"
        write_bytes(file, parquet_of(table, frame))
        say(f"{len(frame)} rows: {file}")


def _netcdf(runs: list[ExportedRun], file: Path) -> None:
    from oqtopus_experiments.support._extras import require

    require("xarray", "h5netcdf", "h5py", "xarray", wanted_by="netCDF files")
    from oqtopus_experiments.execution._data_of_runs import datasets
    from oqtopus_experiments.reporting._netcdf import netcdf_of
    from oqtopus_experiments.support._atomic_writing import write_bytes

    write_bytes(file, netcdf_of(datasets(runs)))
    say(f"{len(runs)} runs: {file}")
