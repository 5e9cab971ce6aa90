"""What a whole run is expected to come to, and to cost: for ``oqx plan``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from oqtopus_experiments.contracts import deadline, units
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.contracts.nested import has_device
from oqtopus_experiments.errors import AnalysisError, BackendError, CalibrationError, ConfigError, PluginFault
from oqtopus_experiments.execution._forecast import Forecast, assumable, forecast
from oqtopus_experiments.execution._mitigation import Place, newest as newest_calibration
from oqtopus_experiments.execution._price import Price, price
from oqtopus_experiments.plugins._backend_calls import device_info
from oqtopus_experiments.support._suggestions import suggest

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.devices import DeviceInfo
    from oqtopus_experiments.runfile._config import ConfiguredExperiment, RunConfig

PATIENCE = 10.0
"""Seconds for which a device is asked for its calibration and its queue: a plan is worth having without."""


@frozen(eq=False)
class Prospect:
    """
    What one experiment of a run file is expected to come to.

    Args:
        label: Of the experiment.
        forecasts: One per target; empty where nothing can be forecast.
        units: Units of the parameters that are assumed.
        problem: Why nothing can be, as a sentence.
        price: What the precisions that were asked of its quantities cost; None where none was.
    """

    label: str
    forecasts: tuple[Forecast, ...]
    units: Mapping[str, str]
    problem: str = ""
    price: Price | None = None


def device_of(backend: Backend) -> tuple[DeviceInfo | None, str]:
    """
    Return the device that a backend runs on, where it has one, and why it could not be asked.

    Nothing fails for what is asked about beside a run, not even where the code of the backend does.
    """
    if not has_device(backend):
        return None, ""
    try:
        with deadline.within(PATIENCE):
            return device_info(backend), ""
    except (BackendError, ConfigError, PluginFault) as error:
        return None, f"its device was not asked for calibration and queue: {error}"


def prospects(
    config: RunConfig,
    device: DeviceInfo | None,
    assumed: Mapping[str, str],
    precision: Mapping[str, str],
) -> tuple[Prospect, ...]:
    """
    Return what each experiment of a run file is expected to come to, and what precisions cost.

    Args:
        config: The run file.
        device: What is known about the device.
        assumed: Parameters of models by name, as texts: ``"20 us"``. Each holds for every experiment that has it.
        precision: Standard errors by name of a quantity, likewise: ``"2 %"``.

    Raises:
        ConfigError: When no experiment has a parameter or quantity of that name, or a value is not one.
        AnalysisError: When a precision cannot be reached.
        PluginFault: When code of a plugin fails.
    """
    truths = _truths(config, assumed)
    newest = {entry.label: _calibration(config, entry) for entry in config.experiments}
    found = [_prospect(entry, truths[entry.label], device, newest[entry.label]) for entry in config.experiments]
    reported = {one.label: _reported(one) for one in found}
    for name in precision:
        if not any(name in names for names in reported.values()):
            known = {known for names in reported.values() for known in names}
            reasons = "".join(f"; {one.label}: {one.problem}" for one in found if one.problem)
            message = f"no experiment with a forecast reports {name!r}{suggest(name, known)}{reasons}"
            raise ConfigError(message, path="--precision")
    priced = []
    for entry, one in zip(config.experiments, found, strict=True):
        asked = {name: text for name, text in precision.items() if name in reported[one.label]}
        cost = None
        if asked:
            cost = price(
                entry.experiment, asked, truth=truths[entry.label], device=device, analyzer=entry.analyzer,
                calibration=newest[entry.label],
            )  # fmt: skip
        priced.append(evolve(one, price=cost))
    return tuple(priced)


def _calibration(config: RunConfig, entry: ConfiguredExperiment) -> Calibration | None:
    """Return the newest calibration that an experiment could use now; None where it needs none, or there is none."""
    if not entry.experiment.mitigation:
        return None
    try:
        return newest_calibration(entry.experiment, config.runs, Place.now(config.backend))
    except (CalibrationError, BackendError):  # as one that the file measures first
        return None


def _prospect(
    entry: ConfiguredExperiment,
    truth: Mapping[str, float],
    device: DeviceInfo | None,
    calibration: Calibration | None,
) -> Prospect:
    try:
        found = forecast(
            entry.experiment, entry.shots, truth=truth, device=device, analyzer=entry.analyzer, calibration=calibration
        )
        return Prospect(entry.label, found, assumable(entry.experiment))
    except (AnalysisError, CalibrationError, PluginFault) as error:
        # The problem of one experiment, and no reason not to count circuits.
        return Prospect(entry.label, (), {}, str(error))


def _reported(one: Prospect) -> tuple[str, ...]:
    return tuple(quantity.name for quantity in one.forecasts[0].analysis.quantities) if one.forecasts else ()


def _truths(config: RunConfig, assumed: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Return for each experiment what was assumed of its own parameters, as numbers of their units."""
    known = {entry.label: assumable(entry.experiment) if assumed else {} for entry in config.experiments}
    for name in assumed:
        if not any(name in names for names in known.values()):
            everything = {one for names in known.values() for one in names}
            message = f"no experiment has a parameter {name!r} to assume{suggest(name, everything)}"
            raise ConfigError(message, path="--assume")
    return {
        label: {name: _number(name, text, names[name]) for name, text in assumed.items() if name in names}
        for label, names in known.items()
    }


def _number(name: str, text: str, unit: str) -> float:
    try:
        return units.parse(text, unit)
    except ValueError as error:
        raise ConfigError(str(error), path=f"--assume {name}") from error
