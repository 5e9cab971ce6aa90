"""The CHSH value of a Bell pair, drawn between its bounds."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis, Analyzer, Axis, Experiment, Level, Panel, PanelAxis, Parity, PointSeries, Quantity, Reason, Sweep,
    Verdict, hookimpl,
)  # fmt: skip

ANGLES = {"a": 0.0, "A": np.pi / 2, "b": np.pi / 4, "B": -np.pi / 4}
SIGNS = {"ab": 1, "aB": 1, "Ab": 1, "AB": -1}


@frozen(kw_only=True)
class Bell(Experiment):
    """The CHSH value of a Bell pair, `s_value`, from four settings of the two analyzers."""

    name: ClassVar[str] = "bell"
    num_qubits: ClassVar[int] = 2
    signal: ClassVar[Parity] = Parity()
    analyzer: ClassVar[str] = "chsh-sum"

    def sweep(self):
        return Sweep(Axis("setting", list(SIGNS)))

    def circuit(self, setting):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(2, 2)
        circuit.h(0)
        circuit.cx(0, 1)
        for qubit, letter in enumerate(setting):
            circuit.ry(-ANGLES[letter], qubit)
        circuit.measure([0, 1], [0, 1])
        return circuit


@frozen(kw_only=True)
class ChshSum(Analyzer):
    """Adds the four correlations with their signs; a setting that is missing leaves no sum."""

    name: ClassVar[str] = "chsh-sum"

    def analyze(self, experiment, dataset):
        signs = np.array([SIGNS[setting] for setting in dataset.sweep.grid()["setting"]])
        analyses = []
        for target, mean, stderr in zip(dataset.targets, dataset.mean, dataset.stderr, strict=True):
            s, error = float(signs @ mean), float(np.sqrt((stderr**2).sum()))
            violated = s - 5 * error > 2
            if np.isnan(s):
                reason = Reason("missing_setting", "a setting was not read", "bad")
            else:
                code, level = ("violated", "good") if violated else ("classical", "suspect")
                reason = Reason(code, f"S = {s:.3f}", level)
            panel = Panel(
                x=PanelAxis(ticks=["S"], limits=(-0.5, 0.5)),
                y=PanelAxis("CHSH value", limits=(0, 3)),
                points=[PointSeries([0], [s], [error])],
                levels=[Level(2, "any local theory"), Level(2 * np.sqrt(2), "quantum mechanics")],
            )
            quantities = [Quantity("s_value", s, error)]
            analyses.append(Analysis(target, quantities, Verdict([reason]), panels=[panel]))
        return analyses


@hookimpl
def register_experiments():
    return [Bell]


@hookimpl
def register_analyzers():
    return [ChshSum]
