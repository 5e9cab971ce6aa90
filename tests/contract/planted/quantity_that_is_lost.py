"""A bug: the model lists a rate, and the analysis leaves it out."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl
from oqtopus_experiments_curvefit import CurveFit


def changed(analysis):
    quantities = [one for one in analysis.quantities if one.name != "rate"]
    return attrs.evolve(analysis, quantities=quantities, covariance=None)


@frozen(kw_only=True)
class Fit(CurveFit):
    """Curve fitting, in a way of its own."""

    name: ClassVar[str] = "quantity-that-is-lost-fit"

    def analyze(self, experiment, dataset):
        return [changed(one) for one in super().analyze(experiment, dataset)]


@frozen(kw_only=True)
class Watched(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "quantity-that-is-lost"
    analyzer: ClassVar[str] = "quantity-that-is-lost-fit"


@hookimpl
def register_experiments():
    return [Watched]


@hookimpl
def register_analyzers():
    return [Fit]
