"""Likelihood fits of lmfit models to the counts of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from attrs import Factory, frozen

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Analyzer,
    Correction,
    Dataset,
    Declaration,
    ParameterError,
    hookimpl,
    parameter,
)


def as_table(given: Any) -> dict[str, Any]:
    """Return what was given by name, in plain values; infinite bounds as None, which any file holds."""
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        message = f"must be values by name of the parameter, as {{offset = 0.02}}, not {given!r:.60}"
        raise ValueError(message)
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [None if isinstance(one, float) and abs(one) == float("inf") else one for one in value]
    return value


@frozen(kw_only=True)
class CurveFit(Analyzer):
    """
    Fits the experiment's `FitModel` to each target by maximum likelihood.

    Two-valued signals are binomial, others normal with the standard error of their mean; the weights come from the
    shots, never from the scatter of the points.

    Args:
        intervals: Also profile-likelihood intervals (one sigma) of the fitted parameters, not of derived
            quantities; they cost some hundred more evaluations each.
        guess: Starting values of parameters of the model by name, instead of those that it guesses: numbers in the
            units of the model, or texts such as ``"20 us"``.
        fixed: Values at which parameters are held. They are not measured: tables say ``(held)``.
        bounds: Lower and upper bound of parameters, ``inf`` where one side is free.
    """

    name: ClassVar[str] = "curvefit"
    by_target: ClassVar[bool] = True
    intervals: bool = parameter(False, help="also profile-likelihood intervals of the fitted parameters")

    guess: Mapping[str, Any] = parameter(Factory(dict), converter=as_table, help="where parameters start, by name")
    fixed: Mapping[str, Any] = parameter(Factory(dict), converter=as_table, help="parameters held at a value, by name")
    bounds: Mapping[str, Any] = parameter(
        Factory(dict), converter=as_table, help="[low, high] of parameters, by name; inf where one side is free"
    )

    def check_options(self, experiment: Declaration) -> None:
        """
        Refuse names that are not parameters of the model, and values that are none of theirs.

        Raises:
            ParameterError: Its field is as ``fixed.offset``.
            AnalysisError: When the experiment has no fit model.
        """
        if self._says_something:
            from oqtopus_experiments_curvefit._by_hand import by_hand

            by_hand(experiment, self.guess, self.fixed, self.bounds)

    @property
    def _says_something(self) -> bool:
        return bool(self.guess or self.fixed or self.bounds)

    def analyze(self, experiment: Declaration, dataset: Dataset) -> Sequence[Analysis]:
        """
        Return one analysis per target.

        Raises:
            AnalysisError: When the experiment has no fit model, the model does not go with its sweep, or guess, fixed
                and bounds do not go with the model.
        """
        from oqtopus_experiments_curvefit._analysis import analyze
        from oqtopus_experiments_curvefit._by_hand import by_hand

        try:
            said = by_hand(experiment, self.guess, self.fixed, self.bounds) if self._says_something else None
        except ParameterError as error:
            message = f"{error.field}: {error}"
            raise AnalysisError(message) from error
        return analyze(experiment, dataset, intervals=self.intervals, said=said)

    def forecast(
        self,
        experiment: Declaration,
        truth: Mapping[str, float],
        shots: int,
        correction: Correction | None = None,
    ) -> Analysis:
        """
        Return the standard errors to expect: the inverse Fisher information of the model at an assumed truth.

        Of random circuits it is their shot noise alone; how far they scatter is not known before they are measured.

        Raises:
            AnalysisError: Without a model or a value of each parameter, for a truth that cannot be, and for signals of
                more than two values.
        """
        from oqtopus_experiments_curvefit._by_hand import by_hand
        from oqtopus_experiments_curvefit._forecast import forecast

        said = by_hand(experiment, self.guess, self.fixed, self.bounds) if self._says_something else None
        return forecast(experiment, truth, shots, said, correction)


@hookimpl
def register_analyzers() -> list[type[Analyzer]]:
    """Return the analyzer of this plugin."""
    return [CurveFit]
