"""A bug: a check of the fit takes it for granted that all points are there."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import Reason, hookimpl


def ninth(summary):
    seen = dict(enumerate(summary.mean))
    return [Reason("high", "the ninth point is at the top", "suspect")] if seen[8] > 0.99 else []


@frozen(kw_only=True)
class Counting(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "check-that-counts-points"

    def fit_model(self):
        return attrs.evolve(super().fit_model(), checks=(ninth,))


@hookimpl
def register_experiments():
    return [Counting]
