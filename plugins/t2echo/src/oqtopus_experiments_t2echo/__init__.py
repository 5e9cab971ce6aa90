"""T2: how long a qubit keeps its phase, with echo pulses."""

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
from oqtopus_experiments_t2echo import _pulses

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

# Half the time between two pulses is a multiple of so many ns where no device asks for another.
STEP = 2.0
# Longest delay that is offered instead of another, ns: a number of ns is not larger.
LONGEST = 1e15
# Three parameters, two of them at both endings, and something to test them by.
FEWEST = 4


def fewest_pulses(experiment: T2Echo) -> int:
    """Return the default of `num_echoes`: one pulse, or what a sequence begins with."""
    return _pulses.BLOCK.get(experiment.sequence, 1)


def check_pulses(experiment: T2Echo, field: attrs.Attribute[Any], pulses: int) -> None:
    """Refuse numbers of pulses that a sequence does not have."""
    if experiment.sequence == "hahn" and pulses != 1:
        message = f'{field.name!r} is 1 for a Hahn echo, not {pulses}: set sequence = "cpmg" or "xy4" for more'
        raise ValueError(message)
    block = _pulses.BLOCK.get(experiment.sequence, 1)
    if pulses % block:
        message = f"{field.name!r} is a multiple of {block} for {experiment.sequence}, not {pulses}"
        raise ValueError(message)


@frozen(kw_only=True)
class T2Echo(Experiment):
    """
    P(1) against the time a superposition is left alone, with echo pulses that undo what does not change meanwhile.

    Reports `t2_time`, the constant of the exponential decay, with its `amplitude` and the `offset` it ends at. The
    delay is the free evolution in all, between all pulses together. Every delay is measured twice, with the last half
    pi turned round, so that a qubit that has lost nothing ends in |0> and in |1>: both decay to the same offset, which
    needs no longer window to be known. One to three times T2 (`max_delay`) is best.

    With ``sequence = "hahn"`` there is one pulse; ``"cpmg"`` and ``"xy4"`` have `num_echoes`, and undo faster changes
    the more there are. The number of pulses is that of every delay, zero included: what they cost, and what is lost
    while they last, is in the amplitude.

    Source: E. L. Hahn, "Spin echoes", Phys. Rev. 80, 580 (1950); on superconducting qubits J. Bylander et al., "Noise
    spectroscopy through dynamical decoupling with a superconducting flux qubit", Nature Phys. 7, 565 (2011).
    """

    name: ClassVar[str] = "t2echo"
    delay_points: int = parameter(20, ge(FEWEST), le(100_000), help="number of delays, from 0 to max_delay")
    max_delay: float = parameter(30_000.0, gt(0), unit="ns", help="longest free evolution; one to three T2 are best")
    sequence: str = parameter("hahn", in_(_pulses.SEQUENCES), help="hahn: one pulse; cpmg: about y; xy4: x, y, x, y")
    num_echoes: int = parameter(
        attrs.Factory(fewest_pulses, takes_self=True),
        ge(1),
        le(10_000),
        check_pulses,
        help="number of pi pulses (default 1; 4 for xy4, of which it is a multiple)",
    )
    delay_step: float | None = parameter(
        None,
        ge(0),
        unit="ns",
        help="waits between pulses are multiples of it (default: what the device can keep); 0: as they come",
    )

    delays: tuple[float, ...] | None = parameter(
        None,
        listed.check(FEWEST, "delay_points", "max_delay"),
        unit="ns",
        converter=listed.values,
        help="the delays themselves, or {log = [first, last, number]}, instead of delay_points and max_delay",
    )

    def sweep(self) -> Sweep:
        """Return the delays at both endings."""
        return Sweep(Axis("ending", _pulses.ENDINGS), Axis("delay", self._kept(), unit="ns"))

    def _kept(self) -> NDArray[np.float64]:
        """Return delays of which the shortest wait is a multiple of `delay_step`; those that fall together once."""
        whole = 2 * self.num_echoes * (STEP if self.delay_step is None else self.delay_step)
        return clock_grid.each_once(self._asked(), whole, self._longest)

    def _asked(self) -> NDArray[np.float64]:
        if self.delays is not None:
            return listed.ascending(self.delays)
        return np.linspace(0, self.max_delay, self.delay_points)

    @property
    def _longest(self) -> float:
        return float(listed.longest(self.delays, self.max_delay))

    def on_clock(self, step: float) -> T2Echo:
        """Return this experiment with waits that a device can keep, unless `delay_step` says which."""
        return self if self.delay_step is not None else attrs.evolve(self, delay_step=step or STEP)

    def notes(self) -> Sequence[str]:
        """Return whether delays fall together, as too many pulses on a coarse clock make them."""
        kept, asked = len(self._kept()), len(self._asked())
        if kept == asked:
            return []
        told = f"{kept} of {asked} delays are left, the others fall together on the clock"
        longer = f"lengthen {'max_delay' if self.delays is None else 'delays'} ({self._longest:g} ns)"
        fewer = f", or take fewer than {self.num_echoes} pulses" if self.num_echoes > 1 else ""
        return [f"{told}: {longer}{fewer}"]

    def circuit(self, ending: str, delay: float) -> QuantumCircuit:
        """Return half pi, waits and pulses, half pi, measured."""
        return _pulses.circuit(_pulses.axes(self.sequence, self.num_echoes), delay, ending)

    def fit_model(self) -> FitModel:
        """Return two exponential decays towards one offset."""
        return FitModel(
            decay,
            guess,
            quantities=("t2_time", "amplitude", "offset"),
            bounds={"t2_time": (0, np.inf)},
            units={"t2_time": "ns"},
            symbols={"t2_time": "T₂"},
            # A phase that is kept is a bound, as the endings show that there is one.
            flat="",
            checks=(
                checks.present("amplitude", "both endings read the same: no phase is left, or there never was one"),
                checks.positive("amplitude", ReasonCode.INVERTED, "what should end in |0> ends in |1>"),
                checks.decay_window("t2_time", "delay", referenced=True),
                checks.precise("t2_time"),
            ),
            example={"t2_time": self._longest / 1.5, "amplitude": 0.47, "offset": 0.49},
            formula="P(1) = offset + amplitude * where(ending == 'excited', 1, -1) * exp(-delay / t2_time)",
        )

    def expected(self, qubits: Sequence[QubitInfo]) -> Mapping[str, float]:
        """Return T2 of the qubit and what its readout makes of the two states, where the calibration has them."""
        (qubit,) = qubits
        known = {"t2_time": qubit.t2} if qubit.t2 else {}
        if (levels := readout.levels(qubit)) is not None:
            known |= {"amplitude": (levels[1] - levels[0]) / 2, "offset": (levels[0] + levels[1]) / 2}
        return known

    def alternatives(self) -> Sequence[T2Echo]:
        """Return windows from an eighth of this one to eight times it."""
        points = listed.number(self.delays, self.delay_points)
        windows = [float(f"{self._longest * 2 ** (step / 2):.2g}") for step in range(-6, 7)]
        return [
            attrs.evolve(self, delays=None, delay_points=points, max_delay=window)
            for window in windows
            if window <= LONGEST
        ]


def decay(
    ending: NDArray[np.str_], delay: NDArray[np.float64], t2_time: float, amplitude: float, offset: float
) -> NDArray[np.float64]:
    """Return ``offset +- amplitude exp(-delay / t2_time)``, + for the ending |1>: the coherence, read both ways."""
    return offset + amplitude * np.where(ending == "excited", 1, -1) * np.exp(-delay / t2_time)


def guess(ending: NDArray[np.str_], delay: NDArray[np.float64], signal: NDArray[np.float64]) -> list[dict[str, float]]:
    """Return a start from the log slope of how far the endings are from their middle, which both decay to."""
    offset = float(signal.mean())
    left = (signal - offset) * np.where(ending == "excited", 1, -1)
    return [{"t2_time": guesses.decay_time(delay, left), "amplitude": float(left[np.argmin(delay)]), "offset": offset}]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [T2Echo]
