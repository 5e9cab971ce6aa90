"""``oqx export``: a run as one tidy CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli._names import run_names
from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.cli._run_argument import RUN_MEANS, run_folder

if TYPE_CHECKING:
    import pandas as pd


@click.command(epilog=RUN_MEANS)
@click.argument("run", type=run_folder, shell_complete=run_names)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="File to write (default: RUN.csv)."
)
@click.option("--what", type=click.Choice(["points", "quantities", "arrays"]), default="points", show_default=True,
              help="One row per measured point, per quantity, or per element of a measured array.")  # fmt: skip
def export(run: Path, output: Path | None, what: str) -> None:
    """Write the run in the folder RUN as one tidy CSV file; of a sweep or a watch all its runs, with what was swept."""
    from oqtopus_experiments.execution._load import load_run
    from oqtopus_experiments.reporting import _export as tidy
    from oqtopus_experiments.storage._parent import ParentFolder
    from oqtopus_experiments.storage._summary import read_summary
    from oqtopus_experiments.support._atomic_writing import write_bytes
    from oqtopus_experiments.support._csv_files import csv_of

    def one(path: Path) -> pd.DataFrame:
        if what == "points":
            loaded = load_run(path)
            datasets = {label: result.dataset for label, result in loaded.results.items()}
            return tidy.points(loaded.path.resolve().name, datasets)
        return (tidy.quantities if what == "quantities" else tidy.arrays)(read_summary(path))

    parent = ParentFolder.open(run)
    frame = one(run) if parent is None else tidy.together(parent, one)
    file = output or Path(f"{run.resolve().name}.csv")
    write_bytes(file, csv_of(frame))
    say(f"{len(frame)} rows: {file}")
