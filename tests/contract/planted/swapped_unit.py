"""A bug: delays are in ns, and their lifetime is told in us."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class InMicroseconds(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "swapped-unit"

    def fit_model(self):
        return attrs.evolve(super().fit_model(), units={"lifetime": "us", "rate": "1/us"})


@hookimpl
def register_experiments():
    return [InMicroseconds]
