"""Planted: a log of fits in the folder where one happens to be."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class WritesAFile(LeastSquares):
    """Leaves a file behind."""

    name: ClassVar[str] = "writes-a-file"

    def analyze(self, experiment, dataset):
        Path("fit.log").write_text(f"{len(dataset.targets)} targets")
        return super().analyze(experiment, dataset)


@hookimpl
def register_analyzers():
    return [WritesAFile]
