"""
What is asked of an analyzer, each question behind a fence; its answers are checked here too.

On the way it calls the model of an experiment, whose author may be another: a fence blames the one whose code failed.
"""

from __future__ import annotations

from collections.abc import Mapping

from oqtopus_experiments.contracts import sound_analyses
from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.correction import Correction
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import AnalysisError, ParameterError, PluginError
from oqtopus_experiments.plugins._fence import fence


def analyses_of(analyzer: Analyzer, experiment: Declaration, dataset: Dataset) -> tuple[Analysis, ...]:
    """
    Return one sound analysis per target.

    Raises:
        AnalysisError: When the analyzer does not fit the experiment.
        PluginFault: When its code or that of the experiment's model fails, or what it gives is unsound.
    """
    with _asking(analyzer, "analyze", experiment):
        found = analyzer.analyze(experiment, dataset)
        if problem := sound_analyses.problem(found, dataset.targets, dataset.sweep.size):
            message = f"{type(analyzer).__name__}.analyze {problem}"
            raise PluginError(message)
        return tuple(found)


def check_options(analyzer: Analyzer, experiment: Declaration) -> None:
    """
    Refuse options of an analyzer that do not go with an experiment; see `Analyzer.check_options`.

    Raises:
        ParameterError: Its field names the option.
        AnalysisError: When the analyzer does not fit the experiment at all.
        PluginFault: When its code or that of the experiment's model fails.
    """
    passing = (AnalysisError, ParameterError)
    place = f"of {experiment.name!r}"
    with fence("check_options", type(analyzer), place, passing=passing, others=(type(experiment),)):
        analyzer.check_options(experiment)


def forecast_of(
    analyzer: Analyzer,
    experiment: Declaration,
    truth: Mapping[str, float],
    shots: int,
    correction: Correction | None = None,
) -> Analysis:
    """
    Return what an experiment with one target is expected to come to; see `Analyzer.forecast`.

    Raises:
        AnalysisError: When the analyzer cannot say.
        PluginFault: When its code or that of the experiment's model fails, or what it gives is unsound.
    """
    with _asking(analyzer, "forecast", experiment):
        # Analyzers that were written before there were mitigations take no such argument.
        mitigated = {} if correction is None else {"correction": correction}
        found = analyzer.forecast(experiment, truth, shots, **mitigated)
        if problem := sound_analyses.problem([found], experiment.targets, experiment.sweep().size):
            message = f"{type(analyzer).__name__}.forecast {problem}"
            raise PluginError(message)
        return found


def _asking(analyzer: Analyzer, what: str, experiment: Declaration) -> fence:
    """Return the fence around a question to an analyzer: on the way it calls the model of an experiment."""
    place = f"of {experiment.name!r}"
    return fence(what, type(analyzer), place, passing=(AnalysisError,), others=(type(experiment),))
