"""A chevron of repeated pulses: P(1) over amplitude and number of pulses, fitted over both."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, PerTarget, Sweep, ge, gt, hookimpl, le, parameter


def chevron(detuning, pulses, drive, contrast, offset, kept):
    """P(1) after so many pi pulses of an amplitude that is off by `detuning`; each has kept so much of the contrast."""
    return offset - contrast / 2 * kept**pulses * np.cos(np.pi * pulses * drive * (1 + detuning))


def guess(detuning, pulses, signal):
    common = {"contrast": np.ptp(signal), "offset": 0.5, "kept": 0.999}
    return [{"drive": drive, **common} for drive in np.linspace(0.85, 1.15, 13)]


@frozen(kw_only=True)
class Amplification(Experiment):
    """
    Repeated pi pulses, detuned in amplitude about what each qubit is thought to need.

    Reports `drive`, the angle of such a pulse in units of pi, `best_amplitude`, by which to multiply `amplitude`, and
    the `contrast` of the chevron.
    """

    name: ClassVar[str] = "amplification"
    amplitude: PerTarget[float] = parameter(1.0, gt(0), per_target=True, help="amplitude of a pi pulse, by qubit")
    span: float = parameter(0.1, gt(0), help="largest detuning of the amplitude, relative")
    steps: int = parameter(11, ge(3), le(1000), help="number of detunings")
    most_pulses: int = parameter(9, ge(1), le(1000), help="largest number of pulses")

    def sweep(self):
        detunings = np.linspace(-self.span, self.span, self.steps)
        return Sweep(Axis("pulses", np.arange(1, self.most_pulses + 1)), Axis("detuning", detunings))

    def circuit(self, pulses, detuning, target):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        for _ in range(pulses):
            circuit.rx(np.pi * self.amplitude[target] * (1 + detuning), 0)
            circuit.barrier()
        circuit.measure(0, 0)
        return circuit

    def fit_model(self):
        return FitModel(
            chevron,
            guess,
            quantities=("drive", "best_amplitude", "contrast"),
            bounds={"drive": (0, np.inf)},
            derived={"best_amplitude": "1 / drive"},
        )


@hookimpl
def register_experiments():
    return [Amplification]
