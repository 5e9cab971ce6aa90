"""What an experiment is expected to come to before it is run: for what its truth is assumed to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs
from attrs import frozen

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.contracts.declared_fields import is_per_target
from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.errors import AnalysisError
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.execution._expected_mitigation import ExpectedMitigation, expected_mitigations, qubits_of
from oqtopus_experiments.execution._on_targets import on_targets
from oqtopus_experiments.plugins._analyzer_calls import forecast_of
from oqtopus_experiments.plugins._experiment_calls import expected_of, model_of, sweep_of
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.support._suggestions import suggest

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzer import Analyzer

Source: TypeAlias = Literal["given", "calibration", "example"]
"""Who says what a parameter is assumed to be."""


@frozen
class Truth:
    """
    What is assumed of one target.

    Args:
        values: Of the parameters of the model, by name.
        sources: Who says so of each of them.
    """

    values: Mapping[str, float]
    sources: Mapping[str, Source]

    def beside(self, example: Mapping[str, float]) -> Truth:
        """Return this with what is known by example only of parameters that it says nothing of."""
        return Truth({**example, **self.values}, {**dict.fromkeys(example, "example"), **self.sources})


@frozen(eq=False)
class Forecast:
    """
    What one target is expected to come to.

    Args:
        analysis: The truth with the standard errors to expect, and what could be said against these points already.
        truth: For what they are to be expected.
        mitigated_by: The calibration by which its errors have grown, as the end of a sentence; empty without one.
    """

    analysis: Analysis
    truth: Truth
    mitigated_by: str = ""

    @property
    def target(self) -> Target:
        """Its physical qubits."""
        return self.analysis.target


def forecast(
    experiment: Declaration,
    shots: int = 1000,
    *,
    truth: Mapping[str, float] | None = None,
    device: DeviceInfo | None = None,
    analyzer: Analyzer | str | None = None,
    calibration: Calibration | None = None,
) -> tuple[Forecast, ...]:
    """
    Return the standard errors to expect of each target, before anything is measured.

    Args:
        experiment: What is to be measured.
        shots: Repetitions of each circuit.
        truth: Parameters of its model that are known or assumed, by name. Of the others the calibration of the device
            is believed (`Declaration.expected`), and where that says nothing, the example (`FitModel.example`).
        device: The device with its calibration; None where nothing is known.
        analyzer: What is to analyze it, or its name; that of the experiment by default.
        calibration: By which the mitigation that it asks for is calibrated; one to expect of the device by default.

    Raises:
        AnalysisError: When the analyzer cannot say, for example as it knows no truth to assume.
        CalibrationError: When the calibration cannot be used.
        PluginFault: When code of a plugin fails.
    """
    mitigations = expected_mitigations(experiment, shots, device, calibration)
    return of_truths(experiment, shots, truths_of(experiment, truth or {}, device), analyzer, mitigations)


def truths_of(experiment: Declaration, given: Mapping[str, float], device: DeviceInfo | None) -> dict[Target, Truth]:
    """
    Return what is assumed of each target: what is given, else what its calibration says, else the example.

    Raises:
        AnalysisError: When something is given that is not a parameter of the model.
        PluginFault: When code of the experiment fails.
    """
    known = assumable(experiment)
    if unknown := [name for name in given if name not in known]:
        message = f"{experiment.name!r} has no parameter {unknown[0]!r} to assume{suggest(unknown[0], known)}"
        raise AnalysisError(message)
    model = model_of(experiment)
    example = {} if model is None else dict(model.example)
    truths = {}
    for target in experiment.targets:
        told = (
            {}
            if device is None
            else expected_of(on_targets(experiment, (target,)), qubits_of(experiment, device, target))
        )
        sources: dict[str, Source] = {
            **dict.fromkeys(example, "example"),
            **dict.fromkeys(told, "calibration"),
            **dict.fromkeys(given, "given"),
        }
        truths[target] = Truth({**example, **told, **given}, sources)
    return truths


def of_truths(
    experiment: Declaration,
    shots: int,
    truths: Mapping[Target, Truth],
    analyzer: Analyzer | str | None,
    mitigations: Mapping[Target, ExpectedMitigation],
) -> tuple[Forecast, ...]:
    """
    Return the forecast of each target for its truth, and with its mitigation where there is one.

    Raises:
        AnalysisError: When the analyzer cannot say.
        PluginFault: When code of a plugin fails.
    """
    chosen = chosen_analyzer(experiment, analyzer)
    found: dict[object, Analysis] = {}
    forecasts = []
    for target in experiment.targets:
        truth, mitigation = truths[target], mitigations.get(target)
        key = (tuple(sorted(truth.values.items())), target if mitigation or _differs(experiment) else None)
        if key not in found:
            correction = None if mitigation is None else mitigation.correction
            found[key] = forecast_of(chosen, on_targets(experiment, (target,)), truth.values, shots, correction)
        forecasts.append(
            Forecast(attrs.evolve(found[key], target=target), truth, "" if mitigation is None else mitigation.told)
        )
    return tuple(forecasts)


def assumable(experiment: Declaration) -> dict[str, str]:
    """Return the parameters of the model of an experiment with their units; none without a model."""
    model = model_of(experiment)
    if model is None:
        return {}
    with fence("fit_model", type(experiment)):
        if sound_model.is_plain(model):
            names = list(sound_model.parameters_of(model, sweep_of(experiment).grid()))
        else:  # an lmfit model
            names = [*model.function.param_names, *model.example]
    return {name: model.units.get(name, "") for name in names}


def _differs(experiment: Declaration) -> bool:
    """Return whether targets may differ in more than what is assumed of them."""
    return callable(experiment.signal) or any(is_per_target(field) for field in attrs.fields(type(experiment)))
