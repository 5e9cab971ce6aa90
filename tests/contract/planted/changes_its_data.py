"""Planted: error bars are widened in place."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class ChangesItsData(LeastSquares):
    """Widens the errors of the data that it was given."""

    name: ClassVar[str] = "changes-its-data"

    def analyze(self, experiment, dataset):
        dataset.stderr[:] *= 1.1
        return super().analyze(experiment, dataset)


@hookimpl
def register_analyzers():
    return [ChangesItsData]
