"""What the twin of a device predicted, beside what the device showed."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

import click

from oqtopus_experiments.analysis import Analysis
from oqtopus_experiments.result import ExperimentResult
from oqtopus_experiments.store import write_bytes
from oqtopus_experiments.twin import Prediction, beside, figure


def show_beside(
    folder: Path, label: str, result: ExperimentResult, analyses: tuple[Analysis, ...], prediction: Prediction
) -> None:
    """Print both values of every target, and write both curves into one figure, ``twin.png`` and ``twin.svg``."""
    for line in beside(analyses, prediction):
        click.echo(f"{label}: {line}")
    if importlib.util.find_spec("matplotlib") is None:
        return
    drawn = figure(result, analyses, prediction)
    for kind in ("png", "svg"):
        buffer = io.BytesIO()
        drawn.savefig(buffer, format=kind, dpi=150)
        write_bytes(folder / f"twin.{kind}", buffer.getvalue())
