"""A bug: what is bad is called suspect."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import Verdict, hookimpl
from oqtopus_experiments_curvefit import CurveFit


def changed(analysis):
    reasons = [attrs.evolve(one, level="suspect") if one.level == "bad" else one for one in analysis.verdict.reasons]
    return attrs.evolve(analysis, verdict=Verdict(reasons))


@frozen(kw_only=True)
class Fit(CurveFit):
    """Curve fitting, in a way of its own."""

    name: ClassVar[str] = "never-says-bad-fit"

    def analyze(self, experiment, dataset):
        return [changed(one) for one in super().analyze(experiment, dataset)]


@frozen(kw_only=True)
class Watched(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "never-says-bad"
    analyzer: ClassVar[str] = "never-says-bad-fit"


@hookimpl
def register_experiments():
    return [Watched]


@hookimpl
def register_analyzers():
    return [Fit]
