"""Fidelity of GHZ states of two to six qubits from populations and a parity fringe."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Axis, Expectation, Experiment, FitModel, Parity, Reason, Sweep, ge, hookimpl, le, parameter,
)  # fmt: skip


@frozen(kw_only=True)
class Ghz(Experiment):
    """
    P(0..0) + P(1..1), and the parity against the phase of an analysis pulse on all qubits.

    Reports the `fidelity`, the `population` of the two and the `contrast` of the fringe. The state to compare with is
    (|0..0> + |1..1>) / sqrt(2): what oscillates out of phase with it does not count.
    """

    name: ClassVar[str] = "ghz-fidelity"
    size: int = parameter(3, ge(2), le(6), help="number of qubits")

    @property
    def num_qubits(self):
        return self.size

    def sweep(self):
        phases = np.linspace(0, np.pi, 4 * self.size, endpoint=False)
        return Sweep(Axis("basis", ["z"])) + Sweep(Axis("basis", ["xy"]), Axis("phase", phases, unit="rad"))

    def signal(self, basis):
        return Parity() if basis == "xy" else Expectation({"0" * self.size: 1.0, "1" * self.size: 1.0}, "P(all equal)")

    def circuit(self, basis, phase=0.0):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(self.size, self.size)
        circuit.h(0)
        for qubit in range(self.size - 1):
            circuit.cx(qubit, qubit + 1)
        for qubit in range(self.size if basis == "xy" else 0):
            circuit.rz(-phase, qubit)
            circuit.h(qubit)
        circuit.measure(range(self.size), range(self.size))
        return circuit

    def fit_model(self):
        size = self.size

        def ghz(basis, phase, population, in_phase, quadrature):
            turn = size * np.nan_to_num(phase)
            return np.where(basis == "z", population, in_phase * np.cos(turn) + quadrature * np.sin(turn))

        def guess(basis, phase, signal):
            parity, turn = signal[basis == "xy"], size * phase[basis == "xy"]
            return {
                "population": signal[basis == "z"].mean(),
                "in_phase": 2 * (parity * np.cos(turn)).mean(),
                "quadrature": 2 * (parity * np.sin(turn)).mean(),
            }

        return FitModel(
            ghz,
            guess,
            quantities=("fidelity", "population", "contrast"),
            derived={"fidelity": "(population + in_phase) / 2", "contrast": contrast},
            flat="",
            checks=(entangled,),
        )


def contrast(in_phase, quadrature):
    return np.hypot(in_phase, quadrature)


def entangled(summary):
    fidelity = summary.quantities["fidelity"]
    if fidelity.value - 3 * fidelity.stderr > 0.5:
        return [Reason("entangled", "the fidelity is above 1/2: all qubits are entangled", "good")]
    return [Reason("not_entangled", "a fidelity of 1/2 is within reach of separable states", "suspect")]


register_experiments = hookimpl(lambda: [Ghz])
