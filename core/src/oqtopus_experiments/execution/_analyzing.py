"""Which analyzer an experiment is analyzed by, and what comes of it: analyses, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import AnalysisError, PluginFault
from oqtopus_experiments.plugins._fence import log_traceback
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile._analyzers import with_fit


def chosen_analyzer(
    experiment: Declaration, analyzer: str | Analyzer | None = None, fit: Mapping[str, Any] | None = None
) -> Analyzer:
    """
    Return the analyzer that was chosen, or else that of the experiment, or the default of what is installed.

    Args:
        experiment: What it is to analyze.
        analyzer: Its name, or one with options.
        fit: What is said of the fit, as `[experiments.fit]` of a run file has it.

    Raises:
        PluginError: When there is no such analyzer.
        ConfigError: For what it does not take, or does not go with the experiment.
    """
    chosen = analyzer if analyzer is not None else analyzer_name(experiment)
    made: Analyzer = registry().get("analyzer", chosen)() if isinstance(chosen, str) else chosen
    return made if fit is None else with_fit(made, fit, experiment)


def analyzer_name(experiment: Declaration) -> str:
    """Return the name of the analyzer of an experiment where nobody chose one; PluginError when none is installed."""
    return experiment.analyzer or registry().default("analyzer")


def analyzed(label: str, analyze: Callable[[], Sequence[Analysis]], notes: Sequence[str] = ()) -> AnalyzedExperiment:
    """
    Return what an analysis came to; that the analyzer does not fit, or fails, is the problem of the experiment.

    Args:
        label: Name of the experiment in its run.
        analyze: Analyzes it.
        notes: What a person should know of what came back.
    """
    try:
        return AnalyzedExperiment(label, tuple(analyze()), notes=tuple(notes))
    except (AnalysisError, PluginFault) as error:
        log_traceback(error)
        return AnalyzedExperiment(label, problem=str(error), notes=tuple(notes))
