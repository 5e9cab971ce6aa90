"""The figures of one experiment as files, in memory: whoever keeps them writes these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.reporting.figures import _possible as possible
from oqtopus_experiments.reporting.figures._about import About
from oqtopus_experiments.reporting.figures._drawn import render
from oqtopus_experiments.reporting.figures._shown import Shown

DATA = "figure.json"
"""What the figure shows, as JSON: the report draws it where scripts run."""
KINDS: tuple[Literal["png", "svg"], ...] = ("png", "svg")


def figure_files(
    label: str, dataset: Dataset, analyses: Sequence[Analysis], about: About, device: DeviceInfo | None = None
) -> dict[str, bytes]:
    """
    Return every figure as PNG and SVG by the name of its file, and its data, which is there without matplotlib too.

    Args:
        label: Name of the experiment in its run.
        dataset: Its points.
        analyses: One per target, or none.
        about: Where the points come from, for the small print.
        device: On which the qubits are, for the chip; None where nobody knows.
    """
    shown = Shown(label, dataset, analyses, about, device)
    files = {DATA: shown.data()}
    if possible.why_not():
        return files
    return files | {f"{name}.{kind}": render(made, kind) for name, made in shown.drawn().items() for kind in KINDS}
