"""Submission: hand over what a journal does not know as submitted, and be ready to wait for it."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.journal import MemoryJournal
from oqtopus_experiments.contracts.order import LARGEST_SEED, Order
from oqtopus_experiments.errors import BackendError, CalibrationError, PluginFault, StoreError
from oqtopus_experiments.execution import (
    _calibrations as calibrations,
    _circuits as circuits,
    _mitigation as mitigation,
)
from oqtopus_experiments.execution._adapters import as_backend
from oqtopus_experiments.execution._driven import sentences, synthesized
from oqtopus_experiments.execution._origin import origin_of, origin_of_one
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.execution._sound_experiment import check_experiment
from oqtopus_experiments.execution._submitted import Ended, SubmittedExperiment
from oqtopus_experiments.plugins import _backend_calls as backend_calls, _job_calls as job_calls
from oqtopus_experiments.plugins._experiment_calls import driven_of, on_clock, references_of, sweep_of
from oqtopus_experiments.runfile._config import ConfiguredExperiment, RunConfig
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder

logger = logging.getLogger(__name__)

RUNS = "runs"
"""Folder of run folders, unless another is named."""


def by_the_clock(config: RunConfig) -> RunConfig:
    """
    Return a run whose delays are those that its device can keep, where an experiment leaves that open.

    Raises:
        PluginFault: When the code of a plugin fails.
        BackendError: When the device cannot be asked.
    """
    step = backend_calls.clock_step(config.backend)
    entries = [attrs.evolve(entry, experiment=on_clock(entry.experiment, step)) for entry in config.experiments]
    return attrs.evolve(config, experiments=tuple(entries))


def checked(config: RunConfig) -> list[Batch]:
    """
    Return the batch of every experiment, each accepted by the backend; nothing is submitted.

    Raises:
        PluginFault: When an experiment is unsound.
        BackendError: When the backend cannot run one of them.
    """
    batches = [_batch(config, entry) for entry in config.experiments]
    for batch in batches:
        backend_calls.check(config.backend, batch)
    return batches


def _batch(config: RunConfig, entry: ConfiguredExperiment) -> Batch:
    order = draw_order(entry.experiment, config.backend, config.seed)
    return prepare(entry.experiment, entry.shots, entry.label, order)


def prepare(experiment: Declaration, shots: int, label: str, order: Order | None = None) -> Batch:
    """
    Build all circuits of an experiment, and put them in the order in which they are to run: that of the sweep if None.

    Raises:
        PluginFault: When the experiment makes circuits that do not go with its declaration.
        CalibrationError: When it asks for a mitigation that cannot be made of what it measures.
    """
    check_experiment(experiment)
    batch = Batch(circuits.build(experiment), shots, circuits.physical_qubits(experiment), label)
    mitigation.check_that_it_can(experiment, batch)
    return batch if order is None else batch.in_order(order)


def draw_order(experiment: Declaration, backend: Backend, seed: int | None = None) -> Order:
    """Draw the order in which the circuits of an experiment run; a simulator runs them in that of the sweep."""
    if not backend.drifts:
        return Order()
    drawn = secrets.randbelow(LARGEST_SEED) if seed is None else seed
    return Order.drawn(sweep_of(experiment), len(references_of(experiment)), drawn)


def create_folder(config: RunConfig) -> RunFolder:
    """
    Make the run folder of a run file, with the calibrations that it does not measure itself; nothing is submitted.

    Raises:
        CalibrationError: When an experiment asks for a mitigation that nothing calibrates; no folder is made.
        StoreError: When the folder cannot be written.
    """
    origin = origin_of(config)
    entries = [(entry.label, entry.experiment) for entry in config.experiments]
    found = calibrations.needed(entries, config.runs, mitigation.Place.of(origin))
    folder = RunFolder.create(config.runs, config.manifest(origin), config.folder)
    calibrations.keep(folder, found)
    return folder


def submit_or_resume(
    config: RunConfig,
    folder: RunFolder,
    announce: Callable[[str], None] = lambda _: None,
    batches: Sequence[Batch] | None = None,
) -> list[SubmittedExperiment | BackendError | PluginFault]:
    """
    Submit what the journals of a run folder do not know as submitted: everything of a new one, the rest of an old one.

    Args:
        config: What the run is made of.
        folder: Its folder.
        announce: Called with the label of each experiment before it is submitted.
        batches: The batches from `checked`; made anew when None.

    Returns:
        For each experiment its handle, or why it could not be submitted, be it that the code of its author or of the
        backend failed: the others go on.

    Raises:
        StoreError: When another process is doing the same, or a journal is damaged.
    """
    origin = origin_of(config)
    handles: list[SubmittedExperiment | BackendError | PluginFault] = []
    known: Sequence[Batch | None] = batches or [None] * len(config.experiments)
    for entry, prepared in zip(config.experiments, known, strict=True):
        announce(entry.label)
        journal = folder.journal(entry.label)
        try:
            batch = prepared or _batch(config, entry)
            handle = open_handle(entry.experiment, batch, config.backend, journal, origin)
        except (BackendError, PluginFault) as error:
            handles.append(error)
        else:
            handles.append(handle)
    return handles


def open_handle(
    experiment: Declaration,
    batch: Batch,
    backend: Backend,
    journal: ExperimentJournal | None,
    origin: dict[str, Any],
    ended: Ended | None = None,
    calibration: Calibration | None = None,
) -> SubmittedExperiment:
    """Hand over what the journal does not know as submitted, and return the handle."""
    with journal.writing() if journal is not None else contextlib.nullcontext():
        made = _made_of_others(experiment, batch, backend, journal)
        if journal is not None:
            batch = _noted(journal, experiment, batch, backend, made)
        job = job_calls.open_job(backend, batch, journal or MemoryJournal(batch.order))
        # Made while the folder is held: what it knows is what the job knows.
        return SubmittedExperiment(experiment, batch, job, journal, origin, backend, ended, made or {}, calibration)


def _made_of_others(
    experiment: Declaration, batch: Batch, backend: Backend, journal: ExperimentJournal | None
) -> Mapping[str, tuple[int, ...]] | None:
    """Return the driven gates that the backend makes of others, as noted or else as it says; None for none driven."""
    noted = None if journal is None else journal.synthesized
    if noted is not None or not driven_of(experiment):
        return noted
    try:
        made = synthesized(experiment, backend)
    except BackendError as error:
        if journal is None or journal.is_new:
            raise
        # What was submitted before anybody asked is not lost for a device that cannot be asked now.
        logger.warning("%s: whether the device drives the gates that are swept is not known: %s", batch.name, error)
        return None
    for sentence in sentences(experiment, made):
        logger.warning("%s: %s", batch.name, sentence)
    return made


def _noted(
    journal: ExperimentJournal,
    experiment: Declaration,
    batch: Batch,
    backend: Backend,
    made: Mapping[str, tuple[int, ...]] | None,
) -> Batch:
    """
    Note what is swept and in which order, and refuse to put other points beside those that a journal has already.

    Returns:
        The batch, in the order that the journal had noted before.
    """
    sweep, references = sweep_of(experiment), tuple(references_of(experiment))
    noted = journal.sweep
    if noted is not None and not (noted[0].is_same(sweep) and noted[1] == len(references)):
        message = (
            f"{journal.path}: the installed version of {experiment.name!r} sweeps other points than the run did; "
            "install the version named in run.json to go on with it"
        )
        raise StoreError(message)
    if not journal.is_new:
        try:
            batch = batch.in_order(journal.order.checked(len(batch.circuits)) if backend.drifts else Order())
        except ValueError as error:
            message = f"{journal.path}: {error}; the journal is damaged"
            raise StoreError(message) from error
    journal.note_sweep(sweep, references, batch.order, made)
    return batch


def submit(
    experiment: Declaration,
    backend: Any,
    shots: int = 1000,
    *,
    name: str | None = None,
    runs: str | Path | bool | None = None,
    ended: Ended | None = None,
    calibration: ExperimentResult | str | Path | None = None,
) -> SubmittedExperiment:
    """
    Submit one experiment; see `Experiment.run` for the arguments.

    Args:
        experiment: What to submit.
        backend: A `Backend`, or any Qiskit ``BackendV2`` or ``BaseSamplerV2``.
        shots: Repetitions of each circuit.
        name: Label of the run.
        runs: Where its folder is made, if any.
        ended: Called with the result.
        calibration: What its mitigation is calibrated by.

    Raises:
        BackendError: When the backend cannot run it.
        CalibrationError: When it asks for a mitigation that nothing calibrates; nothing was submitted.
    """
    backend = as_backend(backend)
    experiment = on_clock(experiment, backend_calls.clock_step(backend))
    label = name or experiment.name
    batch = prepare(experiment, shots, label, draw_order(experiment, backend))
    backend_calls.check(backend, batch)
    journal = None
    origin = origin_of_one(experiment, backend, label)
    parent = Path(RUNS if isinstance(runs, bool) or runs is None else runs)
    chosen = _calibration(experiment, calibration, parent, mitigation.Place.of(origin))
    if runs or (runs is None and backend.queued):
        entry = RecordedExperiment(label, experiment.name, shots, experiment.parameters())
        manifest = RunManifest(label, backend.configuration(), (entry,), origin)
        folder = RunFolder.create(parent, manifest)
        calibrations.keep(folder, {} if chosen is None else {label: chosen})
        journal = folder.journal(label)
        logger.info("run folder: %s", journal.path.parent)
    return open_handle(experiment, batch, backend, journal, origin, ended, chosen)


def _calibration(
    experiment: Declaration, given: ExperimentResult | str | Path | None, runs: Path, here: mitigation.Place
) -> Calibration | None:
    if not experiment.mitigation:
        if given is not None:
            message = f"{experiment.name!r} is given a calibration and asks for no mitigation: say which"
            raise CalibrationError(message)
        return None
    if given is None:
        return mitigation.newest(experiment, runs, here)
    return mitigation.given(given, experiment, here)
