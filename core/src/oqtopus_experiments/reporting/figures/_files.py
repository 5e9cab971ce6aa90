"""The figures of one experiment as files, in memory: whoever keeps them writes these."""

from __future__ import annotations

from typing import Literal

from oqtopus_experiments.reporting.figures import _possible as possible
from oqtopus_experiments.reporting.figures._drawn import render
from oqtopus_experiments.reporting.figures._shown import Shown

DATA = "figure.json"
"""What the figure shows, as JSON: the report draws it where scripts run."""
KINDS: tuple[Literal["png", "svg"], ...] = ("png", "svg")


def figure_files(shown: Shown) -> dict[str, bytes]:
    """Return every figure as PNG and SVG by the name of its file, and its data, which needs no matplotlib."""
    files = {DATA: shown.data()}
    if possible.why_not():
        return files
    return files | {f"{name}.{kind}": render(made, kind) for name, made in shown.drawn().items() for kind in KINDS}
