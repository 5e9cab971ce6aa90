"""An experiment of our own for analyzers that are verified without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.sweep import Axis, Sweep

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


@frozen(kw_only=True)
class Decay(Declaration):
    """P(1) of an excited qubit against the delay: an exponential decay that ends at 0."""

    name: ClassVar[str] = "verified_decay"

    def sweep(self) -> Sweep:
        """Return sixteen delays."""
        return Sweep(Axis("delay", np.linspace(0, 60_000, 16), unit="ns"))

    def circuit(self, delay: float) -> QuantumCircuit:
        """Return excite, wait, measure."""
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        if delay > 0:
            circuit.delay(delay, 0, unit="ns")
        circuit.measure(0, 0)
        return circuit

    def fit_model(self) -> FitModel:
        """Return an exponential decay."""
        return FitModel(
            decay,
            guess,
            quantities=("lifetime", "contrast"),
            bounds={"lifetime": (0, np.inf)},
            units={"lifetime": "ns"},
            example={"lifetime": 20_000.0, "contrast": 0.95},
        )


def decay(delay: NDArray[np.float64], lifetime: float, contrast: float) -> NDArray[np.float64]:
    """Return ``contrast exp(-delay / lifetime)``."""
    return contrast * np.exp(-delay / lifetime)


def guess(delay: NDArray[np.float64], signal: NDArray[np.float64]) -> dict[str, float]:
    """Return a start from the first point and the middle of the window."""
    return {"lifetime": float(delay.max()) / 3, "contrast": float(signal.max())}
