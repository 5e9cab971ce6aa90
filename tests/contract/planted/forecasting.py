"""A sound analyzer with a forecast: the errors of a fit to counts that are as expected."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class Forecasting(LeastSquares):
    """Says before a measurement what it would come to."""

    name: ClassVar[str] = "forecasting"

    def forecast(self, experiment, truth, shots):
        delays = experiment.sweep().grid()["delay"]
        expected = truth["contrast"] * np.exp(-delays / truth["lifetime"])
        return self.analyzed(experiment.targets[0], delays, expected, np.full(len(delays), shots))


@hookimpl
def register_analyzers():
    return [Forecasting]
