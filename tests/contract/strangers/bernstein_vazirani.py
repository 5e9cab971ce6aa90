"""The algorithm of Bernstein and Vazirani for every secret: how often it is found at once."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis, Analyzer, Axis, Dimension, Experiment, Level, Panel, PanelAxis, PointSeries, Probability, Quantity,
    QuantityArray, Reason, Sweep, Verdict, ge, hookimpl, le, parameter,
)  # fmt: skip


@frozen(kw_only=True)
class BernsteinVazirani(Experiment):
    """The probability to read the secret, for each of the 2^bits there are. The last qubit is the ancilla."""

    name: ClassVar[str] = "bernstein-vazirani"
    analyzer: ClassVar[str] = "known-outcome"
    bits: int = parameter(3, ge(1), le(8), help="length of the secret")

    @property
    def num_qubits(self):
        return self.bits + 1

    def sweep(self):
        return Sweep(Axis("secret", [f"{number:0{self.bits}b}" for number in range(2**self.bits)]))

    def signal(self, secret):
        return Probability(secret)

    def circuit(self, secret):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(self.bits + 1, self.bits)
        circuit.x(self.bits)
        circuit.h(range(self.bits + 1))
        for qubit, bit in enumerate(reversed(secret)):
            if bit == "1":
                circuit.cx(qubit, self.bits)
        circuit.h(range(self.bits))
        circuit.measure(range(self.bits), range(self.bits))
        return circuit


@frozen(kw_only=True)
class Success(Analyzer):
    """`success_probability`, the mean over all secrets, and `success_by_secret` beside the floor of coin flips."""

    name: ClassVar[str] = "known-outcome"

    def analyze(self, experiment, dataset):
        (axis,) = dataset.sweep.axes
        floor = 1 / len(axis.values)
        analyses = []
        for target, mean, stderr in zip(dataset.targets, dataset.mean, dataset.stderr, strict=True):
            success, error = float(mean.mean()), float(np.sqrt((stderr**2).mean() / len(mean)))
            found = success - 3 * error > 0.5
            reason = Reason("found" if found else "not_found", f"found with {success:.3f}", "good" if found else "bad")
            panel = Panel(
                x=PanelAxis("secret", ticks=axis.values),
                y=PanelAxis("P(secret)", limits=(0, 1.05)),
                points=[PointSeries(np.arange(len(mean)), mean, stderr)],
                levels=[Level(1, "ideal"), Level(floor, "coin flips")],
            )
            array = QuantityArray("success_by_secret", mean, stderr, [Dimension("secret", axis.values)])
            quantity = Quantity("success_probability", success, error)
            analyses.append(Analysis(target, [quantity], Verdict([reason]), arrays=[array], panels=[panel]))
        return analyses


@hookimpl
def register_experiments():
    return [BernsteinVazirani]


@hookimpl
def register_analyzers():
    return [Success]
