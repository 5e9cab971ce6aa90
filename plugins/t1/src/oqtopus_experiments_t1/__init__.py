"""T1: how long an excited qubit stays excited."""

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
    clock_grid,
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
from oqtopus_experiments_t1._delays import SPACINGS, spread

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

# P(1) of the ground state: readout errors and thermal excitation of most qubits together are below it.
HIGHEST_END = 0.1
# Longest delay that is offered instead of another, ns: a number of ns is not larger.
LONGEST = 1e15
# Delays are multiples of so many ns where no device asks for others: most clocks can keep these.
STEP = 2.0
END_ADVICE = "another law than an exponential, or a poor readout; calibrate_readout = true tells which"
# |0> is left alone for so many times the longest delay before it is read: as the decay, it then has come to its end.
SETTLED = 3
# Three parameters, and something to test them by.
FEWEST = 4


def check_spacing(instance: T1, field: attrs.Attribute[Any], spacing: str) -> None:
    """Refuse a design without the ends it relies on."""
    if spacing == "auto" and not instance.calibrate_readout:
        message = "'spacing' = 'auto' has its ends read by references: leave calibrate_readout on, or list 'delays'"
        raise ValueError(message)


@frozen(kw_only=True)
class T1(Experiment):
    """
    P(1) against the delay after an excitation.

    Reports `t1_time`, the constant of the exponential decay, with its `amplitude` and the `offset` it ends at.
    Reference circuits beside the sweep read out |1> and the end of the decay; a window (`max_delay`) of one to three
    times T1 then determines it best, and ``spacing = "auto"`` serves every T1 from a ninth of `max_delay` to all of it.
    Without references five to eight are best.

    Source: the relaxation time T1 is that of F. Bloch, "Nuclear induction", Phys. Rev. 70, 460 (1946); as a circuit
    for superconducting qubits it is in P. Krantz et al., "A quantum engineer's guide to superconducting qubits", Appl.
    Phys. Rev. 6, 021318 (2019).
    """

    name: ClassVar[str] = "t1"
    manner: ClassVar[tuple[str, ...]] = ("spacing", "calibrate_readout")
    delay_points: int = parameter(30, ge(5), le(100_000), help="number of delays, from 0 to max_delay")
    max_delay: float = parameter(100_000.0, gt(0), unit="ns", help="longest delay; one to three times T1 is best")
    delay_step: float | None = parameter(
        None, ge(0), unit="ns", help="delays are multiples of it (default: what the device can keep); 0: as they come"
    )
    calibrate_readout: bool = parameter(
        True, help="also read out |1> and what the decay ends at, in a tenth as many circuits each"
    )
    spacing: str = parameter(
        "linear", in_(SPACINGS), check_spacing, help="linear, log, or auto: for a T1 within 3 times max_delay / 3"
    )
    delays: tuple[float, ...] | None = parameter(
        None,
        listed.check(FEWEST, "delay_points", "max_delay", "spacing"),
        unit="ns",
        converter=listed.values,
        help="the delays themselves, or {log = [first, last, number]}, instead of the three above",
    )

    def sweep(self) -> Sweep:
        """Return the delays, in ascending order, each the nearest multiple of `delay_step` that is not taken."""
        # Rounded here rather than by a device in silence: what is fitted is what was waited.
        return Sweep(Axis("delay", self._kept(), unit="ns"))

    def _kept(self) -> NDArray[np.float64]:
        own = self.delays
        delays = spread(self.spacing, self.max_delay, self.delay_points) if own is None else listed.ascending(own)
        step = STEP if self.delay_step is None else self.delay_step
        return clock_grid.apart(delays, step) if step > 0 else delays

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
        """
        Return circuits that read out |1>, and |0> after a wait of three times the longest delay, when asked for.

        A reset qubit may be colder than its surroundings, and the decay ends with them: read at once, |0> of a qubit
        that settles 3 % higher makes T1 up to 9 % too long, and no residual shows it.
        """
        return readout.circuits(self._repeats, wait=SETTLED * float(self._kept()[-1]) if self._repeats else 0.0)

    def for_counts(self, sweep: Sweep, references: tuple[str, ...]) -> T1:
        """Return this experiment with the delays, and with or without the calibrated readout, of counts."""
        delays = np.asarray(sweep.axes[0].values, dtype=float)
        return listed.instead(self, "delays", delays, delay_step=0.0, calibrate_readout=bool(references))

    def fit_model(self) -> FitModel:
        """Return an exponential decay with free amplitude and offset."""
        return FitModel(
            relaxation,
            guess,
            quantities=("t1_time", "amplitude", "offset"),
            bounds={"t1_time": (0, np.inf)},
            units={"t1_time": "ns"},
            symbols={"t1_time": "T₁"},
            flat="no decay within the window",
            checks=(
                checks.decay_window("t1_time", "delay", referenced=self.calibrate_readout),
                checks.precise("t1_time"),
                checks.positive(
                    "amplitude", ReasonCode.INVERTED, "the signal rises: the qubit gets excited by waiting"
                ),
                # Reference circuits show where the decay ends; without them another law passes for a high end.
                *([] if self.calibrate_readout else [checks.plausible("offset", HIGHEST_END, END_ADVICE)]),
            ),
            references=readout.models(self._repeats, ground=ground, excited=excited),
            example={"t1_time": float(self._kept()[-1]) / 3, "amplitude": 0.95, "offset": 0.02},
            formula="P(1) = offset + amplitude * exp(-delay / t1_time)",
        )

    def expected(self, qubits: Sequence[QubitInfo]) -> Mapping[str, float]:
        """Return T1 of the qubit and what its readout makes of the two states, where the calibration has them."""
        (qubit,) = qubits
        known = {"t1_time": qubit.t1} if qubit.t1 else {}
        if (levels := readout.levels(qubit)) is not None:
            known |= {"amplitude": levels[1] - levels[0], "offset": levels[0]}
        return known

    def alternatives(self) -> Sequence[T1]:
        """Return windows from an eighth of this one to eight times it: references and two spacings, or neither."""
        longest = listed.longest(self.delays, self.max_delay)
        windows = [float(f"{longest * 2 ** (step / 2):.2g}") for step in range(-6, 7)]
        return [
            attrs.evolve(
                self,
                delays=None,
                delay_points=self._points,
                max_delay=window,
                calibrate_readout=referenced,
                spacing=spacing,
            )
            for window in windows
            if window <= LONGEST
            for referenced, spacing in ((True, "linear"), (True, "auto"), (False, "linear"))
        ]

    @property
    def _repeats(self) -> int:
        return max(2, self._points // 10) if self.calibrate_readout else 0

    @property
    def _points(self) -> int:
        return listed.number(self.delays, self.delay_points)


def relaxation(delay: NDArray[np.float64], t1_time: float, amplitude: float, offset: float) -> NDArray[np.float64]:
    """Return ``amplitude exp(-delay / t1_time) + offset``: relaxation towards the ground state."""
    return amplitude * np.exp(-delay / t1_time) + offset


def ground(offset: float) -> float:
    """Return P(1) of |0> left alone: where the decay ends."""
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
