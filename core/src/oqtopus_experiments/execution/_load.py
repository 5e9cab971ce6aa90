"""A run read back from its folder: the same results as when it ran, without its backend."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.errors import (
    AnalysisError,
    CalibrationError,
    ConfigError,
    CountsError,
    PluginError,
    PluginFault,
    StoreError,
)
from oqtopus_experiments.execution._analyzing import analyzer_name
from oqtopus_experiments.execution._calibrations import Calibrations
from oqtopus_experiments.execution._mitigation import Place
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.execution._returned import notes
from oqtopus_experiments.plugins._experiment_calls import at_points, reading, references_of, sweep_of
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._plugin import Kind
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments.storage._manifest import RecordedExperiment
from oqtopus_experiments.storage._run_folder import RunFolder

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)

_MOST_SAID = 5


@frozen(eq=False)
class Run:
    """
    A run as its folder holds it.

    Args:
        path: The folder.
        name: Name of the run.
        config: The resolved configuration: backend, experiments, parameters, shots.
        provenance: Versions, platform, backend, seed, time.
        results: Results by the label of the experiment; a point that has not come is a missing point.
        entries: The experiments as the configuration names them, by label.
    """

    path: Path
    name: str
    config: Mapping[str, Any] = field(repr=False)
    provenance: Mapping[str, Any] = field(repr=False)
    results: Mapping[str, ExperimentResult]
    entries: Mapping[str, RecordedExperiment] = field(repr=False)

    def analyzer(self, label: str) -> Analyzer:
        """
        Return the analyzer an experiment was configured with.

        Raises:
            StoreError: When the folder asks for options the analyzer does not have.
            PluginError: When its plugin is not installed.
        """
        recorded = {**self.entries[label].analyzer, "use": self.analyzer_name(label)}
        return self.recorded_analyzer(recorded, self.path / "run.json")

    def analyzer_name(self, label: str) -> str:
        """Return the name of the analyzer an experiment was configured with, which need not be installed."""
        return str(self.entries[label].analyzer.get("use") or analyzer_name(self.results[label].experiment))

    def recorded_analyzer(self, recorded: Mapping[str, Any], file: Path) -> Analyzer:
        """
        Return the analyzer that a file of the run names.

        Args:
            recorded: Its name, ``use``, and its ``options``.
            file: Where that stands, for messages.

        Raises:
            StoreError: When it asks for options the analyzer does not have.
            PluginError: When its plugin is not installed.
        """
        made: Analyzer = _build("analyzer", recorded["use"], recorded.get("options", {}), file, self.provenance)
        return made

    def arrays(self) -> pd.DataFrame:
        """Return the measured arrays of all experiments in long form: label, then as `ExperimentResult.arrays`."""
        from oqtopus_experiments.reporting._arrays import array_rows, long_frame

        found = {label: result.analyses(self.analyzer(label)) for label, result in self.results.items()}
        rows = [{"experiment": label, **row} for label, analyses in found.items() for row in array_rows(analyses)]
        return long_frame(rows, ["experiment", "qubits", "array"])


def load_run(path: str | Path) -> Run:
    """
    Read a run folder. Nothing in it is changed and nothing runs; the plugins of its experiments must be installed,
    that of its backend need not be.

    Raises:
        StoreError: When it is not a run folder, damaged, or of another version.
        PluginError: When the plugin of an experiment is missing.
    """
    run, faults = load_sound(path)
    for error in faults.values():
        raise error
    return run


def load_sound(path: str | Path) -> tuple[Run, dict[str, StoreError | CalibrationError | PluginFault]]:
    """
    Read a run folder as `load_run` does, also where one of its experiments cannot be read.

    Returns:
        The run with the results of the others, and by label why an experiment has none: its code fails, or does not go
        with its counts.

    Raises:
        StoreError: When it is not a run folder, or of another version.
        PluginError: When the plugin of an experiment is missing.
    """
    folder = RunFolder.open(Path(path))
    manifest = folder.manifest()
    results: dict[str, ExperimentResult] = {}
    faults: dict[str, StoreError | CalibrationError | PluginFault] = {}
    calibrations = Calibrations(folder, Place.of(manifest.provenance))
    for entry in manifest.experiments:
        try:
            result = _result(folder, entry, manifest.provenance)
            if result.experiment.mitigation and not calibrations.has(entry.label):
                _note_all(calibrations, results)
            results[entry.label] = calibrations.apply(entry.label, result, write=False)
        except (StoreError, CalibrationError, PluginFault) as error:
            faults[entry.label] = error
    run = Run(
        path=folder.path,
        name=manifest.name,
        config=manifest.config,
        provenance=manifest.provenance,
        results=results,
        entries={entry.label: entry for entry in manifest.experiments},
    )
    return run, faults


def _note_all(calibrations: Calibrations, results: Mapping[str, ExperimentResult]) -> None:
    """Analyze what a run has measured, which was interrupted before it copied what it needs."""
    for label, result in results.items():
        try:
            calibrations.note(label, result.experiment, result.analyses())
        except (AnalysisError, PluginFault) as error:
            logger.debug("%s calibrates nothing: %s", label, error)


def _result(folder: RunFolder, entry: RecordedExperiment, origin: Mapping[str, Any]) -> ExperimentResult:
    experiment: Declaration = _build("experiment", entry.use, entry.parameters, folder.path / "run.json", origin)
    journal = folder.journal(entry.label)
    if entry.imported:
        experiment = _as_measured(experiment, journal)
    results = journal.outcomes()
    return ExperimentResult(
        experiment=experiment,
        dataset=_dataset(experiment, journal, results, entry),
        counts=results,
        job_metadata=journal.metadata,
        provenance=origin,
        notes=_notes_of_import(entry) if entry.imported else notes(results, entry.shots),
        label=entry.label,
        synthesized=journal.synthesized or {},
    )


def _as_measured(experiment: Declaration, journal: ExperimentJournal) -> Declaration:
    """Return an experiment at the points of its counts, which were taken elsewhere."""
    noted = journal.sweep
    if noted is None:
        message = f"{journal.path}: what was swept is lost, so its counts, taken elsewhere, cannot be placed"
        raise StoreError(message)
    try:
        return at_points(experiment, noted[0], journal.references)
    except CountsError as error:
        message = f"{journal.path}: its counts do not go with the installed {experiment.name!r}: {error}"
        raise StoreError(message) from error


def _notes_of_import(entry: RecordedExperiment) -> tuple[str, ...]:
    noted = entry.imported.get("notes")
    return tuple(map(str, noted)) if isinstance(noted, list) else ()


def _lost(journal: ExperimentJournal) -> dict[int, Counts | Failure]:
    """Say what cannot be read any more; return the outcomes among it, as the missing points they are."""
    for damage in journal.damage[:_MOST_SAID]:
        logger.warning("%s; all other lines are read", damage)
    if len(journal.damage) > _MOST_SAID:
        logger.warning("%s: %d damaged lines in all", journal.path, len(journal.damage))
    return {damage.index: Failure(f"its counts are lost: {damage.where} is damaged") for damage in journal.damage}


def _dataset(
    experiment: Declaration,
    journal: ExperimentJournal,
    results: Mapping[int, Counts | Failure],
    entry: RecordedExperiment,
) -> Dataset:
    try:
        sweep = sweep_of(experiment)
        size = sweep.size + len(references_of(experiment))
        noted = journal.sweep
        if noted is not None and not (noted[0].size + noted[1] == size and noted[0].is_same(sweep)):
            message = (
                f"{journal.path}: the installed version of {entry.use!r} sweeps other points than the run did, so its "
                "counts cannot be placed; install the version named in run.json to analyze it"
            )
            raise StoreError(message)
        if results and max(results) >= size:
            message = f"{journal.path}: outcome {max(results)} of {size} circuits; the journal is damaged"
            raise StoreError(message)
        apart = journal.apart()
        if any(index >= size or target >= len(experiment.targets) for index, target in apart):
            message = f"{journal.path}: it has counts of a circuit or target that there is not; the journal is damaged"
            raise StoreError(message)
        lost = {index: failure for index, failure in _lost(journal).items() if 0 <= index < size}
        # In which order another laboratory measured, nobody said.
        order = None if entry.imported else journal.known_order and journal.known_order.checked(size)
        with reading(experiment):
            dataset = Dataset.from_counts(
                experiment, {**lost, **results}, order=order, times=journal.times(), apart=apart
            )
    except (PluginFault, ValueError, TypeError, ArithmeticError, MemoryError) as error:
        message = f"{journal.path}: the counts do not go with experiment {entry.use!r}: {error}"
        raise StoreError(message) from error
    # The noted values, not those of today's numpy: the numbers must come out bit for bit.
    return dataset if noted is None else attrs.evolve(dataset, sweep=noted[0])


def _build(kind: Kind, use: Any, options: Mapping[str, Any], file: Path, origin: Mapping[str, Any]) -> Any:
    """Build what the folder names from the installed plugins: a name is looked up, never imported."""
    try:
        return construct(registry().get(kind, use), options)
    except PluginFault as error:  # what stands in the folder may be the reason
        message = f"{file}: the {kind} {use!r} cannot be built from it: {error}"
        raise StoreError(message) from error
    except PluginError as error:
        versions = origin.get("plugins")
        written = ", ".join(f"{name} {version}" for name, version in sorted(versions.items())) if versions else "none"
        message = f"{file.parent} needs the {kind} {use!r}: {error}. It was written with these plugins: {written}"
        raise PluginError(message) from error
    except (ConfigError, AttributeError) as error:
        message = f"{file}: the {kind} {use!r} cannot be built from it: {error}"
        raise StoreError(message) from error
