"""State preparation and measurement, as a stranger declares it: public names only."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Axis,
    Experiment,
    Probability,
    Quantity,
    Reason,
    Sweep,
    Verdict,
    hookimpl,
)  # fmt: skip


@frozen(kw_only=True)
class Spam(Experiment):
    """How often a qubit prepared in 0 or 1 is read as such."""

    name: ClassVar[str] = "spam"
    analyzer: ClassVar[str] = "spam"

    def sweep(self):
        return Sweep(Axis("prepared", ["0", "1"]))

    def signal(self, prepared):
        return Probability(prepared)

    def circuit(self, prepared):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        if prepared == "1":
            circuit.x(0)
        circuit.measure(0, 0)
        return circuit


@frozen(kw_only=True)
class SpamError(Analyzer):
    """The mean over both states of how often the other one was read."""

    name: ClassVar[str] = "spam"

    def analyze(self, experiment, dataset):
        found = []
        for target, mean, stderr in zip(dataset.targets, dataset.mean, dataset.stderr, strict=True):
            error = Quantity("spam_error", float(1 - mean.mean()), float(np.sqrt((stderr**2).sum()) / len(stderr)))
            found.append(Analysis(target, [error], Verdict([Reason("counted", "both states were read", "good")])))
        return found


@hookimpl
def register_experiments():
    return [Spam]


@hookimpl
def register_analyzers():
    return [SpamError]
