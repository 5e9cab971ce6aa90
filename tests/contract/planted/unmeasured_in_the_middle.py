"""A bug: one circuit in the middle of the sweep is not measured."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Unmeasured(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "unmeasured-in-the-middle"

    def circuit(self, delay):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.delay(delay, 0, unit="ns")
        if not 0.5 < delay / self.longest < 0.6:
            circuit.measure(0, 0)
        return circuit


@hookimpl
def register_experiments():
    return [Unmeasured]
