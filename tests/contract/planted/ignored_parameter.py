"""A bug: a parameter that nothing depends on."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import ge, hookimpl, parameter


@frozen(kw_only=True)
class Settling(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "ignored-parameter"
    settle: float = parameter(500.0, ge(0), unit="ns", help="wait before the pulse")


@hookimpl
def register_experiments():
    return [Settling]
