"""Three experiments as strangers would write them: from the public API only, none shaped like Rabi or T1."""

from __future__ import annotations

import sys
from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Axis,
    Experiment,
    FitModel,
    Parity,
    Quantity,
    Reason,
    Sweep,
    Verdict,
    ge,
    hookimpl,
    parameter,
)


def survival(length, rate, amplitude, offset):
    return amplitude * rate**length + offset


@frozen(kw_only=True)
class RandomX(Experiment):
    """Randomized sequences of pi rotations that end in 0: P(1) against length, averaged over seeds."""

    name: ClassVar[str] = "random-x"
    longest: int = parameter(200, ge(8), help="longest sequence")
    seeds: int = parameter(6, ge(2), help="sequences of each length")

    def sweep(self):
        lengths = np.unique(np.linspace(2, self.longest, 12).astype(int) // 2 * 2)
        return Sweep(Axis("length", lengths), Axis("seed", np.arange(self.seeds)))

    def circuit(self, length, seed):
        from qiskit import QuantumCircuit

        axes = np.random.default_rng([seed, length]).integers(2, size=length // 2)
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


ANGLES = {"a": 0.0, "A": np.pi / 2, "b": np.pi / 4, "B": -np.pi / 4}
SIGNS = {"ab": 1, "aB": 1, "Ab": 1, "AB": -1}


@frozen(kw_only=True)
class Bell(Experiment):
    """The CHSH value of a Bell pair, from four settings of the two analyzers."""

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
    """Adds the four correlations with their signs."""

    name: ClassVar[str] = "chsh-sum"

    def analyze(self, experiment, dataset):
        signs = np.array(list(SIGNS.values()))
        analyses = []
        for target, mean, stderr in zip(dataset.targets, dataset.mean, dataset.stderr, strict=True):
            s, error = float(signs @ mean), float(np.sqrt((stderr**2).sum()))
            violated = s - 5 * error > 2
            reason = Reason("violated" if violated else "classical", f"S = {s:.3f}", "good" if violated else "suspect")
            analyses.append(Analysis(target, [Quantity("s_value", s, error)], Verdict([reason])))
        return analyses


def fringe(phase, contrast, phase_offset):
    return contrast * np.cos(2 * phase + phase_offset)


@frozen(kw_only=True)
class ParityFringe(Experiment):
    """Parity of a Bell pair against the phase of an analysis pulse: contrast and phase are both unknown."""

    name: ClassVar[str] = "parity-fringe"
    num_qubits: ClassVar[int] = 2
    signal: ClassVar[Parity] = Parity()
    phases: int = parameter(16, ge(6), help="number of analysis phases")

    def sweep(self):
        return Sweep(Axis("phase", np.linspace(0, 2 * np.pi, self.phases, endpoint=False), unit="rad"))

    def circuit(self, phase):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(2, 2)
        circuit.h(0)
        circuit.cx(0, 1)
        circuit.rz(0.3, 0)
        for qubit in (0, 1):
            circuit.rz(phase, qubit)
            circuit.rx(np.pi / 2, qubit)
        circuit.measure([0, 1], [0, 1])
        return circuit

    def fit_model(self):
        def guess(phase, signal):
            component = (signal * np.exp(-2j * phase)).mean() * 2
            return {"contrast": abs(component), "phase_offset": float(np.angle(component))}

        return FitModel(fringe, guess, units={"phase_offset": "rad"})


@hookimpl
def register_experiments():
    return [RandomX, Bell, ParityFringe]


@hookimpl
def register_analyzers():
    return [ChshSum]


MODULE = sys.modules[__name__]
