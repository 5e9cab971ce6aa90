"""A bug: every circuit asks all delays for their neighbours."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import ge, hookimpl, le, parameter


@frozen(kw_only=True)
class Slow(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "slow-with-points"
    delays: int = parameter(80, ge(4), le(10_000), help="number of delays")

    def circuit(self, delay):
        delays = super().sweep().grid()["delay"].tolist()
        nearest = min(delays, key=lambda one: sum(abs(one - delay) * step for step in range(40)))
        return super().circuit(nearest)


@hookimpl
def register_experiments():
    return [Slow]
