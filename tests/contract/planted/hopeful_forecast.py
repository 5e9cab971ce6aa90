"""Planted: errors are forecast for twice the shots of every point and both directions."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import hookimpl

from .forecasting import Forecasting


@frozen(kw_only=True)
class HopefulForecast(Forecasting):
    """Forecasts half the error."""

    name: ClassVar[str] = "hopeful-forecast"

    def forecast(self, experiment, truth, shots):
        return super().forecast(experiment, truth, 4 * shots)


@hookimpl
def register_analyzers():
    return [HopefulForecast]
