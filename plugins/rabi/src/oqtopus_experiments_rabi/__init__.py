"""Rabi oscillation: the amplitude of the drive that inverts the qubit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

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
    in_,
    le,
    listed,
    parameter,
    readout,
)
from oqtopus_experiments_rabi import _amplitudes, _sx_pulse

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

# Three parameters, with sx pulses four, and something to test them by.
FEWEST = 5


def default_window(experiment: Rabi) -> float:
    """Return the default of `max_amplitude`, two pi pulses; with sx pulses one more for each point."""
    return _sx_pulse.default_window(experiment.amplitude_points) if experiment.pulse == "sx" else 2.0


def check_points(experiment: Rabi, field: attrs.Attribute[Any], points: int) -> None:
    """Refuse more points than there are numbers of sx pulses."""
    if experiment.pulse == "sx":
        _sx_pulse.check_points(field, points, experiment.max_amplitude)


def check_window(experiment: Rabi, field: attrs.Attribute[Any], largest: float) -> None:
    """Refuse an amplitude that no number of sx pulses has."""
    if experiment.pulse == "sx":
        _sx_pulse.check_window(field, largest)


def check_listed(experiment: Rabi, field: attrs.Attribute[Any], amplitudes: tuple[float, ...]) -> None:
    """Refuse amplitudes that no number of sx pulses has."""
    if experiment.pulse == "sx":
        _sx_pulse.check_listed(field, amplitudes)


@frozen(kw_only=True)
class Rabi(Experiment):
    """
    P(1) against the amplitude of one drive pulse; amplitude 1 is the calibrated pi pulse.

    Reports `pi_amplitude`, the amplitude that inverts the qubit: 1 on a calibrated device, 1.25 where the drive is
    20 % too weak. Also `drive_scale`, its inverse: how far the drive rotates, relative to its calibration; and
    `contrast` and `offset`, the height of the oscillation and its middle.

    With ``pulse = "rx"`` the amplitude is the angle of an rx gate, which a device must drive itself: one that makes rx
    of sx and rotations about z sweeps nothing, and the verdict says so (``not_driven``). ``pulse = "sx"`` works on
    every device: n sx gates are amplitude n/2. It takes the drive to be less than twice too strong, and reports
    `pulse_loss` too, the part of the contrast that each pulse costs.

    Source: the oscillation is that of I. I. Rabi, "Space quantization in a gyrating magnetic field", Phys. Rev. 51, 652
    (1937); seen through readout errors e0 = P(1|0) and e1 = P(0|1), sin^2(theta / 2) has the contrast 1 - e0 - e1
    about the offset (1 + e0 - e1) / 2.
    """

    name: ClassVar[str] = "rabi"
    manner: ClassVar[tuple[str, ...]] = ("calibrate_readout",)
    pulse: str = parameter(
        "rx", in_(("rx", "sx")), help='what is swept: "rx" the angle of one gate, "sx" the number of sx pulses'
    )
    amplitude_points: int = parameter(
        30, ge(FEWEST), le(100_000), check_points, help="number of amplitudes, from 0 to max_amplitude"
    )
    max_amplitude: float = parameter(
        attrs.Factory(default_window, takes_self=True),
        gt(0),
        check_window,
        help='largest amplitude; 1 is the calibrated pi pulse (default 2; with pulse = "sx" half the number of pulses)',
    )
    amplitudes: tuple[float, ...] | None = parameter(
        None,
        listed.check(FEWEST, "amplitude_points", "max_amplitude"),
        check_listed,
        converter=listed.values,
        help="the amplitudes themselves, or {log = [first, last, number]}, instead of the two above",
    )
    calibrate_readout: bool = parameter(False, help="also read out |0> and x|0>, in a tenth as many circuits each")

    @property
    def driven(self) -> tuple[str, ...]:
        """The angle of rx is swept; of sx pulses only the number."""
        return ("rx",) if self.pulse == "rx" else ()

    @property
    def driven_otherwise(self) -> str:
        """What to do on a device that makes rx of other gates."""
        return 'set pulse = "sx", which repeats a pulse of the device'

    def sweep(self) -> Sweep:
        """
        Return the listed amplitudes; else from 0 to `max_amplitude` in equal steps, with sx pulses of whole numbers.

        Where steps would be longer than a quarter, gaps grow by equal amounts from a quarter on. On equal ones a drive
        several times too strong looks like another; here no two up to four times as strong as calibrated look alike.
        """
        if self.amplitudes is not None:
            return Sweep(Axis("amplitude", listed.ascending(self.amplitudes)))
        chosen = _sx_pulse.amplitudes if self.pulse == "sx" else _amplitudes.amplitudes
        return Sweep(Axis("amplitude", chosen(self.amplitude_points, self.max_amplitude)))

    def notes(self) -> Sequence[str]:
        """Return whether the calibrated period, or the turns between numbers of pulses, are sampled too coarsely."""
        sx = self.pulse == "sx"
        if self.amplitudes is not None:
            told = _sx_pulse.notes_of_list if sx else _amplitudes.notes_of_list
            return told(listed.ascending(self.amplitudes))
        return [] if sx else _amplitudes.notes(self.amplitude_points, self.max_amplitude)

    def circuit(self, amplitude: float) -> QuantumCircuit:
        """Return a rotation by ``amplitude * pi`` about x, measured."""
        if self.pulse == "sx":
            return _sx_pulse.circuit(amplitude)
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.rx(amplitude * np.pi, 0)
        circuit.measure(0, 0)
        return circuit

    def references(self) -> Mapping[str, QuantumCircuit]:
        """Return circuits that read out |0> and x|0>, when asked for; with sx pulses x is two of them."""
        return _sx_pulse.references(self._repeats) if self.pulse == "sx" else readout.circuits(self._repeats)

    def for_counts(self, sweep: Sweep, references: tuple[str, ...]) -> Rabi:
        """Return this experiment with the amplitudes, and with or without the calibrated readout, of counts."""
        amplitudes = np.asarray(sweep.axes[0].values, dtype=float)
        return listed.instead(self, "amplitudes", amplitudes, calibrate_readout=bool(references))

    def fit_model(self) -> FitModel:
        """Return an oscillation that starts at its minimum, with free contrast and offset."""
        if self.pulse == "sx":
            return _sx_pulse.fit_model(self._repeats, listed=self.amplitudes is not None)
        return FitModel(
            oscillation,
            guess,
            quantities=("pi_amplitude", "drive_scale", "contrast", "offset"),
            bounds={"pi_amplitude": (0, np.inf)},
            derived={"drive_scale": drive_scale},
            symbols={"pi_amplitude": "π amplitude"},
            flat="no oscillation within the swept amplitudes",
            checks=(
                checks.oscillation_window("pi_amplitude", "amplitude"),
                checks.told_apart("pi_amplitude", "amplitude", _amplitudes.FIRST),
                checks.precise("pi_amplitude", 0.1),
                checks.positive(
                    "contrast", ReasonCode.INVERTED, "the signal starts at its maximum: the qubit is not in |0>"
                ),
            ),
            references=readout.models(self._repeats, ground=ground, excited=excited),
            example={"pi_amplitude": 1.0, "contrast": 0.95, "offset": 0.5},
            formula="P(1) = offset - contrast / 2 * cos(pi * amplitude / pi_amplitude)",
        )

    def expected(self, qubits: Sequence[QubitInfo]) -> Mapping[str, float]:
        """Return what the readout makes of the oscillation, where the calibration has it."""
        levels = readout.levels(*qubits)
        return {} if levels is None else {"contrast": levels[1] - levels[0], "offset": (levels[0] + levels[1]) / 2}

    def alternatives(self) -> Sequence[Rabi]:
        """Return half and twice the window, and a period, with and without references, four or more points a period."""
        points, window = self._points, float(listed.longest(self.amplitudes, self.max_amplitude))
        near = (window / 2, window, 2 * window, 2.0)
        windows = [largest for largest in dict.fromkeys(near) if largest <= (points - 1) / 2]
        if self.pulse == "sx":
            windows = _sx_pulse.windows(points, window)
        return [
            attrs.evolve(
                self, amplitudes=None, amplitude_points=points, max_amplitude=largest, calibrate_readout=referenced
            )
            for largest in windows
            for referenced in (True, False)
        ]

    @property
    def _points(self) -> int:
        return listed.number(self.amplitudes, self.amplitude_points)

    @property
    def _repeats(self) -> int:
        return max(2, self._points // 10) if self.calibrate_readout else 0


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
    # Where gaps differ, the smallest says what can be told; of a list it may tell more than any drive does.
    highest = min(1 / (2 * float(np.diff(np.unique(amplitude)).min())), _amplitudes.STRONGEST / 2)
    return [
        {"pi_amplitude": 1 / (2 * frequency), "contrast": high - low, "offset": (high + low) / 2}
        for frequency in guesses.frequencies(amplitude, signal, highest=highest)
    ]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [Rabi]
