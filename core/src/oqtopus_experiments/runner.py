"""The one place where experiment, backend and run folder meet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from oqtopus_experiments import circuits
from oqtopus_experiments.adapters import as_backend
from oqtopus_experiments.backend import Backend, Batch, MemoryJournal
from oqtopus_experiments.config import RunConfig
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.experiment import Experiment
from oqtopus_experiments.handle import Handle
from oqtopus_experiments.provenance import provenance
from oqtopus_experiments.store import RunFolder, Section


def submit(
    experiment: Experiment,
    backend: Any,
    shots: int = 1000,
    *,
    name: str | None = None,
    runs: str | Path | None = None,
) -> Handle:
    """
    Submit one experiment; see `Experiment.run` for the arguments.

    Raises:
        BackendError: When the backend cannot run it.
    """
    backend = as_backend(backend)
    label = name or experiment.name
    batch = prepare(experiment, shots, label)
    section = None
    origin = {"backend": backend.description(), **provenance([type(experiment), type(backend)])}
    if runs is not None:
        config = {
            "name": label,
            "backend": backend.description(),
            "experiments": [
                {"label": label, "use": experiment.name, "shots": shots, "parameters": experiment.parameters()}
            ],
        }
        section = RunFolder.create(Path(runs), label, {"config": config, "provenance": origin}).section(label)
    return open_handle(experiment, batch, backend, section, origin)


def prepare(experiment: Experiment, shots: int, label: str) -> Batch:
    """
    Build all circuits of an experiment.

    Raises:
        PluginError: When the experiment makes circuits that do not go with its declaration.
    """
    return Batch(circuits.build(experiment), shots, circuits.physical_qubits(experiment), label)


def open_handle(
    experiment: Experiment, batch: Batch, backend: Backend, section: Section | None, origin: dict[str, Any]
) -> Handle:
    """Hand over what the journal does not know as submitted, and return the handle."""
    if section is not None:
        section.note_sweep(experiment.sweep(), tuple(experiment.references()))
    job = backend.open(batch, section or MemoryJournal())
    return Handle(experiment, batch, job, section, origin)


def start(
    config: RunConfig, announce: Callable[[str], None] = lambda _: None
) -> tuple[RunFolder, list[Handle | BackendError]]:
    """
    Make the run folder and submit every experiment of a run file before any is awaited.

    Args:
        config: The checked run file.
        announce: Called with the label of each experiment before it is submitted.

    Returns:
        The folder, and for each experiment its handle, or why it could not be submitted: the others go on.

    Raises:
        PluginError: When an experiment is unsound; nothing was submitted then.
        StoreError: When the folder cannot be written.
    """
    batches = [prepare(entry.experiment, entry.shots, entry.label) for entry in config.experiments]
    used = [type(config.backend), *(type(part) for e in config.experiments for part in (e.experiment, e.analyzer))]
    origin = {"backend": config.backend.description(), "seed": config.seed, **provenance(used)}
    folder = RunFolder.create(config.runs, config.name, {"config": config.resolved(), "provenance": origin})
    handles: list[Handle | BackendError] = []
    for entry, batch in zip(config.experiments, batches, strict=True):
        announce(entry.label)
        section = folder.section(entry.label)
        try:
            handle = open_handle(entry.experiment, batch, config.backend, section, origin)
        except BackendError as error:
            handles.append(error)
        else:
            handles.append(handle)
    return folder, handles


def plan(config: RunConfig) -> list[dict[str, Any]]:
    """Return for each experiment what running it would take: circuits, jobs, shots, qubits."""
    rows = []
    for entry in config.experiments:
        count = entry.experiment.sweep().size + len(entry.experiment.references())
        rows.append(
            {
                "label": entry.label,
                "experiment": entry.experiment.name,
                "circuits": count,
                "jobs": config.backend.jobs_for(count),
                "shots": count * entry.shots,
                "qubits": sorted(circuits.physical_qubits(entry.experiment)),
            }
        )
    return rows
