"""``oqx doctor``: what may be wrong here, each line with the next step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli._exit_codes import FAILED
from oqtopus_experiments.cli._names import backends
from oqtopus_experiments.cli._printing import say, say_json
from oqtopus_experiments.cli._run_argument import parsed_file

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.backend import Backend


@click.command()
@click.argument("file", required=False, type=click.Path(), callback=parsed_file)
@click.option("--backend", metavar="NAME", help="Look at this backend, and ask its device.", shell_complete=backends)
@click.option("--runs", type=click.Path(path_type=Path, file_okay=False), help="Folder for run folders.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), default=10.0, metavar="SECONDS", show_default=True,
    help="How long the device may take to answer.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def doctor(file: Path | None, backend: str | None, runs: Path | None, timeout: float, as_json: bool) -> int:
    """
    Look for what may be wrong: versions, plugins, credentials, file system, clock; with FILE or --backend its device.

    Each line is ok, a warning or a problem, with the next step. Nothing is run, and no secret is shown. The exit code
    is 1 when there is a problem.
    """
    import attrs

    from oqtopus_experiments.execution.doctor._examination import examine

    chosen, folder = _chosen(file, backend)
    found = []
    for finding in examine(chosen, runs or folder, timeout):
        found.append(finding)
        if not as_json:
            say(f"{finding.level:8}{finding.probe + ':':14}{finding.text}", bold=finding.level == "problem")
            if finding.step:
                say(f"{'':8}{'':14}-> {finding.step}")
    if as_json:
        say_json([attrs.asdict(finding) for finding in found])
    return FAILED if any(finding.level == "problem" for finding in found) else 0


def _chosen(file: Path | None, backend: str | None) -> tuple[Backend | None, Path]:
    """Return the backend to look at, where one is named, and the folder of run folders."""
    if file is not None:
        from oqtopus_experiments.cli._run import load_any
        from oqtopus_experiments.runfile._config import SeveralRuns

        found = load_any(file, backend, None, ())
        config = found.first if isinstance(found, SeveralRuns) else found
        return config.backend, config.runs
    if backend is None:
        return None, Path("runs")
    from oqtopus_experiments.plugins._options import construct
    from oqtopus_experiments.plugins._registry import registry

    return construct(registry().get("backend", backend), {}), Path("runs")
