"""The parity of a Bell pair against a phase, with contrast and phase both unknown."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Parity, Sweep, ge, hookimpl, le, parameter


def fringe(phase, contrast, phase_offset):
    return contrast * np.cos(2 * phase + phase_offset)


@frozen(kw_only=True)
class ParityFringe(Experiment):
    """Parity of a Bell pair against the phase of an analysis pulse: `contrast` and `phase_offset` are both unknown."""

    name: ClassVar[str] = "parity-fringe"
    num_qubits: ClassVar[int] = 2
    signal: ClassVar[Parity] = Parity()
    phases: int = parameter(16, ge(6), le(1000), help="number of analysis phases")

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
    return [ParityFringe]
