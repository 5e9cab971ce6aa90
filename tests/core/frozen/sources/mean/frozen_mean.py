"""An analyzer of version 1.0 of the contract: a mean for each series, and the signal as an array."""

from __future__ import annotations

from typing import Any, ClassVar

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
    gt,
    hookimpl,
    parameter,
)


@frozen(kw_only=True)
class Mean(Analyzer):
    """The mean of each series."""

    name: ClassVar[str] = "frozen-mean"
    scale: float = parameter(1.0, gt(0), help="factor on all means")

    def analyze(self, experiment: Any, dataset: Any) -> list[Analysis]:
        """Return the means, with the error that the shots leave."""
        analyses = []
        ways = np.array([point["way"] for point in dataset.sweep.points()])
        waits = sorted({float(point["wait"]) for point in dataset.sweep.points()})
        for target, mean, stderr in zip(dataset.targets, dataset.mean, dataset.stderr, strict=True):
            quantities, rows, errors = [], [], []
            for way in ("up", "down"):
                here = (ways == way) & np.isfinite(mean)
                error = float(np.sqrt((stderr[here] ** 2).sum()) / here.sum())
                quantities.append(Quantity(f"mean_{way}", self.scale * float(mean[here].mean()), self.scale * error))
                rows.append(mean[ways == way])
                errors.append(stderr[ways == way])
            dimensions = [Dimension("way", ["up", "down"]), Dimension("wait", waits, "ns")]
            array = QuantityArray("signal_map", np.array(rows), np.array(errors), dimensions)
            missing = int(np.sum(~np.isfinite(mean)))
            level = "suspect" if missing else "good"
            verdict = Verdict([Reason("averaged", f"the mean over the sweep; {missing} points are missing", level)])
            analyses.append(Analysis(target, quantities, verdict, arrays=[array]))
        return analyses


@hookimpl
def register_analyzers() -> list[type[Mean]]:
    """Return the analyzer."""
    return [Mean]
