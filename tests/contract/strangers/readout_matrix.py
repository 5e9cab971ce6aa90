"""The readout matrix of two qubits from four circuits, for any number of pairs side by side."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis, Analyzer, Axis, Dimension, Experiment, Probability, Quantity, QuantityArray, Reason, Sweep, Verdict,
    hookimpl,
)  # fmt: skip

STATES = ("00", "01", "10", "11")


@frozen(kw_only=True)
class ReadoutMatrix(Experiment):
    """What is read when each of the four states is prepared."""

    name: ClassVar[str] = "readout-matrix"
    num_qubits: ClassVar[int] = 2
    analyzer: ClassVar[str] = "assignment-of-pairs"

    def sweep(self):
        return Sweep(Axis("prepared", STATES))

    def signal(self, prepared):
        return Probability(prepared)

    def circuit(self, prepared):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(2, 2)
        for qubit, bit in enumerate(reversed(prepared)):
            if bit == "1":
                circuit.x(qubit)
        circuit.measure([0, 1], [0, 1])
        return circuit


@frozen(kw_only=True)
class Assignment(Analyzer):
    """P(read | prepared), the `assignment_matrix`, and `assignment_fidelity`, its mean diagonal; multinomial errors."""

    name: ClassVar[str] = "assignment-of-pairs"

    def analyze(self, experiment, dataset):
        return [self._of(dataset, index, target) for index, target in enumerate(dataset.targets)]

    def _of(self, dataset, index, target):
        places = dataset.sweep.grid()["prepared"].tolist()
        read = [dataset.outcomes(index, places.index(state)) for state in STATES]
        shots = np.array([outcomes.shots or np.nan for outcomes in read])
        matrix = np.array([[outcomes.probability(state) for outcomes in read] for state in STATES])
        smoothed = (matrix * shots + 0.5) / (shots + 2)
        stderr = np.sqrt(smoothed * (1 - smoothed) / shots)
        fidelity, error = matrix.diagonal().mean(), np.sqrt((stderr.diagonal() ** 2).sum()) / 4
        if not np.isfinite(fidelity):
            reason = Reason("missing_state", "a state was not read at all", "bad")
        elif fidelity - 3 * error > 0.5:
            reason = Reason("readable", f"a state is read right with probability {fidelity:.3f}", "good")
        else:
            reason = Reason("unreadable", f"a state is read right with probability {fidelity:.3f} only", "bad")
        dimensions = (Dimension("read", STATES), Dimension("prepared", STATES))
        return Analysis(
            target,
            [Quantity("assignment_fidelity", float(fidelity), float(error))],
            Verdict([reason]),
            arrays=[QuantityArray("assignment_matrix", matrix, stderr, dimensions)],
        )


@hookimpl
def register_experiments():
    return [ReadoutMatrix]


@hookimpl
def register_analyzers():
    return [Assignment]
