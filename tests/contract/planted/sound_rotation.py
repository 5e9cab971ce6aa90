"""Sound: P(1) against the angle of one pulse."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Sweep, ge, gt, guesses, hookimpl, le, parameter


def oscillation(amplitude, period, contrast, offset):
    return offset - contrast / 2 * np.cos(2 * np.pi * amplitude / period)


def guess(amplitude, signal):
    return [
        {"period": 1 / frequency, "contrast": np.ptp(signal), "offset": signal.mean()}
        for frequency in guesses.frequencies(amplitude, signal)
    ]


@frozen(kw_only=True)
class Rotation(Experiment):
    """P(1) against the amplitude of a pulse: `period`, `contrast` and `offset` of the oscillation."""

    name: ClassVar[str] = "planted-rotation"
    amplitudes: int = parameter(20, ge(6), le(10_000), help="number of amplitudes")
    largest: float = parameter(3.0, gt(0), le(100), help="largest amplitude; 1 is a pi pulse")

    def sweep(self):
        return Sweep(Axis("amplitude", np.linspace(0, self.largest, self.amplitudes)))

    def circuit(self, amplitude):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.rx(np.pi * amplitude, 0)
        circuit.measure(0, 0)
        return circuit

    def fit_model(self):
        return FitModel(
            oscillation,
            guess,
            bounds={"period": (0, np.inf)},
            example={"period": 2.0, "contrast": 0.9, "offset": 0.5},
        )


@hookimpl
def register_experiments():
    return [Rotation]
