"""Sound: random sequences, other ones on each target, averaged over seeds; every other one ends in 1."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Probability, Sweep, ge, hookimpl, le, parameter


def survival(length, rate, amplitude):
    return 0.5 + amplitude * rate**length


def guess(length, signal):
    return {"rate": 0.99, "amplitude": signal.max() - 0.5}


@frozen(kw_only=True)
class Sequences(Experiment):
    """P(expected) after random pairs of equal pi pulses: `rate` is what a pulse keeps of the `amplitude`."""

    name: ClassVar[str] = "planted-sequences"
    longest: int = parameter(120, ge(20), le(10_000), help="longest sequence")
    seeds: int = parameter(4, ge(2), le(1000), help="sequences of each length")

    def sweep(self):
        lengths = np.linspace(2, self.longest, 8).astype(int) // 2 * 2
        return Sweep(Axis("length", lengths), Axis("seed", np.arange(self.seeds)))

    def circuit(self, length, seed, target):
        return self.drawn(np.random.default_rng([seed, length, *target]), length, seed % 2)

    def signal(self, seed):
        return Probability(str(seed % 2))  # a device that always reads 0 must not look perfect

    def drawn(self, rng, length, ending):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        for about_x in rng.integers(2, size=length // 2):
            for _ in range(2):
                (circuit.x if about_x else circuit.y)(0)
                circuit.barrier()
        if ending:
            circuit.x(0)
        circuit.measure(0, 0)
        return circuit

    def fit_model(self):
        return FitModel(
            survival,
            guess,
            quantities=("rate", "amplitude"),
            bounds={"rate": (0, np.inf)},
            flat="",  # perfect pulses lose nothing
            example={"rate": 0.98, "amplitude": 0.48},
        )


@hookimpl
def register_experiments():
    return [Sequences]
