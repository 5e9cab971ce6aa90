"""An experiment of version 1.0 of the contract: two series, references, no other library."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, Sweep, ge, gt, hookimpl, parameter


@frozen
class Card:
    """What stands for a circuit: as much as core looks at, and the probability of 1 that the queue reads."""

    p1: float
    num_qubits: int = 1
    num_clbits: int = 1


@frozen(kw_only=True)
class Ramp(Experiment):
    """P(1) rises with the time waited in one series and falls in the other."""

    name: ClassVar[str] = "frozen-ramp"
    analyzer: ClassVar[str] = "frozen-mean"
    points: int = parameter(4, ge(2), help="times of each series")
    longest: float = parameter(3000.0, gt(0), unit="ns", help="longest time")
    calibrated: bool = parameter(False, help="whether references are measured")

    def sweep(self) -> Sweep:
        """Return the times of both series."""
        times = np.linspace(0, self.longest, self.points)
        return Sweep(Axis("way", ("up", "down")), Axis("wait", times, "ns"))

    def circuit(self, way: str, wait: float) -> Any:
        """Return the card of one point."""
        part = float(wait) / self.longest
        return Card(0.1 + 0.8 * (part if way == "up" else 1 - part))

    def references(self) -> dict[str, Any]:
        """Return the two prepared states."""
        return {"ground": Card(0.05), "excited": Card(0.9)} if self.calibrated else {}


@hookimpl
def register_experiments() -> list[type[Ramp]]:
    """Return the experiment."""
    return [Ramp]
