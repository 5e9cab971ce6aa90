"""A bug: a check of the fit finds fault with everything."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import Reason, hookimpl


def grumble(summary):
    return [Reason("short", "there could be more delays", "suspect")]


@frozen(kw_only=True)
class Grumpy(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "never-satisfied"

    def fit_model(self):
        return attrs.evolve(super().fit_model(), checks=(grumble,))


@hookimpl
def register_experiments():
    return [Grumpy]
