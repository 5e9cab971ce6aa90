"""A bug: that the points are not on the curve is left out."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import Reason, Verdict, hookimpl
from oqtopus_experiments_curvefit import CurveFit

MISFIT = ("poor_fit", "outlier", "systematic", "localized", "clipped")


def changed(analysis):
    reasons = [one for one in analysis.verdict.reasons if one.code not in MISFIT]
    return attrs.evolve(analysis, verdict=Verdict(reasons or [Reason("fits", "a curve was drawn", "good")]))


@frozen(kw_only=True)
class Fit(CurveFit):
    """Curve fitting, in a way of its own."""

    name: ClassVar[str] = "blind-to-misfit-fit"

    def analyze(self, experiment, dataset):
        return [changed(one) for one in super().analyze(experiment, dataset)]


@frozen(kw_only=True)
class Watched(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "blind-to-misfit"
    analyzer: ClassVar[str] = "blind-to-misfit-fit"


@hookimpl
def register_experiments():
    return [Watched]


@hookimpl
def register_analyzers():
    return [Fit]
