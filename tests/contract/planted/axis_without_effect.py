"""A bug: every circuit waits for the longest delay."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Longest(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "axis-without-effect"

    def circuit(self, delay):
        return super().circuit(self.longest)


@hookimpl
def register_experiments():
    return [Longest]
