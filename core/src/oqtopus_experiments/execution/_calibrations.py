"""
The calibrations of one run: those it measures itself, those it takes from elsewhere, and those its folder keeps.

An experiment takes that of the newest experiment before it in the same run that has its qubits, else of the newest run
on the same device; what was chosen is copied into the run, so that reading it again needs nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import define, field

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.execution._mitigation import Place, first_usable, mitigation_of, newest, with_calibration
from oqtopus_experiments.execution._reading import read_qubits
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.storage._calibration_json import read_calibration, write_calibration
from oqtopus_experiments.storage._run_folder import RunFolder

logger = logging.getLogger(__name__)


@define
class Calibrations:
    """
    The calibrations of one run: those it measures itself, and those kept in its folder.

    Args:
        folder: Its folder.
        here: Where and when it was measured.
        measured: Those measured so far, in order.
    """

    folder: RunFolder
    here: Place
    measured: list[Calibration] = field(factory=list)

    def note(self, label: str, experiment: Declaration, analyses: Sequence[Analysis]) -> None:
        """Remember an experiment that has been analyzed."""
        if analyses:
            self.measured.append(
                Calibration(
                    experiment.name, tuple(analyses), self.folder.path.name, label, self.here.created,
                    self.here.backend, self.here.device,
                )
            )  # fmt: skip

    def has(self, label: str) -> bool:
        """Return whether the folder holds the calibration of an experiment."""
        return read_calibration(self.folder.directory(label)) is not None

    def apply(self, label: str, result: ExperimentResult, *, write: bool) -> ExperimentResult:
        """
        Return a result with the mitigation that its experiment asks for; as it is where it asks for none.

        What this run has measured itself comes first, then what its folder holds.

        Raises:
            CalibrationError: When there is nothing that may be used.
            StoreError: When the folder cannot be written.
        """
        if not result.experiment.mitigation:
            return result
        directory = self.folder.directory(label)
        kept = read_calibration(directory)
        own = iter([one for one in reversed(self.measured) if one.experiment == self._needed(result.experiment)])
        if kept is None or (self.measured and kept.run == self.folder.path.name):
            kept = first_usable(own, result.experiment, self.here, self.folder.path)
            if write:
                write_calibration(directory, kept)
        return with_calibration(result, kept, self.here)

    def _needed(self, experiment: Declaration) -> str:
        return mitigation_of(experiment).calibrated_by


def needed(entries: Sequence[tuple[str, Declaration]], runs: Path, here: Place) -> dict[str, Calibration]:
    """
    Return the calibrations of a run that it does not measure itself, by label of the experiment that uses it.

    Args:
        entries: Label and declaration of its experiments, in order.
        runs: The folder of earlier runs.
        here: Where and when it is to be measured.

    Raises:
        CalibrationError: When one is missing: nothing needs to be submitted.
    """
    found = {}
    for index, (label, experiment) in enumerate(entries):
        if experiment.mitigation:
            source = mitigation_of(experiment).calibrated_by
            before = [one for _, one in entries[:index] if one.name == source]
            read = {qubit for target in read_qubits(experiment) for qubit in target}
            if not any(read <= {qubit for target in one.targets for qubit in target} for one in before):
                found[label] = newest(experiment, runs, here)
    return found


def keep(folder: RunFolder, found: Mapping[str, Calibration]) -> None:
    """Copy calibrations into a run folder, each beside the experiment that uses it."""
    for label, calibration in found.items():
        write_calibration(folder.directory(label), calibration)
        logger.info("%s is mitigated by %r of %s", label, calibration.experiment, calibration.run or "a result given")
