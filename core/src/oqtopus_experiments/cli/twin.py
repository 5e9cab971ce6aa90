"""What the twin of a device predicted, beside what the device showed."""

from __future__ import annotations

from oqtopus_experiments.analysis import Analysis
from oqtopus_experiments.cli.printing import say
from oqtopus_experiments.directory import Directory
from oqtopus_experiments.figures import possible
from oqtopus_experiments.result import ExperimentResult
from oqtopus_experiments.twin import Prediction, beside, figure


def show_beside(
    directory: Directory, label: str, result: ExperimentResult, analyses: tuple[Analysis, ...], prediction: Prediction
) -> None:
    """Print both values of every target, and write both curves into one figure, ``twin.png`` and ``twin.svg``."""
    for line in beside(analyses, prediction):
        say(f"{label}: {line}")
    if possible.why_not():
        return
    from oqtopus_experiments.figures import render

    drawn = figure(result, analyses, prediction)
    for kind in ("png", "svg"):
        directory.write(f"twin.{kind}", render(drawn, kind))
