"""The same experiments on the twin of a device: what its last calibration lets one expect."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.errors import CalibrationError, PluginError
from oqtopus_experiments.execution._exact_twin import exact_signal
from oqtopus_experiments.execution._mitigation import mitigation_of
from oqtopus_experiments.execution._reading import read_qubits
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.execution._submission import submit
from oqtopus_experiments.plugins import _backend_calls as backend_calls
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.reporting.figures import About, drawn
from oqtopus_experiments.reporting.figures._about import of_points
from oqtopus_experiments.reporting.figures._sheets import base_sheets
from oqtopus_experiments.reporting.figures._twin_sheets import together
from oqtopus_experiments.runfile._config import ConfiguredExperiment, RunConfig

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_EXACT = "twin: exact at the points"

logger = logging.getLogger(__name__)


@frozen(eq=False)
class Prediction:
    """
    What the twin shows.

    Args:
        device: Name of the device.
        result: What the twin gave.
        analyses: One per target.
        exact: Its signal without the noise of shots, shape (targets, points); None where it cannot be computed.
    """

    device: str
    result: ExperimentResult
    analyses: tuple[Analysis, ...]
    exact: NDArray[np.float64] | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return its points, as `Dataset.to_frame` does, with the exact signal where it is known."""
        frame = self.result.dataset.to_frame()
        return frame if self.exact is None else frame.assign(exact_signal=self.exact.ravel())


def predict(config: RunConfig) -> dict[str, Prediction]:
    """
    Return the prediction for every experiment of a run, by its label; nothing is submitted to the device.

    Raises:
        PluginError: When no installed backend can be the twin of a device.
        ConfigError: When nothing was measured of the device.
        BackendError: When the backend has no device to be like, or something the experiments use was not measured.
    """
    info = backend_calls.device_info(config.backend)
    twin = twin_of(info, config.seed)
    measured: list[ExperimentResult] = []
    predictions = {}
    for entry in config.experiments:
        try:
            result = _measured(entry, twin, measured)
        except CalibrationError as error:
            logger.warning("the twin of %s predicts nothing of %r: %s", info.summary.name, entry.label, error)
            continue
        measured.append(result)
        analyses = tuple(result.analyses(entry.analyzer))
        predictions[entry.label] = Prediction(info.summary.name, result, analyses, exact_signal(entry.experiment, twin))
    return predictions


def twin_of(device: DeviceInfo, seed: int | None) -> Backend:
    """
    Return the twin of a device, from the first installed backend that can be one.

    Raises:
        PluginError: When none can.
    """
    for found in registry().classes("backend").values():
        for cls, _ in found:
            twin = backend_calls.twin_of(cls, device, seed)
            if twin is not None:
                return twin
    message = f"no installed backend can be the twin of {device.summary.name!r}; see `oqx plugins`"
    raise PluginError(message)


def _measured(entry: ConfiguredExperiment, twin: Backend, before: Sequence[ExperimentResult]) -> ExperimentResult:
    """Measure an experiment on the twin; what it mitigates is calibrated on the twin as well."""
    if not entry.experiment.mitigation:
        return submit(entry.experiment, twin, entry.shots, name=entry.label, runs=False).result()
    calibrated_by = mitigation_of(entry.experiment).calibrated_by
    read = {qubit for qubits in read_qubits(entry.experiment) for qubit in qubits}
    calibration = next((one for one in reversed(before) if _calibrates(one, calibrated_by, read)), None)
    if calibration is None:  # the device has been calibrated in another run
        calibrating = registry().get("experiment", calibrated_by)(physical_qubits=sorted(read))
        calibration = submit(calibrating, twin, entry.shots, name=calibrated_by, runs=False).result()
    return submit(entry.experiment, twin, entry.shots, name=entry.label, runs=False, calibration=calibration).result()


def _calibrates(result: ExperimentResult, calibrated_by: str, read: set[int]) -> bool:
    experiment = result.experiment
    return experiment.name == calibrated_by and read <= {q for target in experiment.targets for q in target}


def beside(measured: tuple[Analysis, ...], prediction: Prediction) -> list[str]:
    """Return one line per target: the headline quantity as measured and as predicted, and how far apart they are."""
    lines = []
    for analysis, expected in zip(measured, prediction.analyses, strict=True):
        if not analysis.quantities or not expected.quantities:
            continue
        found, twin = analysis.quantities[0], expected.quantities[0]
        spread = math.hypot(found.total_error, twin.total_error)
        apart = (
            f", {abs(found.value - twin.value) / spread:.1f} sigma apart"
            if found.is_known and twin.is_known and spread > 0
            else ""
        )
        lines.append(
            f"qubit {label(analysis.target)}: {found.name} = {found}, twin of {prediction.device} {twin}{apart}"
        )
    return lines


def figure(measured: ExperimentResult, analyses: tuple[Analysis, ...], prediction: Prediction) -> Figure:
    """
    Return a figure with both in every panel; it belongs to no window.

    Of the twin its exact curve, or its points and the curve fitted to them where it only draws shots.
    """
    from matplotlib.figure import Figure

    found = base_sheets(measured.dataset, analyses)
    expected = base_sheets(prediction.result.dataset, _as_drawn(prediction))
    about = About.of(measured.provenance, measured.job_metadata)
    small_print = about.small_print(
        *of_points(measured.dataset, analyses), _EXACT if prediction.exact is not None else ""
    )
    shown = together(found, expected, prediction.device, exact=prediction.exact is not None)
    return drawn(Figure, measured.label, shown, small_print)


def _as_drawn(prediction: Prediction) -> Sequence[Analysis]:
    """Return analyses whose fit is the exact signal, where it is known: the curve that is drawn."""
    if prediction.exact is None:
        return prediction.analyses
    return [
        attrs.evolve(analysis, fitted=signal, curves=(), panels=(), arrays=(), deviance=math.nan)
        for analysis, signal in zip(prediction.analyses, prediction.exact, strict=True)
    ]
