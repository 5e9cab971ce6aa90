"""An interrupted run, made ready to go on: from the ``run.json`` of its folder back to what it was started with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.job import PartState
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.errors import ConfigError, NotStoredError, PluginFault, StoreError
from oqtopus_experiments.execution._analyzing import analyzer_name
from oqtopus_experiments.plugins import _job_calls as job_calls
from oqtopus_experiments.plugins._experiment_calls import references_of, sweep_of
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._plugin import Kind
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile._config import ConfiguredExperiment, RunConfig
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._seal import lift


def reopen(path: Path) -> tuple[RunConfig, RunFolder]:
    """
    Return what a run was started with, and its folder; `pipeline.resume` goes on from there.

    Classes come from the installed plugins, by the names in the file; the file itself names no code.

    Raises:
        StoreError: When there is no run folder of this format, or it does not fit the installed plugins.
        PluginError: When a plugin of the run is not installed.
    """
    folder = RunFolder.open(path)
    manifest = folder.manifest()
    if manifest.is_imported:
        message = f"{path}: there is nothing to resume: its counts were taken elsewhere, and all of them are here"
        raise NotStoredError(message)
    if not manifest.backend:
        message = f"{path / 'run.json'} names no backend (config.backend.use): the run cannot go on"
        raise StoreError(message)
    return config_of(manifest, path.parent, path / "run.json"), folder


def config_of(manifest: RunManifest, runs: Path, file: Path, folder: str = "") -> RunConfig:
    """
    Return the run that a manifest is of, from the plugins that are installed.

    Args:
        manifest: What it is made of.
        runs: Folder of all run folders.
        file: What the manifest was read from, for messages.
        folder: Name of its folder, where it has not begun and is one of several.

    Raises:
        StoreError: When it does not fit the installed plugins.
        PluginError: When a plugin of the run is not installed.
    """
    try:
        return RunConfig(
            name=manifest.name,
            runs=runs,
            seed=manifest.seed,
            backend=_build("backend", manifest.backend),
            experiments=tuple(map(_experiment, manifest.experiments)),
            folder=folder,
        )
    except ConfigError as error:
        message = f"{file} cannot be run again with the plugins installed here: {error}"
        raise StoreError(message) from error


def send_again(config: RunConfig, folder: RunFolder) -> int:
    """
    Let the points that failed or were cancelled be submitted again when the run is opened; what has counts stays.

    A run of which nothing is lost stays as it is, sealed or not.

    Returns:
        How many points that are.

    Raises:
        StoreError: When another process is working on the run.
        BackendError: When the states of the jobs cannot be asked for.
    """
    with folder.locked():
        lost = {entry.label: _lost(config.backend, folder.journal(entry.label)) for entry in config.experiments}
        if any(lost.values()):
            lift(folder)
        for label, circuits in lost.items():
            if circuits:
                with folder.writing(label) as journal:
                    journal.send_again(circuits)
            elif (gate := folder.journal(label).gate).closed:
                gate.reopen()
    return sum(map(len, lost.values()))


def _lost(backend: Backend, journal: ExperimentJournal) -> list[int]:
    """Return the circuits of an experiment that failed or were cancelled, so that there are no counts of them."""
    results = journal.outcomes()
    lost = {state.index for state in job_states(backend, journal) if state.lost} if backend.queued else set()
    lost |= {index for index, result in results.items() if isinstance(result, Failure)}
    return sorted(index for index in lost if not isinstance(results.get(index), Counts))


def job_states(backend: Backend, journal: ExperimentJournal) -> list[PartState]:
    """
    Return the state of every job a journal knows, each with the number of its circuit in the experiment.

    Raises:
        BackendError: When the states cannot be asked for.
    """
    states = [
        attrs.evolve(state, index=journal.order.circuit(state.index)) for state in job_calls.jobs(backend, journal)
    ]
    return sorted(states, key=lambda state: state.index)


def lost_points(config: RunConfig, folder: RunFolder) -> int:
    """Return how many points of a run have failed or were cancelled."""
    results = [folder.journal(entry.label).outcomes().values() for entry in config.experiments]
    return sum(isinstance(result, Failure) for found in results for result in found)


def outcomes_of(config: RunConfig, folder: RunFolder) -> tuple[int, int] | None:
    """Return how many circuits of a run have counts, and how many have none and never will; None when some may come."""
    counted = failed = 0
    for entry in config.experiments:
        journal = folder.journal(entry.label)
        if not is_settled(entry.experiment, journal):
            return None
        counts = [isinstance(result, Counts) for result in journal.outcomes().values()]
        counted, failed = counted + sum(counts), failed + len(counts) - sum(counts)
    return counted, failed


def is_settled(experiment: Declaration, journal: ExperimentJournal) -> bool:
    """Return whether every circuit of an experiment has counts, or never will."""
    results = journal.outcomes()
    try:
        size = sweep_of(experiment).size + len(references_of(experiment))
    except PluginFault:  # told where it matters: its counts stay, and more may come when its author has mended it
        return False
    lost = [result for result in results.values() if isinstance(result, Failure)]
    return journal.finished and len(results) >= size and all(failure.final for failure in lost)


def _experiment(entry: RecordedExperiment) -> ConfiguredExperiment:
    experiment = construct(registry().get("experiment", entry.use), entry.parameters)
    chosen = entry.analyzer or {"use": analyzer_name(experiment)}
    return ConfiguredExperiment(entry.label, experiment, entry.shots, _build("analyzer", chosen))


def _build(kind: Kind, chosen: Mapping[str, Any]) -> Any:
    return construct(registry().get(kind, chosen["use"]), chosen.get("options", {}))
