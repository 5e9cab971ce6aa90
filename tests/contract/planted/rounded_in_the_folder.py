"""A bug: what is kept of a parameter is a rounded number."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import gt, hookimpl, parameter


@frozen(kw_only=True)
class Rounded(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "rounded-in-the-folder"
    longest: float = parameter(60_000.0, gt(0), unit="ns", help="longest delay", plain=round)


@hookimpl
def register_experiments():
    return [Rounded]
