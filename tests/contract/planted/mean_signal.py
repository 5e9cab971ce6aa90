"""A sound analyzer that needs no model: the mean over the points, and each point in an array."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Dimension,
    Quantity,
    QuantityArray,
    Reason,
    Verdict,
    hookimpl,
    parameter,
)  # fmt: skip


@frozen(kw_only=True)
class MeanSignal(Analyzer):
    """The mean over all points; without one of them there is none."""

    name: ClassVar[str] = "mean-signal"
    least: float = parameter(0.1, help="mean below which it is suspect")

    def analyze(self, experiment, dataset):
        (axis,) = dataset.sweep.axes
        dimension = Dimension(axis.name, axis.values.tolist(), axis.unit)
        analyses = []
        for target, mean, stderr in zip(dataset.targets, dataset.mean, dataset.stderr, strict=True):
            value, error = float(mean.mean()), float(np.sqrt((stderr**2).sum()) / len(mean))
            reason = Reason("read", "all points were read", "good" if value > self.least else "suspect")
            if np.isnan(value):
                reason = Reason("missing_points", "not all points were read", "bad")
            array = QuantityArray("signal_by_point", mean, stderr, [dimension])
            analyses.append(Analysis(target, [Quantity("mean", value, error)], Verdict([reason]), arrays=[array]))
        return analyses


@hookimpl
def register_analyzers():
    return [MeanSignal]
