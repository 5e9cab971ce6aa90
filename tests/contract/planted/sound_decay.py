"""Sound: P(1) after a delay, as a stranger would write it. Bugs are planted in plugins that are like this one."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Sweep, ge, gt, hookimpl, le, parameter


def decay(delay, lifetime, amplitude):
    return amplitude * np.exp(-delay / lifetime)


def guess(delay, signal):
    return {"lifetime": delay.max() / 3, "amplitude": signal.max()}


@frozen(kw_only=True)
class Decay(Experiment):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "planted-decay"
    delays: int = parameter(12, ge(4), le(10_000), help="number of delays")
    longest: float = parameter(60_000.0, gt(0), unit="ns", help="longest delay")

    def sweep(self):
        return Sweep(Axis("delay", np.linspace(self.longest / 100, self.longest, self.delays), unit="ns"))

    def circuit(self, delay):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.delay(delay, 0, unit="ns")
        circuit.measure(0, 0)
        return circuit

    def fit_model(self):
        return FitModel(
            decay,
            guess,
            quantities=("lifetime", "rate", "amplitude"),
            bounds={"lifetime": (0, np.inf)},
            derived={"rate": "1 / lifetime"},
            units={"lifetime": "ns", "rate": "1/ns"},
            example={"lifetime": 20_000.0, "amplitude": 0.95},
        )


@hookimpl
def register_experiments():
    return [Decay]
