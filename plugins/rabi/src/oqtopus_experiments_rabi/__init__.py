"""Rabi oscillation: the amplitude of the drive that inverts the qubit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import (
    Axis,
    Experiment,
    FitModel,
    QubitInfo,
    ReasonCode,
    Sweep,
    checks,
    ge,
    gt,
    guesses,
    hookimpl,
    le,
    parameter,
    readout,
)

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


@frozen(kw_only=True)
class Rabi(Experiment):
    """
    P(1) against the amplitude of one drive pulse; amplitude 1 is the calibrated pi pulse.

    Reports `pi_amplitude`, the amplitude that inverts the qubit: 1 on a calibrated device, 1.25 where the drive is
    20 % too weak. Also `drive_scale`, its inverse: how far the drive rotates, relative to its calibration.
    """

    name: ClassVar[str] = "rabi"
    amplitude_points: int = parameter(30, ge(5), le(100_000), help="number of amplitudes, from 0 to max_amplitude")
    max_amplitude: float = parameter(2.0, gt(0), help="largest amplitude; 1 is the calibrated pi pulse")
    calibrate_readout: bool = parameter(False, help="also read out |0> and x|0>, in a tenth as many circuits each")

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

    def references(self) -> Mapping[str, QuantumCircuit]:
        """Return circuits that read out |0> and x|0>, when asked for."""
        return readout.circuits(self._repeats)

    def fit_model(self) -> FitModel:
        """Return an oscillation that starts at its minimum, with free contrast and offset."""
        return FitModel(
            oscillation,
            guess,
            quantities=("pi_amplitude", "drive_scale", "contrast", "offset"),
            bounds={"pi_amplitude": (0, np.inf)},
            derived={"drive_scale": drive_scale},
            flat="no oscillation within the swept amplitudes",
            checks=(
                checks.oscillation_window("pi_amplitude", "amplitude"),
                checks.precise("pi_amplitude", 0.1),
                checks.positive(
                    "contrast", ReasonCode.INVERTED, "the signal starts at its maximum: the qubit is not in |0>"
                ),
            ),
            references=readout.models(self._repeats, ground=ground, excited=excited),
            example={"pi_amplitude": 1.0, "contrast": 0.95, "offset": 0.5},
        )

    def expected(self, qubits: Sequence[QubitInfo]) -> Mapping[str, float]:
        """Return what the readout makes of the oscillation, where the calibration has it."""
        levels = readout.levels(*qubits)
        return {} if levels is None else {"contrast": levels[1] - levels[0], "offset": (levels[0] + levels[1]) / 2}

    def alternatives(self) -> Sequence[Rabi]:
        """Return half and twice the amplitudes, with and without references, with four or more points a period of 2."""
        return [
            attrs.evolve(self, max_amplitude=largest, calibrate_readout=referenced)
            for largest in (self.max_amplitude / 2, self.max_amplitude, 2 * self.max_amplitude)
            for referenced in (True, False)
            if largest <= (self.amplitude_points - 1) / 2
        ]

    @property
    def _repeats(self) -> int:
        return max(2, self.amplitude_points // 10) if self.calibrate_readout else 0


def oscillation(
    amplitude: NDArray[np.float64], pi_amplitude: float, contrast: float, offset: float
) -> NDArray[np.float64]:
    """
    Return ``offset - contrast/2 cos(pi amplitude / pi_amplitude)``.

    This is P(1) = sin^2(theta/2) of a rotation by theta, seen through readout errors e0 = P(1|0) and e1 = P(0|1):
    contrast = 1 - e0 - e1, offset = (1 + e0 - e1)/2.
    """
    return offset - contrast / 2 * np.cos(np.pi * amplitude / pi_amplitude)


def ground(contrast: float, offset: float) -> float:
    """Return P(1) of the ground state."""
    return offset - contrast / 2


def excited(pi_amplitude: float, contrast: float, offset: float) -> float:
    """Return P(1) after an x gate, which is the pulse of amplitude 1 and may be as miscalibrated as that."""
    return float(offset - contrast / 2 * np.cos(np.pi / pi_amplitude))


def drive_scale(pi_amplitude: float) -> float:
    """Return how much further the drive turns than it was calibrated to."""
    return 1 / pi_amplitude


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
