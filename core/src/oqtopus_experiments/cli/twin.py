"""What the twin of a device predicted, beside what the device showed."""

from __future__ import annotations

from oqtopus_experiments.cli.printing import say
from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.execution.result import ExperimentResult
from oqtopus_experiments.execution.twin import Prediction, beside, figure
from oqtopus_experiments.reporting.figures import possible
from oqtopus_experiments.support.directory import Directory


def show_beside(
    directory: Directory, label: str, result: ExperimentResult, analyses: tuple[Analysis, ...], prediction: Prediction
) -> None:
    """Print both values of every target, and write both curves into one figure, ``twin.png`` and ``twin.svg``."""
    for line in beside(analyses, prediction):
        say(f"{label}: {line}")
    if possible.why_not():
        return
    from oqtopus_experiments.reporting.figures import render

    drawn = figure(result, analyses, prediction)
    for kind in ("png", "svg"):
        directory.write(f"twin.{kind}", render(drawn, kind))
