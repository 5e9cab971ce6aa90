"""``oqx resume``, ``oqx jobs``, ``oqx cancel``: runs whose jobs outlive the process that started them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli.printing import console, say, say_json
from oqtopus_experiments.cli.run_argument import RUN

if TYPE_CHECKING:
    from oqtopus_experiments.backend import PartState


@click.command()
@RUN
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop waiting then; jobs go on.")
def resume(run: Path, timeout: float | None) -> None:
    """Go on with RUN where it stopped: submit what was not submitted, fetch what was not fetched."""
    from oqtopus_experiments.cli.running import finish
    from oqtopus_experiments.resume import reopen

    config, folder = reopen(run)
    say(f"{config.name}: going on with {folder.path} on {config.backend.name}")
    finish(config, folder, timeout)


@click.command()
@RUN
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def jobs(run: Path, as_json: bool) -> None:
    """Show the jobs of RUN and their states; submits and fetches nothing."""
    import attrs

    found = _states(run)
    if as_json:
        say_json([{"experiment": label, **attrs.asdict(state)} for label, state in found])
        return
    from rich.table import Table

    table = Table("experiment", "circuit", "job", "status", "detail")
    for label, state in found:
        table.add_row(label, str(state.index), state.job_id, state.status, state.detail)
    console().print(table)
    counted = Counter(state.status for _, state in found)
    say(f"{len(found)} jobs: " + (", ".join(f"{n} {status}" for status, n in counted.items()) or "none"))


@click.command()
@RUN
def cancel(run: Path) -> None:
    """Cancel the jobs of RUN that have not ended; what is not submitted yet never will be."""
    from oqtopus_experiments.cli.interrupt import resume_command
    from oqtopus_experiments.resume import reopen

    config, folder = reopen(run)
    asked = 0
    for entry in config.experiments:
        with folder.writing(entry.label) as section:
            asked += config.backend.cancel(section)
    say(f"{asked} jobs cancelled; collect those that had ended with: {resume_command(folder)}")


def _states(run: Path) -> list[tuple[str, PartState]]:
    from oqtopus_experiments.resume import reopen

    config, folder = reopen(run)
    return [
        (entry.label, state)
        for entry in config.experiments
        for state in config.backend.jobs(folder.recorded(entry.label))
    ]
