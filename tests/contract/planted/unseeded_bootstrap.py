"""A bug: the error bars are drawn, each time anew."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np
from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl
from oqtopus_experiments_curvefit import CurveFit


def changed(analysis):
    luck = np.random.default_rng().normal(1, 0.01)
    quantities = [attrs.evolve(one, stderr=one.stderr * luck) for one in analysis.quantities]
    return attrs.evolve(analysis, quantities=quantities)


@frozen(kw_only=True)
class Fit(CurveFit):
    """Curve fitting, in a way of its own."""

    name: ClassVar[str] = "unseeded-bootstrap-fit"

    def analyze(self, experiment, dataset):
        return [changed(one) for one in super().analyze(experiment, dataset)]


@frozen(kw_only=True)
class Watched(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "unseeded-bootstrap"
    analyzer: ClassVar[str] = "unseeded-bootstrap-fit"


@hookimpl
def register_experiments():
    return [Watched]


@hookimpl
def register_analyzers():
    return [Fit]
