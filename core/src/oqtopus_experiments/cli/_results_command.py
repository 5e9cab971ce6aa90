"""``oqx results``: what a run came to, as it is stored; nothing is analyzed, and no plugin is needed."""

from __future__ import annotations

from pathlib import Path

import click

from oqtopus_experiments.cli._after_run import end_by_verdict, every, fail_on, print_outcome
from oqtopus_experiments.cli._names import run_names
from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.cli._run_argument import RUN_MEANS, run_folder


@click.command(epilog=RUN_MEANS)
@click.argument("run", metavar="[RUN]", required=False, type=run_folder, shell_complete=run_names)
@fail_on
@every
def results(run: Path | None, every: bool, fail_on: str | None) -> None:
    """Show the numbers and verdicts of RUN (default: latest) as they are stored."""
    from oqtopus_experiments.cli._several import print_siblings
    from oqtopus_experiments.execution._finished_run import stored_experiments
    from oqtopus_experiments.storage._parent import ParentFolder, member_paths
    from oqtopus_experiments.storage._summary import read_summary

    run = run or run_folder("latest")
    if ParentFolder.open(run) is not None:
        print_siblings(run)
        in_all = [one for path in member_paths(run) for one in stored_experiments(read_summary(path))]
        end_by_verdict(in_all, fail_on)
        return
    found = read_summary(run)
    experiments = stored_experiments(found)
    print_outcome(experiments, run, every=every)
    if found.state != "analyzed":
        say(f"{found.state}; go on with: oqx resume {run}")
    end_by_verdict(experiments, fail_on)
