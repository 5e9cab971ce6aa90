"""
A run from Python that has a folder: its analysis is kept there as that of a run file is.

It is made when the outcomes are there, by the analyzer of the experiment, so that ``oqx runs`` and ``oqx history`` know
it whatever becomes of this process. `ExperimentResult.analyze` writes nothing: one may look with any analyzer.
"""

from __future__ import annotations

import logging
import shlex
from pathlib import Path
from typing import Any

from attrs import define

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.whole_numbers import as_whole
from oqtopus_experiments.errors import OqtopusExperimentsError, PluginFault
from oqtopus_experiments.execution import _submission as submission
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.execution._outputs import finish_run, write_experiment
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.execution._resume import is_settled
from oqtopus_experiments.execution._submitted import SubmittedExperiment
from oqtopus_experiments.plugins import _listeners as listeners
from oqtopus_experiments.plugins._experiment_calls import default_shots_of
from oqtopus_experiments.plugins._fence import log_traceback
from oqtopus_experiments.runfile._config import DEFAULT_SHOTS
from oqtopus_experiments.storage._run_folder import RunFolder

logger = logging.getLogger(__name__)


def submit(
    experiment: Declaration,
    backend: Any,
    shots: int | None = None,
    *,
    name: str | None,
    runs: str | Path | bool | None,
    calibration: ExperimentResult | str | Path | None = None,
) -> SubmittedExperiment:
    """
    Submit one experiment, whose analysis is kept when it has a folder; see `Experiment.run` for the arguments.

    Raises:
        BackendError: When the backend cannot run it.
    """
    asked = (default_shots_of(experiment) or DEFAULT_SHOTS) if shots is None else as_whole(shots)
    return submission.submit(experiment, backend, asked, name=name, runs=runs, ended=_Keeper(), calibration=calibration)


@define
class _Keeper:
    """Keeps the analysis of one run, once: a result may be asked for again."""

    done: bool = False

    def __call__(self, submitted: SubmittedExperiment, result: ExperimentResult) -> None:
        """Analyze and write; what goes wrong is logged: the counts are on disk and the result is the caller's."""
        if submitted.journal is None or self.done:
            return
        folder, label = RunFolder(submitted.journal.path.parent), submitted.batch.name
        queued = submitted.backend is not None and submitted.backend.queued
        complete = not queued or is_settled(submitted.experiment, submitted.journal)
        try:
            keep(folder, label, result, chosen_analyzer(result.experiment), complete=complete)
        except OqtopusExperimentsError as error:
            if isinstance(error, PluginFault):
                log_traceback(error)
            again = f"oqx analyze {shlex.quote(str(folder.path))}"
            logger.warning("%s: the counts are kept, their analysis is not: %s. Try again: %s", label, error, again)
        else:
            self.done = True


def keep(folder: RunFolder, label: str, result: ExperimentResult, analyzer: Analyzer, *, complete: bool) -> None:
    """
    Analyze the one result of a run, write its files, and tell whoever listens that it has ended.

    Raises:
        StoreError: When the files cannot be written.
    """
    with folder.locked():
        experiment = write_experiment(folder, label, result, analyzer)
        finish_run(folder, [experiment], complete=complete)
    if experiment.problem:
        logger.warning("%s: the counts are kept, without an analysis: %s", label, experiment.problem)
    origin = result.provenance
    listeners.experiment_finished(label, experiment, result.experiment, origin, folder.section_path(label))
    listeners.run_finished(label, [experiment], origin, folder.path, complete=complete)
