"""State preparation and measurement, and randomized benchmarking, as a stranger declares them: public names only."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Axis,
    Experiment,
    FitModel,
    Probability,
    Quantity,
    Reason,
    Sweep,
    Verdict,
    guesses,
    hookimpl,
    parameter,
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


def survival(length, decay, amplitude, floor):
    """A p^length + 1/d: the sequences end in every outcome alike, so that readout cannot move the end."""
    return amplitude * decay**length + floor


@frozen(kw_only=True)
class Benchmarking(Experiment):
    """
    Random Cliffords and the outcome that they should give: read as one bit, 1 where it came.

    Reports `error_per_gate`: (1 - 1/d)(1 - p) over the gates that a Clifford is made of.
    """

    name: ClassVar[str] = "benchmarking"
    qubits: int = parameter(1, help="qubits of a target")
    gates: float = parameter(1.0, help="gates of the kind that is benchmarked, in a Clifford")

    @property
    def num_qubits(self):
        return self.qubits

    def sweep(self):
        return Sweep(Axis("length", [2, 32, 128]), Axis("sequence", np.arange(4)))

    def circuit(self, length, sequence):
        raise NotImplementedError  # these were run elsewhere

    def fit_model(self):
        floor, gates = 0.5**self.qubits, self.gates

        def model(length, decay, amplitude):
            return survival(length, decay, amplitude, floor)

        def guess(length, signal):
            time = guesses.decay_time(length, signal - floor)
            return {"decay": float(np.exp(-1 / max(time, 0.1))), "amplitude": float(signal.max() - floor)}

        def error_per_gate(decay):
            return (1 - floor) * (1 - decay) / gates

        return FitModel(
            model,
            guess,
            quantities=("error_per_gate", "decay", "amplitude"),
            bounds={"decay": (0, np.inf)},
            derived={"error_per_gate": error_per_gate},
            flat="",  # perfect gates do not decay
        )


@hookimpl
def register_experiments():
    return [Spam, Benchmarking]


@hookimpl
def register_analyzers():
    return [SpamError]
