"""CHSH: whether a pair of qubits is correlated more strongly than any local theory allows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Analyzer, Axis, Experiment, FitModel, Parity, Sweep, ge, hookimpl, le, parameter
from oqtopus_experiments_chsh._bell import BEST_ANGLE, SIGNS, bell_circuit
from oqtopus_experiments_chsh._pair import Pair
from oqtopus_experiments_chsh._sum import CHSHSum

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


@frozen(kw_only=True)
class CHSH(Pair):
    """
    The CHSH value of a Bell pair, `chsh_value` = E(ZZ) - E(ZX) + E(XZ) + E(XX), from four settings.

    The first qubit is turned by `theta` after the pair is made: a perfect pair has 2 sqrt(2) cos(theta - pi/4), so
    2 sqrt(2) at the default. Any local theory, and any product state, has at most 2. Reports the four `correlations`
    too. Readout errors are part of all of it.

    Source: J. F. Clauser, M. A. Horne, A. Shimony and R. A. Holt, Phys. Rev. Lett. 23, 880 (1969).
    """

    name: ClassVar[str] = "chsh"
    signal: ClassVar[Parity] = Parity()
    analyzer: ClassVar[str] = "chsh"
    theta: float = parameter(
        BEST_ANGLE, ge(-100.0), le(100.0), unit="rad", help="angle by which the first qubit is turned"
    )

    def settings(self) -> dict[str, Any]:
        """Return what `chsh_value` depends on: it is another at another angle."""
        return {**super().settings(), **({"theta": self.theta} if self.theta != BEST_ANGLE else {})}

    def sweep(self) -> Sweep:
        """Return the four settings."""
        return Sweep(Axis("setting", list(SIGNS)))

    def circuit(self, setting: str) -> QuantumCircuit:
        """Return the pair, its turn, and the measurement of both qubits in the bases of a setting."""
        return bell_circuit(self.theta, setting)


@frozen(kw_only=True)
class CHSHPhaseScan(Pair):
    """
    The CHSH value of a Bell pair against the angle by which its first qubit is turned.

    All correlations are fitted together. Reports `max_chsh_value`, S at the maximum of the fitted curve, which is not
    the largest of the points and is no larger because there are many of them; `max_chsh_phase`, the angle of the
    maximum, pi/4 for a perfect pair; and `offset`, what a readout that favours one value adds to every correlation.

    Source: J. F. Clauser, M. A. Horne, A. Shimony and R. A. Holt, Phys. Rev. Lett. 23, 880 (1969).
    """

    name: ClassVar[str] = "chsh_phase_scan"
    signal: ClassVar[Parity] = Parity()
    phase_points: int = parameter(21, ge(4), le(10_000), help="angles, from phase_start to phase_end")
    phase_start: float = parameter(0.0, ge(-100.0), le(100.0), unit="rad", help="first angle")
    phase_end: float = parameter(2 * math.pi, ge(-100.0), le(100.0), unit="rad", help="last angle")

    def sweep(self) -> Sweep:
        """Return every setting at every angle."""
        phases = np.linspace(self.phase_start, self.phase_end, self.phase_points)
        return Sweep(Axis("setting", list(SIGNS)), Axis("phase", phases, unit="rad"))

    def circuit(self, setting: str, phase: float) -> QuantumCircuit:
        """Return the pair, its turn, and the measurement of both qubits in the bases of a setting."""
        return bell_circuit(phase, setting)

    def fit_model(self) -> FitModel:
        """Return cosines of the angle for all settings, of one pair."""
        from oqtopus_experiments_chsh._scan import scan_model

        return scan_model()


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiments of this plugin."""
    return [CHSH, CHSHPhaseScan]


@hookimpl
def register_analyzers() -> list[type[Analyzer]]:
    """Return the analyzer of this plugin."""
    return [CHSHSum]
