"""The clock of a device: which delays it can keep, and the nearest of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments.simulation.program import nanoseconds

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2
    from qiskit.transpiler import Target


@frozen
class Clock:
    """
    When a device can act.

    Args:
        tick: Length of one tick (Qiskit's ``dt``), ns.
        ticks: A delay lasts a multiple of so many ticks, or a pulse or a readout behind it cannot begin.
    """

    tick: float
    ticks: int = 1

    @property
    def step(self) -> float:
        """What delays are multiples of, ns."""
        return self.tick * self.ticks

    @classmethod
    def of(cls, target: Target) -> Clock | None:
        """Return the clock of a device; None where Qiskit knows of none, so that any delay will do."""
        if not target.dt:
            return None
        return cls(target.dt * 1e9, math.lcm(target.granularity, target.pulse_alignment, target.acquire_alignment))

    def kept(self, ticks: float) -> int:
        """Return the number of ticks of the nearest delay that can be kept; 0 for none at all."""
        return round(ticks / self.ticks) * self.ticks


def step_of(device: BackendV2) -> float:
    """Return what delays on a device are multiples of, ns; 0 where Qiskit knows of no clock."""
    clock = Clock.of(device.target)
    return 0.0 if clock is None else clock.step


def on_clock(circuit: QuantumCircuit, clock: Clock, label: str) -> tuple[QuantumCircuit, float]:
    """
    Return the circuit with each delay at the nearest that the clock can keep, counted in its ticks.

    A delay of less than half a step is left out: hardware refuses a delay of zero.

    Args:
        circuit: Its delays are in units of time or in ticks.
        clock: Of the device.
        label: What the circuit is, for the message.

    Returns:
        The circuit, and the largest change of a delay, ns.

    Raises:
        UnsupportedOperationError: For a delay whose length is not a number.
    """
    from qiskit.circuit import Delay

    made = circuit.copy_empty_like()
    largest = 0.0
    for instruction in circuit.data:
        operation = instruction.operation
        if not isinstance(operation, Delay):
            made.append(instruction)
            continue
        asked = _ticks(operation, clock, label)
        kept = clock.kept(asked)
        largest = max(largest, abs(kept - asked) * clock.tick)
        if kept:
            made.append(Delay(kept, unit="dt"), instruction.qubits)
    # Times in other units come with the noise of their conversion, which is not a change.
    return made, largest if largest > 1e-6 else 0.0


def _ticks(delay: Any, clock: Clock, label: str) -> float:
    if delay.unit == "dt" and isinstance(delay.duration, int):
        return float(delay.duration)
    return nanoseconds(delay, label) / clock.tick
