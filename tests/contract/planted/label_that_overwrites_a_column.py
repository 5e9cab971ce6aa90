"""A bug: an axis of labels is called like a column of every table."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import Axis, Sweep, hookimpl


@frozen(kw_only=True)
class Labelled(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "label-that-overwrites-a-column"

    def sweep(self):
        return Sweep(Axis("verdict", ["before", "after"]), *super().sweep().axes)

    def circuit(self, verdict, delay):
        return super().circuit(delay)


@hookimpl
def register_experiments():
    return [Labelled]
