"""A bug: whatever is measured, the lifetime is 20 us."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl
from oqtopus_experiments_curvefit import CurveFit


def changed(analysis):
    quantities = [attrs.evolve(one, value=20_000.0) if one.name == "lifetime" else one for one in analysis.quantities]
    return attrs.evolve(analysis, quantities=quantities)


@frozen(kw_only=True)
class Fit(CurveFit):
    """Curve fitting, in a way of its own."""

    name: ClassVar[str] = "hard-coded-answer-fit"

    def analyze(self, experiment, dataset):
        return [changed(one) for one in super().analyze(experiment, dataset)]


@frozen(kw_only=True)
class Watched(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "hard-coded-answer"
    analyzer: ClassVar[str] = "hard-coded-answer-fit"


@hookimpl
def register_experiments():
    return [Watched]


@hookimpl
def register_analyzers():
    return [Fit]
