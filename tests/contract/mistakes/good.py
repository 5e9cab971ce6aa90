"""A sound plugin, as a stranger would write it; every mistake is made in this one, by changing a line or two."""

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
    ge,
    gt,
    hookimpl,
    parameter,
)


def decay(delay, lifetime, amplitude):
    return amplitude * np.exp(-delay / lifetime)


def guess(delay, signal):
    return {"lifetime": 20_000.0, "amplitude": 0.9}


def known(summary):
    return []


@frozen(kw_only=True)
class Decay(Experiment):
    """P(1) after a delay."""

    name = "decay"
    signal = Probability("1")
    delays: int = parameter(8, ge(4), help="number of delays")
    longest: float = parameter(60_000.0, gt(0), unit="ns", help="longest delay")

    def sweep(self):
        return Sweep(Axis("delay", np.linspace(100, self.longest, self.delays), unit="ns"))

    def references(self):
        return {}

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
            quantities=("lifetime", "rate"),
            bounds={"lifetime": (1.0, 1e9)},
            derived={"rate": "1 / lifetime"},
            units={"lifetime": "ns"},
            checks=(known,),
        )


@frozen(kw_only=True)
class Average(Analyzer):
    """The mean over the sweep."""

    name = "average"

    def analyze(self, experiment, dataset):
        analyses = []
        for target, mean in zip(dataset.targets, dataset.mean, strict=True):
            verdict = Verdict([Reason("averaged", "the mean over the sweep", "good")])
            analyses.append(Analysis(target, [Quantity("average", mean.mean(), 0.01)], verdict))
        return analyses


@hookimpl
def register_experiments():
    return [Decay]


@hookimpl
def register_analyzers():
    return [Average]
