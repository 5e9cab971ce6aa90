"""``oqx resume``, ``oqx jobs``, ``oqx cancel``: runs whose jobs outlive the process that started them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli._after_run import end_by_verdict, every, fail_on
from oqtopus_experiments.cli._printing import console, say, say_json
from oqtopus_experiments.cli._run_argument import RUN, RUN_MEANS
from oqtopus_experiments.errors import BackendError

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.job import PartState


@click.command(epilog=RUN_MEANS)
@RUN
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop waiting then; jobs go on.")
@click.option("--failed", is_flag=True, help="Submit the points that failed or were cancelled again.")
@fail_on
@every
def resume(run: Path, timeout: float | None, failed: bool, every: bool, fail_on: str | None) -> None:
    """Go on with RUN where it stopped: submit what was not submitted, fetch what was not fetched."""
    from oqtopus_experiments.cli._interrupt import failed_command
    from oqtopus_experiments.cli._several import resume_and_watch
    from oqtopus_experiments.cli._watching import watched
    from oqtopus_experiments.execution import _pipeline as pipeline
    from oqtopus_experiments.execution._finished_run import stored_run
    from oqtopus_experiments.execution._resume import outcomes_of, reopen, send_again
    from oqtopus_experiments.storage._parent import ParentFolder

    if (parent := ParentFolder.open(run)) is not None:
        end_by_verdict(resume_and_watch(parent, timeout, failed=failed), fail_on)
        return
    config, folder = reopen(run)
    if failed:
        number = send_again(config, folder)
        say(f"{config.name}: {number} points that failed or were cancelled are submitted again")
    done = outcomes_of(config, folder)
    if done is not None and (folder.path / "report.html").exists():
        counted, missing = done
        rest = f", {missing} failed; submit those again with: {failed_command(folder.path)}" if missing else ""
        say(f"{config.name}: everything is here already, nothing was done: {counted} circuits have counts{rest}")
        end_by_verdict(stored_run(run).experiments, fail_on)
        return
    with watched(going_on=True) as observer:
        finished = pipeline.go_on(config, folder, observer, timeout=timeout)
    observer.finished(finished, every=every)
    end_by_verdict(finished.experiments, fail_on)


@click.command(epilog=RUN_MEANS)
@RUN
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def jobs(run: Path, as_json: bool) -> None:
    """Show the jobs of RUN and their states; submits and fetches nothing."""
    import attrs

    found = _states(run)
    if as_json:
        say_json([{"experiment": label, **attrs.asdict(state)} for label, state in found])
        return
    from oqtopus_experiments.cli._sheets import Col, Sheet

    columns = Col("experiment"), Col("circuit", right=True), Col("job", copied=True), Col("status")
    table = Sheet((*columns, Col("detail", wraps=True)))
    for label, state in found:
        table.add(label, str(state.index), state.job_id, state.status, state.detail)
    console().show(table)
    counted = Counter(sorted(state.status for _, state in found)).most_common()
    say(f"{len(found)} jobs: " + (", ".join(f"{n} {status}" for status, n in counted) or "none"))


@click.command(epilog=RUN_MEANS)
@RUN
def cancel(run: Path) -> None:
    """Cancel the jobs of RUN that have not ended; what is not submitted yet never will be."""
    from oqtopus_experiments.cli._interrupt import cancel_all, failed_command, resume_command
    from oqtopus_experiments.cli._several import cancel_parent
    from oqtopus_experiments.execution._resume import reopen
    from oqtopus_experiments.storage._parent import ParentFolder

    if (parent := ParentFolder.open(run)) is not None:
        cancel_parent(parent)
        return
    config, folder = reopen(run)
    if not config.backend.queued:
        message = f"backend {config.backend.name!r} keeps no jobs: there is nothing to cancel"
        raise BackendError(message)
    problems = cancel_all(config, folder, err=False)
    say(f"nothing more is submitted. Collect what had ended with: {resume_command(folder.path)}")
    say(f"submit what was cancelled again with: {failed_command(folder.path)}")
    if problems:
        message = f"some jobs could not be cancelled; try again with: oqx cancel {folder.path}"
        raise BackendError(message)


def _states(run: Path) -> list[tuple[str, PartState]]:
    from oqtopus_experiments.execution._resume import job_states, reopen
    from oqtopus_experiments.storage._parent import member_paths

    opened = [(path.name + "/" if path != run else "", *reopen(path)) for path in member_paths(run)]
    return [
        (f"{member}{entry.label}", state)
        for member, config, folder in opened
        for entry in config.experiments
        for state in job_states(config.backend, folder.journal(entry.label))
    ]
