"""A bug: a parameter says nothing about itself."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import ge, hookimpl, le, parameter


@frozen(kw_only=True)
class Silent(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "parameter-without-help"
    delays: int = parameter(12, ge(4), le(10_000))


@hookimpl
def register_experiments():
    return [Silent]
