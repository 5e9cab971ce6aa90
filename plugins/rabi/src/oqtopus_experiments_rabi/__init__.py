"""Rabi oscillation: the amplitude of the drive that inverts the qubit."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import Axis, Experiment, FitModel, Sweep, ge, gt, guesses, hookimpl, parameter

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


@frozen(kw_only=True)
class Rabi(Experiment):
    """
    P(1) against the amplitude of one drive pulse; amplitude 1 is the calibrated pi pulse.

    Reports `pi_amplitude`, the amplitude that inverts the qubit: 1 on a calibrated device, 1.25 where the drive is
    20 % too weak.
    """

    name: ClassVar[str] = "rabi"
    amplitude_points: int = parameter(30, ge(5), help="number of amplitudes, from 0 to max_amplitude")
    max_amplitude: float = parameter(2.0, gt(0), help="largest amplitude; 1 is the calibrated pi pulse")

    def sweep(self) -> Sweep:
        """Return equally spaced amplitudes from 0 to `max_amplitude`."""
        return Sweep(Axis("amplitude", np.linspace(0, self.max_amplitude, self.amplitude_points)))

    def circuit(self, amplitude: float) -> QuantumCircuit:
        """Return a rotation by ``amplitude * pi`` about x, measured."""
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.rx(amplitude * np.pi, 0)
        circuit.measure(0, 0)
        return circuit

    def fit_model(self) -> FitModel:
        """Return an oscillation that starts at its minimum, with free contrast and offset."""
        return FitModel(
            oscillation,
            guess,
            quantities=("pi_amplitude", "contrast", "offset"),
            bounds={"pi_amplitude": (0, np.inf)},
            flat="no oscillation within the swept amplitudes",
        )


def oscillation(
    amplitude: NDArray[np.float64], pi_amplitude: float, contrast: float, offset: float
) -> NDArray[np.float64]:
    """
    Return ``offset - contrast/2 cos(pi amplitude / pi_amplitude)``.

    This is P(1) = sin^2(theta/2) of a rotation by theta, seen through readout errors e0 = P(1|0) and e1 = P(0|1):
    contrast = 1 - e0 - e1, offset = (1 + e0 - e1)/2.
    """
    return offset - contrast / 2 * np.cos(np.pi * amplitude / pi_amplitude)


def guess(amplitude: NDArray[np.float64], signal: NDArray[np.float64]) -> list[dict[str, float]]:
    """Return starts at the strongest frequencies of the periodogram, contrast and offset from the extremes."""
    low, high = float(signal.min()), float(signal.max())
    return [
        {"pi_amplitude": 1 / (2 * frequency), "contrast": high - low, "offset": (high + low) / 2}
        for frequency in guesses.frequencies(amplitude, signal)
    ]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [Rabi]
