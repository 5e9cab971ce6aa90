"""The files made from a result: tables as CSV, figures as PNG and SVG."""

from __future__ import annotations

import importlib.util
import io
import logging
from collections.abc import Sequence
from pathlib import Path

from oqtopus_experiments.analysis import Analysis
from oqtopus_experiments.result import ExperimentResult
from oqtopus_experiments.store import write_bytes, write_text
from oqtopus_experiments.table import to_frame

logger = logging.getLogger(__name__)


def write_tables(folder: Path, result: ExperimentResult, analyses: Sequence[Analysis]) -> None:
    """Write ``table.csv`` (one row per target) and ``points.csv`` (one row per target and point)."""
    write_text(folder / "table.csv", to_frame(result.dataset, analyses).to_csv(index=False))
    write_text(folder / "points.csv", result.dataset.to_frame().to_csv(index=False))


def write_figures(folder: Path, result: ExperimentResult, analyses: Sequence[Analysis]) -> None:
    """Write ``figure.png`` and ``figure.svg``; without matplotlib, say how to get them and go on."""
    if importlib.util.find_spec("matplotlib") is None:
        logger.warning("no figures: matplotlib is missing; try: pip install 'oqtopus-experiments[plot]'")
        return
    from oqtopus_experiments.figures import figure

    drawn = figure(result.experiment, result.dataset, analyses)
    for kind in ("png", "svg"):
        buffer = io.BytesIO()
        drawn.savefig(buffer, format=kind, dpi=150)
        write_bytes(folder / f"figure.{kind}", buffer.getvalue())
