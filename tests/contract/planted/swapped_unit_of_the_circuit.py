"""A bug: the axis is in ns, and the circuit waits as many us."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Waiting(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "swapped-unit-of-the-circuit"

    def circuit(self, delay):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.delay(delay, 0, unit="us")
        circuit.measure(0, 0)
        return circuit


@hookimpl
def register_experiments():
    return [Waiting]
