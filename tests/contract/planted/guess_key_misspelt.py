"""A bug: the guess calls a parameter otherwise than the model."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl


def misspelt(delay, signal):
    return {"life_time": delay.max() / 3, "amplitude": signal.max()}


@frozen(kw_only=True)
class Misspelt(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "guess-key-misspelt"

    def fit_model(self):
        return attrs.evolve(super().fit_model(), guess=misspelt)


@hookimpl
def register_experiments():
    return [Misspelt]
