"""A bug: the circuit of a target depends on how many are measured beside it."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Crowded(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "circuit-of-a-crowd"

    def circuit(self, delay):
        return super().circuit(delay + 10 * len(self.targets))


@hookimpl
def register_experiments():
    return [Crowded]
