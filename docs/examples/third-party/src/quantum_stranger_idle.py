"""How often does a qubit that nothing was done to read 1?"""

import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Sweep, ge, hookimpl, parameter


def constant(repetition, excited):
    return excited + 0 * repetition


@frozen(kw_only=True)
class Idle(Experiment):
    """P(1) of a qubit to which nothing is done."""

    name = "idle"
    repetitions: int = parameter(10, ge(2), help="equal circuits")

    def sweep(self):
        return Sweep(Axis("repetition", np.arange(self.repetitions)))

    def circuit(self, repetition):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.measure(0, 0)
        return circuit

    def fit_model(self):
        return FitModel(constant, lambda repetition, signal: {"excited": signal.mean()}, flat="")


@hookimpl
def register_experiments():
    return [Idle]
