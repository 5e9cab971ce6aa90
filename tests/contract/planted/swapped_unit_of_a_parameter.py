"""A bug: what is given in us becomes as many ns."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import gt, hookimpl, parameter


@frozen(kw_only=True)
class Longest(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "swapped-unit-of-a-parameter"
    longest: float = parameter(60_000.0, gt(0), unit="us", help="longest delay")


@hookimpl
def register_experiments():
    return [Longest]
