"""Random sequences of pi rotations, averaged over seeds: the error of one gate."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Sweep, ge, hookimpl, le, parameter


def survival(length, rate, amplitude, offset):
    return amplitude * rate**length + offset


@frozen(kw_only=True)
class RandomX(Experiment):
    """P(1) after random pi rotations that end in 0: `error_per_gate`, half of what the `rate` lacks of 1."""

    name: ClassVar[str] = "random-x"
    longest: int = parameter(200, ge(8), le(10_000), help="longest sequence")
    seeds: int = parameter(6, ge(2), le(1000), help="sequences of each length")

    def sweep(self):
        lengths = np.unique(np.linspace(2, self.longest, 12).astype(int) // 2 * 2)
        return Sweep(Axis("length", lengths), Axis("seed", np.arange(self.seeds)))

    def circuit(self, length, seed, target=(0,)):
        from qiskit import QuantumCircuit

        axes = np.random.default_rng([seed, length, *target]).integers(2, size=length // 2)
        circuit = QuantumCircuit(1, 1)
        for axis in axes:  # pairs of equal rotations undo each other
            for _ in range(2):
                (circuit.x if axis else circuit.y)(0)
        circuit.measure(0, 0)
        return circuit

    def fit_model(self):
        return FitModel(
            survival,
            lambda _, signal: {"rate": 0.998, "amplitude": signal[0] - 0.5, "offset": 0.5},
            quantities=("error_per_gate", "rate"),
            bounds={"rate": (0.5, 1.0)},
            derived={"error_per_gate": "(1 - rate) / 2"},
        )


@hookimpl
def register_experiments():
    return [RandomX]
