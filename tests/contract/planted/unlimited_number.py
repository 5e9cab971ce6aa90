"""A bug: a number of points without an end, which memory has."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import ge, hookimpl, parameter


@frozen(kw_only=True)
class Unlimited(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "unlimited-number"
    delays: int = parameter(12, ge(4), help="number of delays")


@hookimpl
def register_experiments():
    return [Unlimited]
