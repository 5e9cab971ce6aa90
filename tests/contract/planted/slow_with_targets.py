"""Planted: all targets are looked at again for each of them."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import hookimpl

from .mean_signal import MeanSignal


@frozen(kw_only=True)
class SlowWithTargets(MeanSignal):
    """Takes the square of the number of targets."""

    name: ClassVar[str] = "slow-with-targets"

    def analyze(self, experiment, dataset):
        found = super().analyze(experiment, dataset)
        complete = [[np.isfinite(mean).all() for mean in dataset.mean] for _ in found]
        return found if len(complete) == len(found) else []


@hookimpl
def register_analyzers():
    return [SlowWithTargets]
