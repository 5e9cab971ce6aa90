"""A bug: the phase of the pulse is the hash of a text, which differs from process to process."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Hashed(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "circuit-that-changes"

    def circuit(self, delay):
        circuit = super().circuit(delay)
        phased = circuit.copy_empty_like()
        phased.rz(hash(f"{delay}") % 1000 / 1000, 0)
        return phased.compose(circuit)


@hookimpl
def register_experiments():
    return [Hashed]
