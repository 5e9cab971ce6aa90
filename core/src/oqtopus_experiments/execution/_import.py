"""Counts that were taken elsewhere become a result and a run folder like any other, without a backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.outcome import Outcome
from oqtopus_experiments.contracts.targets import label as label_of, resolve
from oqtopus_experiments.errors import CountsError, ParameterError
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.execution._counts_table import parse_table, read_table
from oqtopus_experiments.execution._counts_values import by_point, in_order, of_qiskit, sweep_of_axes
from oqtopus_experiments.execution._foreign_counts import ForeignCounts
from oqtopus_experiments.execution._kept_run import keep
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.execution._submission import RUNS
from oqtopus_experiments.plugins._experiment_calls import (
    at_points,
    driven_of,
    for_counts,
    reading,
    references_of,
    sweep_of,
)
from oqtopus_experiments.plugins._provenance import provenance
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder

FIRST_BITS = ("right", "left")
STATUS = "imported"


def result_from(
    experiment: Declaration,
    counts: Any,
    *,
    axes: Mapping[str, Any] | None = None,
    name: str | None = None,
    runs: str | Path | bool | None = None,
    first_bit: str = "right",
    device: str = "",
    analyzer: str | Analyzer | None = None,
) -> tuple[ExperimentResult, Path | None]:
    """
    Return the result that counts taken elsewhere give, and its run folder; see `Experiment.result_from`.

    Raises:
        CountsError: When the counts cannot be those of the experiment; nothing was written.
        StoreError: When the run folder cannot be written.
    """
    if first_bit not in FIRST_BITS:
        message = f"first_bit must be 'right' or 'left', not {first_bit!r:.40}"
        raise CountsError(message)
    found = _read(experiment, counts, axes, first_bit)
    measured = _measured(experiment, found)
    found = attrs.evolve(found, notes=(*found.notes, *_unsaid(measured)))
    label = name or experiment.name
    chosen = chosen_analyzer(measured, analyzer)
    said = {"device": device} if device else {}
    imported = {**found.origin, **said, "notes": list(found.notes)}
    series = {"device": said, "settings": {label: measured.settings()}}
    origin = {"imported": {**found.origin, **said}, "series": series, **provenance([type(measured), type(chosen)])}
    metadata = {"job_id": "", "status": STATUS}
    with reading(measured):
        dataset = Dataset.from_counts(measured, found.results, apart=found.apart)
    result = ExperimentResult(measured, dataset, found.results, metadata, origin, found.notes, label)
    if not runs:
        return result, None
    described = {"use": chosen.name, "options": attrs.asdict(chosen)}
    entry = RecordedExperiment(
        label, measured.name, found.most_shots, measured.parameters(), described if analyzer else {}, imported
    )
    folder = RunFolder.create(Path(RUNS if runs is True else runs), RunManifest(label, {}, (entry,), origin))
    with folder.writing(label) as journal:
        journal.note_sweep(found.sweep, dataset.reference_names)
        journal.record([Outcome(index, each) for index, each in sorted(found.results.items())])
        journal.record_apart(found.apart)
        journal.finish(metadata)
    keep(folder, label, result, chosen, complete=True)
    return result, folder.path


def _read(experiment: Declaration, counts: Any, axes: Mapping[str, Any] | None, first_bit: str) -> ForeignCounts:
    """Return the counts that were given, whatever they were given as."""
    sweep, names = sweep_of(experiment), tuple(references_of(experiment))
    measured = sweep if axes is None else sweep_of_axes(axes, sweep.axes)
    if (qiskit := of_qiskit(counts)) is not None:
        return in_order(qiskit[0], experiment, measured, names, qiskit[1], first_bit)
    if isinstance(counts, Sequence) and not isinstance(counts, str):
        return in_order(counts, experiment, measured, names, "the list", first_bit)
    if axes is not None:
        message = "a table or a mapping says itself at which points it was measured; leave out axes"
        raise CountsError(message)
    if isinstance(counts, (str, Path)):
        return read_table(Path(counts), experiment, sweep.axes, first_bit=first_bit)
    if isinstance(counts, Mapping):
        return by_point(counts, experiment, sweep.axes, names, first_bit)
    import pandas as pd

    if isinstance(counts, pd.DataFrame):
        text = counts.to_csv(index=False)
        return parse_table(
            text, "the table", experiment, sweep.axes, first_bit=first_bit, origin={"source": "a DataFrame"}
        )
    message = (
        f"counts must be the path of a CSV file, a DataFrame, a mapping or list of counts, or a Result or "
        f"PrimitiveResult of Qiskit, not {type(counts).__name__}"
    )
    raise CountsError(message)


def _unsaid(experiment: Declaration) -> list[str]:
    """Return what only a backend could have said of counts, where it would matter."""
    return [
        f"nobody said whether the device drives {gate} or makes it of other gates; the number is of a pulse only if it "
        "was swept"
        for gate in driven_of(experiment)
    ]


def _measured(experiment: Declaration, found: ForeignCounts) -> Declaration:
    """Return the experiment at the points and on the targets that were measured."""
    if found.targets is not None and found.targets != experiment.targets:
        default = resolve(experiment.num_qubits, None, None)
        if experiment.targets != default or experiment.physical_qubit is not None:
            told = [", ".join(map(label_of, targets)) for targets in (found.targets, experiment.targets)]
            message = f"{found.origin['source']} has counts of the targets {told[0]}; the experiment names {told[1]}"
            raise CountsError(message)
        try:
            experiment = attrs.evolve(experiment, targets=found.targets)
        except ParameterError as error:
            message = f"{found.origin['source']}: {error}"
            raise CountsError(message) from error
    experiment = for_counts(experiment, found.sweep, found.references)
    return at_points(experiment, found.sweep, found.references)
