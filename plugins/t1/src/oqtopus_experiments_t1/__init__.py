"""T1: how long an excited qubit stays excited."""

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

# P(1) of the ground state: readout errors and thermal excitation of most qubits together are below it.
HIGHEST_END = 0.1
# Delays are multiples of so many ns where no device asks for others: most clocks can keep these.
STEP = 2.0
END_ADVICE = "another law than an exponential, or a poor readout; calibrate_readout = true tells which"


@frozen(kw_only=True)
class T1(Experiment):
    """
    P(1) against the delay after an excitation.

    Reports `t1_time`, the constant of the exponential decay. A window (`max_delay`) of two to five times T1
    determines it best; where that is too long, `calibrate_readout` makes one T1 enough.
    """

    name: ClassVar[str] = "t1"
    manner: ClassVar[tuple[str, ...]] = ("spacing", "calibrate_readout")
    delay_points: int = parameter(30, ge(5), le(100_000), help="number of delays, from 0 to max_delay")
    max_delay: float = parameter(100_000.0, gt(0), unit="ns", help="longest delay; two to five times T1 is best")
    delay_step: float | None = parameter(
        None, ge(0), unit="ns", help="delays are multiples of it (default: what the device can keep); 0: as they come"
    )
    calibrate_readout: bool = parameter(False, help="also read out |0> and |1>, in a tenth as many circuits each")

    def sweep(self) -> Sweep:
        """Return equally spaced delays from 0 to `max_delay`, each the nearest multiple of `delay_step`."""
        delays = np.linspace(0, self.max_delay, self.delay_points)
        # Rounded here rather than by a device in silence: what is fitted is what was waited.
        step = STEP if self.delay_step is None else self.delay_step
        if step > 0 and self.max_delay >= step * (self.delay_points - 1):
            delays = np.round(delays / step) * step
        return Sweep(Axis("delay", delays, unit="ns"))

    def on_clock(self, step: float) -> T1:
        """Return this experiment with delays that a device can keep, unless `delay_step` says which."""
        return self if self.delay_step is not None else attrs.evolve(self, delay_step=step or STEP)

    def circuit(self, delay: float) -> QuantumCircuit:
        """Return excite, wait, measure."""
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        # Hardware refuses a delay of zero.
        if delay > 0:
            circuit.delay(delay, 0, unit="ns")
        circuit.measure(0, 0)
        return circuit

    def references(self) -> Mapping[str, QuantumCircuit]:
        """Return circuits that read out |0> and |1>, when asked for."""
        return readout.circuits(self._repeats)

    def for_counts(self, sweep: Sweep, references: tuple[str, ...]) -> T1:
        """Return this experiment with the window, and with or without the calibrated readout, of counts."""
        delays = sweep.axes[0].values
        return attrs.evolve(
            self,
            delay_points=min(max(delays.size, 5), 100_000),
            max_delay=float(delays.max()) or self.max_delay,
            calibrate_readout=bool(references),
        )

    def fit_model(self) -> FitModel:
        """Return an exponential decay with free amplitude and offset."""
        return FitModel(
            relaxation,
            guess,
            quantities=("t1_time", "amplitude", "offset"),
            bounds={"t1_time": (0, np.inf)},
            units={"t1_time": "ns"},
            flat="no decay within the window",
            checks=(
                checks.decay_window("t1_time", "delay"),
                checks.precise("t1_time"),
                checks.positive(
                    "amplitude", ReasonCode.INVERTED, "the signal rises: the qubit gets excited by waiting"
                ),
                # Reference circuits show where the decay ends; without them another law passes for a high end.
                *([] if self.calibrate_readout else [checks.plausible("offset", HIGHEST_END, END_ADVICE)]),
            ),
            references=readout.models(self._repeats, ground=ground, excited=excited),
            example={"t1_time": self.max_delay / 3, "amplitude": 0.95, "offset": 0.02},
        )

    def expected(self, qubits: Sequence[QubitInfo]) -> Mapping[str, float]:
        """Return T1 of the qubit and what its readout makes of the two states, where the calibration has them."""
        (qubit,) = qubits
        known = {"t1_time": qubit.t1} if qubit.t1 else {}
        if (levels := readout.levels(qubit)) is not None:
            known |= {"amplitude": levels[1] - levels[0], "offset": levels[0]}
        return known

    def alternatives(self) -> Sequence[T1]:
        """Return windows from an eighth of this one to eight times it, with and without references."""
        windows = [float(f"{self.max_delay * 2 ** (step / 2):.2g}") for step in range(-6, 7)]
        return [
            attrs.evolve(self, max_delay=window, calibrate_readout=referenced)
            for window in windows
            for referenced in (True, False)
        ]

    @property
    def _repeats(self) -> int:
        return max(2, self.delay_points // 10) if self.calibrate_readout else 0


def relaxation(delay: NDArray[np.float64], t1_time: float, amplitude: float, offset: float) -> NDArray[np.float64]:
    """Return ``amplitude exp(-delay / t1_time) + offset``: relaxation towards the ground state."""
    return amplitude * np.exp(-delay / t1_time) + offset


def ground(offset: float) -> float:
    """Return P(1) of the ground state: where the decay ends."""
    return offset


def excited(amplitude: float, offset: float) -> float:
    """Return P(1) right after the excitation."""
    return amplitude + offset


def guess(delay: NDArray[np.float64], signal: NDArray[np.float64]) -> list[dict[str, float]]:
    """Return starts from the log slope of the decay, with the offset at zero, below all points, and at the last."""
    return [
        {
            "t1_time": guesses.decay_time(delay, signal - offset),
            "amplitude": float(signal[0] - offset),
            "offset": offset,
        }
        for offset in (0.0, float(signal.min()) - 0.02, float(np.median(signal[-max(1, len(signal) // 4) :])))
    ]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [T1]
