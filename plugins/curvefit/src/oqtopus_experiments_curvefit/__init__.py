"""Likelihood fits of lmfit models to the counts of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import Analysis, Analyzer, Dataset, Declaration, hookimpl, parameter


@frozen(kw_only=True)
class CurveFit(Analyzer):
    """
    Fits the experiment's `FitModel` to each target by maximum likelihood.

    Two-valued signals are binomial, others normal with the standard error of their mean; the weights come from the
    shots, never from the scatter of the points.

    Args:
        intervals: Also profile-likelihood intervals (one sigma) of the fitted parameters, not of derived
            quantities; they cost some hundred more evaluations each.
    """

    name: ClassVar[str] = "curvefit"
    intervals: bool = parameter(False, help="also profile-likelihood intervals of the fitted parameters")

    def analyze(self, experiment: Declaration, dataset: Dataset) -> Sequence[Analysis]:
        """
        Return one analysis per target.

        Raises:
            AnalysisError: When the experiment has no fit model, or the model does not go with its sweep.
        """
        from oqtopus_experiments_curvefit._analysis import analyze

        return analyze(experiment, dataset, intervals=self.intervals)

    def forecast(self, experiment: Declaration, truth: Mapping[str, float], shots: int) -> Analysis:
        """
        Return the standard errors to expect: the inverse Fisher information of the model at an assumed truth.

        Of random circuits it is their shot noise alone; how far they scatter is not known before they are measured.

        Raises:
            AnalysisError: Without a model or a value of each parameter, for a truth that cannot be, and for signals of
                more than two values.
        """
        from oqtopus_experiments_curvefit._forecast import forecast

        return forecast(experiment, truth, shots)


@hookimpl
def register_analyzers() -> list[type[Analyzer]]:
    """Return the analyzer of this plugin."""
    return [CurveFit]
