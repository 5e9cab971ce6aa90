"""What a mitigation is expected to do to each target of an experiment, before anything is measured."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.contracts.correction import Correction
from oqtopus_experiments.contracts.devices import DeviceInfo, QubitInfo
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.mitigation import Mitigation
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.errors import CalibrationError
from oqtopus_experiments.execution._mitigation import mitigation_of
from oqtopus_experiments.execution._reading import read_qubits
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.plugins._registry import registry


@frozen(eq=False)
class ExpectedMitigation:
    """
    What a mitigation would do to one target.

    Args:
        correction: It.
        told: By which calibration, as the end of a sentence.
    """

    correction: Correction
    told: str


def qubits_of(experiment: Declaration, device: DeviceInfo, target: Target) -> tuple[QubitInfo, ...]:
    """Return what is known of the qubits of a target, without the errors that its experiment mitigates."""
    known = {qubit.index: qubit for qubit in device.qubits}
    found = tuple(known.get(index, QubitInfo(index=index)) for index in target)
    if not experiment.mitigation:
        return found
    mitigation = mitigation_of(experiment)
    with fence("undone", type(mitigation)):
        return tuple(mitigation.undone(qubit) for qubit in found)


def expected_mitigations(
    experiment: Declaration, shots: int, device: DeviceInfo | None, calibration: Calibration | None
) -> dict[Target, ExpectedMitigation]:
    """
    Return what the mitigation of an experiment would do to each of its targets; nothing where it asks for none.

    Args:
        experiment: What is to be measured.
        shots: Shots of each circuit, of a calibration too that is yet to be measured.
        device: What is known of the device; None for nothing.
        calibration: The one it would use; None where that is yet to be measured.

    Raises:
        CalibrationError: When the calibration cannot be used, or its mitigation does not say what to expect of one.
        PluginFault: When code of a plugin fails.
    """
    if not experiment.mitigation:
        return {}
    mitigation, read = mitigation_of(experiment), read_qubits(experiment)
    analyses: Sequence[Analysis]
    if calibration is None:
        analyses, source = _to_expect(mitigation, read, shots, device), "to expect"
    else:
        analyses, source = calibration.analyses, f"of {calibration.run or 'the result given'}"
    with fence("correction", type(mitigation), passing=(CalibrationError,)):
        return {
            target: ExpectedMitigation(
                mitigation.correction(qubits, analyses),
                f"mitigated by {mitigation.calibrated_by!r} {source}{_told(analyses, qubits)}",
            )
            for target, qubits in zip(experiment.targets, read, strict=True)
        }


def _to_expect(
    mitigation: Mitigation, read: Sequence[Target], shots: int, device: DeviceInfo | None
) -> Sequence[Analysis]:
    known = {} if device is None else {qubit.index: qubit for qubit in device.qubits}
    indices = sorted({qubit for qubits in read for qubit in qubits})
    calibrating = registry().get("experiment", mitigation.calibrated_by)()
    with fence("expected", type(mitigation)):
        found = mitigation.expected(calibrating, [known.get(i, QubitInfo(index=i)) for i in indices], shots)
    if not found:
        message = (
            f"the mitigation {mitigation.name!r} does not say what to expect of its calibration: run "
            f"{mitigation.calibrated_by!r} first, or plan without"
        )
        raise CalibrationError(message)
    return found


def _told(analyses: Sequence[Analysis], qubits: Target) -> str:
    """Return the headline of the worst calibration that has these qubits."""
    own = [one.quantities[0] for one in analyses if one.quantities and set(one.target) & set(qubits)]
    return f": {own[0].name} = {min(own, key=lambda one: one.value)}" if own else ""
