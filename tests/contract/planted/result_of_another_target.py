"""Planted: targets are taken from a set, whose order is another."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class ResultOfAnotherTarget(LeastSquares):
    """Each target has the result of the one before it."""

    name: ClassVar[str] = "result-of-another-target"

    def analyze(self, experiment, dataset):
        found = super().analyze(experiment, dataset)
        return [attrs.evolve(found[index - 1], target=target) for index, target in enumerate(dataset.targets)]


@hookimpl
def register_analyzers():
    return [ResultOfAnotherTarget]
