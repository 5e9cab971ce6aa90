"""
Mitigation: which calibration an experiment may use, where it is looked for, and the result with it.

A calibration is of the same device, has the qubits, and is no older than the experiment allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.ages import told_age
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.contracts.correction import Correction
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.mitigation import Mitigation, mitigated
from oqtopus_experiments.contracts.targets import label as label_of
from oqtopus_experiments.errors import CalibrationError
from oqtopus_experiments.execution._reading import check_reading, read_qubits
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.plugins._backend_calls import identity, stands_for
from oqtopus_experiments.plugins._experiment_calls import reading
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.storage._archive import runs_with
from oqtopus_experiments.storage._summary import Summary, read_summary


@frozen(eq=False)
class Place:
    """
    Where and when something is measured.

    Args:
        backend: Name of the backend whose numbers these are.
        device: What tells the device from others of it.
        created: When, ISO 8601.
    """

    backend: str
    device: Mapping[str, Any]
    created: str

    @classmethod
    def of(cls, provenance: Mapping[str, Any]) -> Place:
        """Return the place that a run has noted of itself."""
        series, backend = provenance.get("series", {}), provenance.get("backend", {})
        use = series.get("backend") or backend.get("use", "")
        return cls(str(use), series.get("device", {}), str(provenance.get("created", "")))

    @classmethod
    def now(cls, backend: Backend) -> Place:
        """
        Return the place of a run that would begin now.

        Raises:
            BackendError: When the device cannot be asked who it is.
        """
        own = stands_for(backend)
        return cls(own.name, identity(own), datetime.now(timezone.utc).isoformat())


def mitigation_of(experiment: Declaration) -> Mitigation:
    """
    Return the mitigation that an experiment asks for.

    Raises:
        PluginError: When there is none of this name.
        CalibrationError: When the experiment is what it is calibrated by.
    """
    made: Mitigation = registry().get("mitigation", experiment.mitigation)()
    if experiment.name == made.calibrated_by:
        message = f"{experiment.name!r} is what the mitigation {made.name!r} is calibrated by: run it without"
        raise CalibrationError(message)
    return made


def check_that_it_can(experiment: Declaration, batch: Batch) -> None:
    """
    See before anything is submitted whether what an experiment measures can be mitigated, if it asks for that.

    Raises:
        CalibrationError: When its analyzer reads counts, or it is not known which qubit a bit is read from.
        PluginError: When there is no such mitigation or analyzer.
    """
    if not experiment.mitigation:
        return
    mitigation = mitigation_of(experiment)
    start = f"{experiment.name!r} cannot have mitigation {mitigation.name!r}"
    if experiment.analyzer and registry().get("analyzer", experiment.analyzer).reads_counts:
        message = f"{start}: {experiment.analyzer!r} reads counts, which no mitigation changes; leave it out"
        raise CalibrationError(message)
    try:
        check_reading(experiment, batch)
    except CalibrationError as error:
        message = f"{start}: {error}; leave it out"
        raise CalibrationError(message) from error


def corrections(experiment: Declaration, calibration: Calibration, here: Place) -> list[Correction]:
    """
    Return what a calibration lets one do to each target of an experiment.

    Raises:
        CalibrationError: When it may not be used: which, why, and what to do.
    """
    mitigation = mitigation_of(experiment)
    which = f"that of {calibration.run or 'the result given'}"
    age = _age(calibration.created, here.created)
    reason = ""
    if calibration.experiment != mitigation.calibrated_by:
        reason = f"is of {calibration.experiment!r}"
    elif calibration.backend != here.backend:
        reason = f"is of another backend, {calibration.backend!r} instead of {here.backend!r}"
    elif dict(calibration.device) != dict(here.device):
        reason = f"is of another device: {_difference(calibration.device, here.device)}"
    elif age is None:
        reason = "does not say when it was measured"
    elif age > experiment.mitigation_max_age:
        allowed = told_age(experiment.mitigation_max_age)
        reason = f"is {told_age(age)} old, and mitigation_max_age is {allowed}"
    if reason:
        raise CalibrationError(_refused(experiment, mitigation, f"{which} {reason}"))
    read = read_qubits(experiment)
    try:
        with fence("correction", type(mitigation), passing=(CalibrationError,)):
            return [mitigation.correction(qubits, calibration.analyses) for qubits in read]
    except CalibrationError as error:
        raise CalibrationError(_refused(experiment, mitigation, f"{which} cannot be used: {error}")) from error


def with_calibration(result: ExperimentResult, calibration: Calibration, here: Place) -> ExperimentResult:
    """
    Return a result with mitigated points, the raw ones beside them.

    Raises:
        CalibrationError: When the calibration may not be used.
        PluginFault: When the code of the mitigation, or of the signal, fails.
    """
    experiment = result.experiment
    found = corrections(experiment, calibration, here)
    raw = result.dataset.raw or result.dataset
    with reading(experiment), fence("signal", type(found[0]), passing=(CalibrationError,)):
        dataset = mitigated(experiment, raw, found)
    age = told_age(_age(calibration.created, here.created) or 0.0)
    note = f"mitigated by {calibration.experiment!r} of {calibration.run or 'a result given'}, {age} older"
    return attrs.evolve(result, dataset=dataset, calibration=calibration, notes=(*result.notes, note))


def given(calibration: ExperimentResult | str | Path, experiment: Declaration, here: Place) -> Calibration:
    """
    Return what a user gives as the calibration of an experiment: a result, or a run folder.

    Raises:
        CalibrationError: When it may not be used.
        StoreError: When it is not a run folder.
    """
    if isinstance(calibration, ExperimentResult):
        place = Place.of(calibration.provenance)
        made = Calibration(
            calibration.experiment.name, tuple(calibration.analyses()), "", calibration.label, place.created,
            place.backend, place.device,
        )  # fmt: skip
        corrections(experiment, made, here)
        return made
    return first_usable(_in_summaries([read_summary(Path(calibration))], experiment), experiment, here, calibration)


def newest(experiment: Declaration, runs: Path, here: Place) -> Calibration:
    """
    Return the newest calibration in a folder of runs that an experiment may use.

    Raises:
        CalibrationError: When there is none, with why the newest may not be.
    """
    wanted = mitigation_of(experiment).calibrated_by
    summaries = map(read_summary, runs_with(runs, wanted) if runs.is_dir() else [])
    return first_usable(_in_summaries(summaries, experiment), experiment, here, runs)


def first_usable(found: Iterator[Calibration], experiment: Declaration, here: Place, where: object) -> Calibration:
    """
    Return the first of some calibrations that an experiment may use.

    Raises:
        CalibrationError: When there is none in that place, with why the first may not be.
    """
    first: CalibrationError | None = None
    for calibration in found:
        try:
            corrections(experiment, calibration, here)
        except CalibrationError as error:
            first = first or error
        else:
            return calibration
    if first is not None:
        raise first
    mitigation = mitigation_of(experiment)
    raise CalibrationError(_refused(experiment, mitigation, f"there is no {mitigation.calibrated_by!r} in {where}"))


def _in_summaries(summaries: Iterable[Summary], experiment: Declaration) -> Iterator[Calibration]:
    wanted = mitigation_of(experiment).calibrated_by
    for run in summaries:
        for entry in reversed(run.entries):
            if entry.use == wanted and entry.label in run.analyses:
                yield Calibration(
                    wanted, run.analyses[entry.label], run.path.name, entry.label, run.created, run.backend, run.device
                )


def _refused(experiment: Declaration, mitigation: Mitigation, why: str) -> str:
    targets = experiment.targets
    qubits = ", ".join(label_of(target) for target in targets[:4]) + ", ..." * (len(targets) > 4)
    return (
        f"{experiment.name!r} asks for mitigation {mitigation.name!r} of qubits {qubits}: {why}. Run "
        f"{mitigation.calibrated_by!r} on them first, in the same file or before, or leave mitigation out"
    )


def _age(then: str, now: str) -> float | None:
    """Return how long one time is before another, ns, at least 0; None where one of them is not known."""
    try:
        seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(then)).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(0.0, seconds * 1e9)


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    keys = sorted(key for key in {*one, *other} if one.get(key) != other.get(key))
    return ", ".join(f"{key} is {one.get(key)!r:.40} there and {other.get(key)!r:.40} here" for key in keys[:3])
