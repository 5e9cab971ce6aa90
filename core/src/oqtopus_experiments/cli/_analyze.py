"""``oqx analyze``: the numbers of a run again, from its counts."""

from __future__ import annotations

from pathlib import Path

import click

from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.cli._run_argument import run_folder


@click.command()
@click.argument("run", type=run_folder)
@click.option("--analyzer", metavar="NAME", help="Another analyzer than the run was configured with.")
@click.option("--print-only", is_flag=True, help="Print the numbers and leave the folder as it is.")
def analyze(run: Path, analyzer: str | None, print_only: bool) -> None:
    """
    Analyze the counts in the folder RUN again, and write tables, figures and report anew.

    Needs the plugins of its experiments, not that of its backend; a folder may have been copied from anywhere.
    `latest` is the newest run in the folder runs, `latest~1` the one before. A folder that another process works on,
    or that cannot be written, is left as it is: the numbers of what has arrived are printed.
    """
    from oqtopus_experiments.cli._tables import print_arrays, print_results
    from oqtopus_experiments.errors import AnalysisError
    from oqtopus_experiments.execution._reanalysis import reanalyze

    done = reanalyze(run, analyzer, write=not print_only)
    if done.left_alone:
        say(f"{done.left_alone}; the folder is left as it is, only the numbers are printed", err=True)
    for one in done.experiments:
        for note in one.notes:
            say(f"{one.label}: {note}")
    print_results([(one.label, analysis) for one in done.experiments for analysis in one.analyses])
    print_arrays(done.experiments)
    if not (print_only or done.left_alone):
        say(f"run folder: {done.path}")
    if problems := [f"{one.label}: {one.problem}" for one in done.experiments if one.problem]:
        raise AnalysisError("; ".join(problems))
