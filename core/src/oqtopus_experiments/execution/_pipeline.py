"""
From a checked run to its results: circuits, submission, outcomes, analysis, files. Whoever watches is an observer.

The outcomes of all experiments are on disk before any is analyzed; what fails in one is the problem of that one alone.

A fresh run, a resumed one and one that is run from Python all come through here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.deadline import Deadline, within
from oqtopus_experiments.errors import BackendError, CalibrationError, PluginFault
from oqtopus_experiments.execution._calibrations import Calibrations
from oqtopus_experiments.execution._finished_run import FinishedRun
from oqtopus_experiments.execution._kept_device import device_at_start
from oqtopus_experiments.execution._mitigation import Place
from oqtopus_experiments.execution._observer import Observer
from oqtopus_experiments.execution._outputs import finish_run, write_experiment, write_twin
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.execution._resume import lost_points, outcomes_of, reopen
from oqtopus_experiments.execution._submission import by_the_clock, checked, create_folder, submit_or_resume
from oqtopus_experiments.execution._submitted import SubmittedExperiment
from oqtopus_experiments.execution._twin import Prediction, beside, predict
from oqtopus_experiments.plugins import _listeners as listeners
from oqtopus_experiments.plugins._fence import log_traceback
from oqtopus_experiments.runfile._config import ConfiguredExperiment, RunConfig
from oqtopus_experiments.storage._device_file import keep_device
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._seal import lift


def run(
    config: RunConfig,
    observer: Observer | None = None,
    *,
    timeout: float | None = None,
    with_twin: bool = False,
    batches: Sequence[Batch] | None = None,
) -> FinishedRun:
    """
    Run all experiments and write everything into a new run folder.

    Args:
        config: The checked run file.
        observer: Who watches.
        timeout: Seconds until this gives up waiting, for answers of a service too; jobs behind a queue go on.
        with_twin: Whether to simulate the device first, and draw both together.
        batches: Those of this run, whose delays are by the clock then, where somebody has checked them just now.

    Raises:
        PluginError: When an experiment is unsound; nothing was submitted.
        BackendError: When the backend cannot run one of them; nothing was submitted.
        StoreError: When the run folder cannot be written.
    """
    watcher = observer or Observer()
    begun = _begun(config, watcher, timeout, batches, with_twin=with_twin)
    return _finish(begun.config, begun.folder, watcher, begun.left, begun.batches, begun.predictions)


def submit(
    config: RunConfig,
    observer: Observer | None = None,
    *,
    timeout: float | None = None,
    batches: Sequence[Batch] | None = None,
) -> tuple[RunConfig, RunFolder]:
    """
    Submit all experiments into a new run folder, and wait for none: `go_on` with what is returned does.

    An experiment that could not be submitted is submitted then, or has its problem.

    Args:
        config: The checked run file.
        observer: Who watches.
        timeout: Seconds until this gives up waiting for answers of a service.
        batches: As for `run`.

    Raises:
        PluginError: When an experiment is unsound; nothing was submitted.
        BackendError: When the backend cannot run one of them; nothing was submitted.
        StoreError: When the run folder cannot be written.
    """
    watcher = observer or Observer()
    begun = _begun(config, watcher, timeout, batches)
    with begun.folder.locked(), within(begun.left):
        watcher.started(begun.folder.path)
        try:
            submit_or_resume(begun.config, begun.folder, watcher.submitting, begun.batches)
        except KeyboardInterrupt:
            watcher.interrupted(begun.config, begun.folder.path)
            raise
    return begun.config, begun.folder


@frozen(eq=False)
class _Begun:
    """A run that has a folder; ``left`` are the seconds it may still take."""

    config: RunConfig
    folder: RunFolder
    batches: Sequence[Batch]
    predictions: Mapping[str, Prediction]
    left: float | None


def _begun(
    config: RunConfig,
    watcher: Observer,
    timeout: float | None,
    batches: Sequence[Batch] | None,
    *,
    with_twin: bool = False,
) -> _Begun:
    watcher.planned(config)
    with within(timeout) as deadline:
        if batches is None:
            config = by_the_clock(config)
            batches = checked(config)
        device = device_at_start(config.backend)
    left = None if timeout is None else deadline.left()
    predictions = predict(config) if with_twin else {}
    folder = create_folder(config)
    if device is not None:
        keep_device(folder, device)
    return _Begun(config, folder, batches, predictions, left)


def resume(path: Path, observer: Observer | None = None, *, timeout: float | None = None) -> FinishedRun:
    """
    Bring an interrupted run to its end from wherever its journals are.

    Args:
        path: Its run folder.
        observer: Who watches.
        timeout: Seconds to wait in all.

    Raises:
        StoreError: When there is no such run folder, it is damaged, or another process works on it.
        PluginError: When a plugin of the run is not installed.
    """
    return go_on(*reopen(path), observer, timeout=timeout)


def go_on(
    config: RunConfig, folder: RunFolder, observer: Observer | None = None, *, timeout: float | None = None
) -> FinishedRun:
    """Bring a run that was opened again to its end; see `resume`."""
    watcher = observer or Observer()
    watcher.planned(config)
    return _finish(config, folder, watcher, timeout)


def _finish(
    config: RunConfig,
    folder: RunFolder,
    observer: Observer,
    timeout: float | None,
    batches: Sequence[Batch] | None = None,
    predictions: Mapping[str, Prediction] | None = None,
) -> FinishedRun:
    # Held to the end, so that nobody analyzes beside it, or goes on with it while an observer asks a question.
    with folder.locked(), within(timeout) as ambient:
        deadline = None if timeout is None else ambient
        lift(folder)
        observer.started(folder.path)
        origin = folder.manifest().provenance
        results: dict[str, ExperimentResult] = {}
        try:
            handles = submit_or_resume(config, folder, observer.submitting, batches)
            calibrations = Calibrations(folder, Place.of(origin))
            watched = _Watched(config.name, folder, origin, observer, predictions or {}, results, calibrations)
            # All that was measured is safe before any code of an analyzer or a model runs.
            entries = [
                (entry, watched.collected(entry, handle, deadline))
                for entry, handle in zip(config.experiments, handles, strict=True)
            ]
            experiments = [watched.finished(entry, collected) for entry, collected in entries]
            complete = not config.backend.queued or outcomes_of(config, folder) is not None
            finish_run(folder, experiments, complete=complete)
        except KeyboardInterrupt:
            observer.interrupted(config, folder.path)
            raise
    # Nobody holds the folder any more: who is told may work on it.
    listeners.run_finished(config.name, experiments, origin, folder.path, complete=complete)
    return FinishedRun(folder.path, tuple(experiments), results, lost_points(config, folder), complete)


@frozen(eq=False)
class _Watched:
    """What is done to one experiment after the other, while somebody watches."""

    run: str
    folder: RunFolder
    provenance: Mapping[str, Any]
    observer: Observer
    predictions: Mapping[str, Prediction]
    results: dict[str, ExperimentResult]
    calibrations: Calibrations

    def collected(
        self,
        entry: ConfiguredExperiment,
        handle: SubmittedExperiment | BackendError | PluginFault,
        deadline: Deadline | None,
    ) -> Callable[[], ExperimentResult] | AnalyzedExperiment:
        """Wait for one experiment, and return what makes its result; or why it has none, which is its problem alone."""
        try:
            return _awaited(entry.label, handle, self.observer, deadline)
        except (BackendError, PluginFault) as error:
            failed = _failed(entry, error, measured=False)
            self.observer.analyzed(failed)
            return failed

    def finished(
        self, entry: ConfiguredExperiment, collected: Callable[[], ExperimentResult] | AnalyzedExperiment
    ) -> AnalyzedExperiment:
        """Bring one experiment to its end: analyze what was collected, and tell who wants to know."""
        done = collected if isinstance(collected, AnalyzedExperiment) else self._analyzed(entry, collected)
        place = self.folder.section_path(entry.label)
        listeners.experiment_finished(self.run, done, entry.experiment, self.provenance, place)
        return done

    def _analyzed(self, entry: ConfiguredExperiment, collected: Callable[[], ExperimentResult]) -> AnalyzedExperiment:
        try:
            result = self.results[entry.label] = self.calibrations.apply(entry.label, collected(), write=True)
            experiment = write_experiment(self.folder, entry.label, result, entry.analyzer)
            self.calibrations.note(entry.label, entry.experiment, experiment.analyses)
        except (BackendError, CalibrationError, PluginFault) as error:
            experiment = _failed(entry, error, measured=True)
        self.observer.analyzed(experiment)
        prediction = self.predictions.get(entry.label)
        if prediction is not None and experiment.analyses:
            self.observer.compared(entry.label, beside(experiment.analyses, prediction))
            write_twin(self.folder.directory(entry.label), result, experiment.analyses, prediction)
        return experiment


def _failed(
    entry: ConfiguredExperiment, error: BackendError | CalibrationError | PluginFault, *, measured: bool
) -> AnalyzedExperiment:
    log_traceback(error)
    return AnalyzedExperiment(entry.label, problem=str(error), measured=measured)


def _awaited(
    label: str, handle: SubmittedExperiment | BackendError | PluginFault, observer: Observer, deadline: Deadline | None
) -> Callable[[], ExperimentResult]:
    if isinstance(handle, (BackendError, PluginFault)):
        raise handle
    left = None if deadline is None else deadline.left()
    observer.waiting(label, len(handle.batch.circuits))
    collected = handle.collect(
        left,
        progress=lambda outcome: observer.outcome(label, outcome),
        standing=lambda standing: observer.progress(label, standing),
    )
    observer.collected(label)
    return collected
