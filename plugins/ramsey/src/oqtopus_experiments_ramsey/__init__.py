"""Ramsey: how long a superposition keeps its phase, and how far its frequency is from that of the drive."""

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
    Sweep,
    checks,
    clock_grid,
    ge,
    hookimpl,
    in_,
    le,
    listed,
    parameter,
    readout,
)
from oqtopus_experiments_ramsey._checks import Turning
from oqtopus_experiments_ramsey._delays import HIGHEST, STEP, growing, notes
from oqtopus_experiments_ramsey._fringe import EXPONENTS, QUADRATURES, SECONDS, formula, guess, model

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

# Turns of the artificial detuning up to the longest delay: well sampled with 30 delays, and for true detunings of the
# same size of either sign.
TURNS = 4
LONGEST = 1e15
# Six parameters, each delay read in both quadratures.
FEWEST = 6


def sampled_well(experiment: Ramsey) -> float:
    """Return the default of `detuning_frequency`: four turns up to the longest delay, Hz."""
    longest = listed.longest(experiment.delays, experiment.max_delay)
    # A wrong delay is reported by its own check, which runs after defaults are made.
    return TURNS / (longest * SECONDS) if isinstance(longest, (int, float)) and longest >= 1 else 0.0


@frozen(kw_only=True)
class Ramsey(Experiment):
    """
    P(1) against the delay between two half pi pulses, of which the second turns about x or about y.

    Reports `t2_star_time`, after which the fringe has 1/e of its contrast, and `frequency`: that of the qubit minus
    that of its drive, with its sign. Also `contrast` and `offset`, the height of the fringe at its beginning and its
    middle, and `phase`, where it begins: about -2 pi `frequency` times the length of a pulse. Both quadratures are
    fitted together. The drive is detuned on purpose, by software: a phase that grows with the delay, by
    `detuning_frequency` turns a second, lets even a qubit in tune show a fringe.

    The envelope is exp(-(1 - g) u - g u^2) with u = delay / t2_star_time, and `gaussian_part` is g: 0 is an
    exponential, as fast noise gives it, 1 a Gaussian, as a frequency gives that differs from shot to shot. A window
    (`max_delay`) of two to three T2* tells them apart. Where it is known which it is, ``envelope`` fixes it.

    Source: N. F. Ramsey, "A molecular beam resonance method with separated oscillating fields", Phys. Rev. 78, 695
    (1950); envelopes and the circuit for superconducting qubits are in P. Krantz et al., "A quantum engineer's guide to
    superconducting qubits", Appl. Phys. Rev. 6, 021318 (2019).
    """

    name: ClassVar[str] = "ramsey"
    delay_points: int = parameter(
        30, ge(FEWEST), le(10_000), help="delays from 0 to max_delay, each in both quadratures"
    )
    max_delay: float = parameter(50_000.0, ge(1), unit="ns", help="longest delay; two to three times T2* is best")
    # Before the detuning, whose default is made of it.
    delays: tuple[float, ...] | None = parameter(
        None,
        listed.check(FEWEST, "delay_points", "max_delay"),
        unit="ns",
        converter=listed.values,
        help="the delays themselves, or {log = [first, last, number]}, instead of delay_points and max_delay",
    )
    detuning_frequency: float = parameter(
        attrs.Factory(sampled_well, takes_self=True),
        unit="Hz",
        help="artificial detuning, by a phase that grows with the delay (default: four turns up to the longest)",
    )
    envelope: str = parameter(
        "mixed", in_(tuple(EXPONENTS)), help="how the fringe decays: exponential, gaussian, or mixed, which finds out"
    )
    delay_step: float | None = parameter(
        None, ge(0), unit="ns", help="delays are multiples of it (default: what the device can keep); 0: as they come"
    )

    def sweep(self) -> Sweep:
        """Return both quadratures at delays in ascending order, whose gaps grow unless they are listed."""
        return Sweep(Axis("quadrature", list(QUADRATURES)), Axis("delay", self._kept(), unit="ns"))

    def _kept(self) -> NDArray[np.float64]:
        """Return the nearest multiples of `delay_step`; those that fall together once."""
        if self.delays is None:
            asked = growing(self.delay_points, self.max_delay, self.detuning_frequency)
        else:
            asked = listed.ascending(self.delays)
        return clock_grid.each_once(asked, STEP if self.delay_step is None else self.delay_step)

    def notes(self) -> Sequence[str]:
        """Return whether listed delays fall together, or are too far apart to tell every detuning."""
        return [] if self.delays is None else notes(self._kept(), len(self.delays), self.detuning_frequency)

    @property
    def _longest(self) -> float:
        return float(listed.longest(self.delays, self.max_delay))

    def on_clock(self, step: float) -> Ramsey:
        """Return this experiment with delays that a device can keep, unless `delay_step` says which."""
        return self if self.delay_step is not None else attrs.evolve(self, delay_step=step or STEP)

    def circuit(self, quadrature: str, delay: float) -> QuantumCircuit:
        """Return half a turn, wait, half a turn about an axis that has turned on, measure."""
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.sx(0)
        # Hardware refuses a delay of zero.
        if delay > 0:
            circuit.delay(delay, 0, unit="ns")
        turned = 2 * np.pi * self.detuning_frequency * delay * SECONDS
        circuit.rz(turned - (np.pi / 2 if quadrature == "y" else 0.0), 0)
        circuit.sx(0)
        circuit.measure(0, 0)
        return circuit

    def for_counts(self, sweep: Sweep, references: tuple[str, ...]) -> Ramsey:
        """Return this experiment with the delays of counts; their artificial detuning is what it says."""
        values = next(axis.values for axis in sweep.axes if axis.name == "delay")
        return listed.instead(self, "delays", np.asarray(values, dtype=float), delay_step=0.0)

    def fit_model(self) -> FitModel:
        """Return a fringe of both quadratures with free contrast, offset and phase at its beginning."""
        mixed = {"gaussian_part": 0.3} if self.envelope == "mixed" else {}
        return FitModel(
            model(self.envelope, self.detuning_frequency),
            guess(self.envelope, self.detuning_frequency, HIGHEST),
            quantities=("t2_star_time", "frequency", *mixed, "contrast", "offset", "phase"),
            bounds={"t2_star_time": (0, np.inf), "contrast": (0, np.inf)} | dict.fromkeys(mixed, (-1.0, 3.0)),
            units={"t2_star_time": "ns", "frequency": "Hz", "phase": "rad"},
            symbols={"t2_star_time": "T₂*", "frequency": "f", "phase": "φ"},
            flat="no fringe within the window",
            checks=(
                checks.decay_window("t2_star_time", "delay"),
                checks.precise("t2_star_time"),
                Turning(self.detuning_frequency, HIGHEST),
            ),
            example={
                "t2_star_time": self._longest / 2.5,
                "frequency": -0.5 / (self._longest * SECONDS),
                **mixed,
                "contrast": 0.95,
                "offset": 0.5,
                "phase": 0.0,
            },
            formula=formula(self.envelope, self.detuning_frequency),
        )

    def expected(self, qubits: Sequence[QubitInfo]) -> Mapping[str, float]:
        """Return what the readout makes of the fringe, where the calibration has it."""
        levels = readout.levels(*qubits)
        return {} if levels is None else {"contrast": levels[1] - levels[0], "offset": (levels[0] + levels[1]) / 2}

    def alternatives(self) -> Sequence[Ramsey]:
        """Return windows from a quarter of this one to four times it, each with as many artificial turns."""
        points = listed.number(self.delays, self.delay_points)
        factors = [2 ** (step / 2) for step in range(-4, 5)]
        windows = [(float(f"{self._longest * factor:.2g}"), factor) for factor in factors]
        return [
            attrs.evolve(
                self,
                delays=None,
                delay_points=points,
                max_delay=window,
                detuning_frequency=self.detuning_frequency / factor,
            )
            for window, factor in windows
            if window <= LONGEST
        ]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [Ramsey]
