"""``oqx runs``: the run folders there are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli._moments import local_time, time_head
from oqtopus_experiments.cli._printing import console, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from oqtopus_experiments.storage._summary import Summary


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"))
def runs(folder: Path) -> None:
    """List the runs in FOLDER (default: runs): name, time, backend, verdicts."""
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.storage._summary import Siblings, list_runs

    found, damaged = list_runs(folder)
    columns = Col("run", copied=True), Col(time_head()), Col("name", wraps=True), Col("backend")
    table = Sheet((*columns, Col("verdicts", wraps=True)))
    for run in found:
        time = local_time(run.created)
        if isinstance(run, Siblings):
            told = f"{run.manifest.kind} of {len(run.manifest.members)}, {len(run.runs)} begun: "
            backend = run.manifest.members[0].manifest.backend_name
            table.add(run.path.name, time, run.name, backend, _verdicts(run.runs, told))
        else:
            table.add(run.path.name, time, run.name, run.backend, _verdicts([run]))
    if found:
        console().show(table)
    else:
        say(f"no runs in {folder}")
    for error in damaged:
        say(f"not readable: {error}", err=True)


def _verdicts(runs: Sequence[Summary], told: str = "") -> Text:
    from rich.text import Text

    from oqtopus_experiments.cli._tables import COLORS, coloured
    from oqtopus_experiments.contracts.verdict import LEVELS

    levels = [analysis.verdict.level for run in runs for analyses in run.analyses.values() for analysis in analyses]
    words = [coloured(f"{levels.count(level)} {level}", COLORS[level]) for level in LEVELS if level in levels]
    words += [coloured(state, "") for state in dict.fromkeys(run.state for run in runs) if state != "analyzed"]
    return Text(told) + Text(", ").join(words)
