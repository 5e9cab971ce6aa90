"""The Hadamard test: real and imaginary part of <psi| U |psi> from one ancilla."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import (
    Axis,
    Experiment,
    FitModel,
    FitSummary,
    Parity,
    Reason,
    ReasonCode,
    Sweep,
    ge,
    gt,
    in_,
    le,
    parameter,
)

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

PHASES = {"X": math.pi, "Y": math.pi, "Z": math.pi, "S": math.pi / 2, "T": math.pi / 4}
"""By which each unitary turns the second of its two states against the first."""
AMPLITUDE, OFFSET = 0.5, 0.2
"""The least part of the ideal amplitude, and the largest shift, that are no reason for doubt."""


@frozen(kw_only=True)
class HadamardTest(Experiment):
    """
    Real and imaginary part of <psi| U |psi> against the angle by which psi is turned from |0>.

    U leaves one state of an axis and multiplies the other by a phase, so that <U> = offset + amplitude c(angle), where
    c is the cosine of psi along that axis. Reports `real_part` and `imaginary_part` of the amplitude, ideally 1 and 0
    of X, Y and Z, 1/2 and -1/2 of S; its `phase`; and `real_offset` and `imaginary_offset`. The first qubit is the
    ancilla. Noise makes the amplitude shorter; its phase is that of the controlled gate.

    Source: R. Cleve, A. Ekert, C. Macchiavello, M. Mosca, "Quantum algorithms revisited", Proc. R. Soc. Lond. A 454,
    339 (1998).
    """

    name: ClassVar[str] = "hadamard_test"
    num_qubits: ClassVar[int] = 2
    signal: ClassVar[Parity] = Parity()

    test_unitary: str = parameter("Z", in_(tuple(PHASES)), help="the unitary that the ancilla controls")
    angle_points: int = parameter(16, ge(5), le(1000), help="number of angles, from 0 to max_angle")
    max_angle: float = parameter(2 * math.pi, gt(0), le(100), unit="rad", help="largest angle of the state")

    def sweep(self) -> Sweep:
        """Return both parts at each angle."""
        angles = np.linspace(0, self.max_angle, self.angle_points)
        return Sweep(Axis("part", ["real", "imaginary"]), Axis("angle", angles, unit="rad"))

    def circuit(self, part: str, angle: float) -> QuantumCircuit:
        """Return turn the state, let the ancilla control U, and read the ancilla along x or y."""
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(2, 1)
        if self.test_unitary == "X":
            circuit.ry(angle, 1)
        else:
            circuit.rx(angle, 1)
        circuit.h(0)
        if part == "imaginary":
            circuit.sdg(0)
        if self.test_unitary == "X":
            circuit.cx(0, 1)
        elif self.test_unitary == "Y":
            circuit.cy(0, 1)
        elif self.test_unitary == "Z":
            circuit.cz(0, 1)
        else:
            circuit.cp(PHASES[self.test_unitary], 0, 1)
        circuit.h(0)
        circuit.measure(0, 0)
        return circuit

    def fit_model(self) -> FitModel:
        """Return a curve of known shape for each part, with an amplitude and an offset each."""
        second = cmath.exp(1j * PHASES[self.test_unitary])
        amplitude, offset = (1 - second) / 2, (1 + second) / 2
        curve, shape = CURVES.get(self.test_unitary, USUAL)

        def model(
            part: NDArray[np.str_],
            angle: NDArray[np.float64],
            real_part: float,
            imaginary_part: float,
            real_offset: float,
            imaginary_offset: float,
        ) -> NDArray[np.float64]:
            seen = shape(angle)
            real, imaginary = real_offset + real_part * seen, imaginary_offset + imaginary_part * seen
            found: NDArray[np.float64] = np.where(part == "real", real, imaginary)
            return found

        def guess(part: NDArray[np.str_], angle: NDArray[np.float64], signal: NDArray[np.float64]) -> dict[str, float]:
            found = {}
            for name in ("real", "imaginary"):
                seen = shape(angle[part == name])
                found[f"{name}_part"], found[f"{name}_offset"] = np.polyfit(seen, signal[part == name], 1).tolist()
            return found

        def check(summary: FitSummary) -> list[Reason]:
            return _as_asked(summary, amplitude, offset)

        example = {
            "real_part": 0.9 * amplitude.real,
            "imaginary_part": 0.9 * amplitude.imag + 0.02,
            "real_offset": 0.9 * offset.real + 0.02,
            "imaginary_offset": 0.9 * offset.imag + 0.02,
        }
        return FitModel(
            model,
            guess,
            quantities=("real_part", "imaginary_part", "phase", "real_offset", "imaginary_offset"),
            derived={"phase": phase},
            units={"phase": "rad"},
            flat="nothing changes with the angle",
            checks=(check,),
            example=example,
            formula=(
                f"<Z> = where(part == 'real', real_offset + real_part * {curve}, "
                f"imaginary_offset + imaginary_part * {curve})"
            ),
        )


def _rising(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.sin(angle)
    return found


def _falling(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return -_rising(angle)


def _upright(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.cos(angle)
    return found


CURVES: dict[str, tuple[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = {
    "X": ("sin(angle)", _rising),
    "Y": ("-sin(angle)", _falling),
}
USUAL = ("cos(angle)", _upright)
"""The cosine of psi along the axis of the unitary: that of z, but for X and Y."""


def phase(real_part: float, imaginary_part: float) -> float:
    """Return the phase of the amplitude, rad."""
    return math.atan2(imaginary_part, real_part)


def _as_asked(summary: FitSummary, amplitude: complex, offset: complex) -> list[Reason]:
    """Return where the amplitude or the offset has little to do with that of the unitary."""
    real, imaginary, real_offset, imaginary_offset = (
        summary.quantities[name].value for name in ("real_part", "imaginary_part", "real_offset", "imaginary_offset")
    )
    along = (complex(real, imaginary) * amplitude.conjugate()).real / abs(amplitude) ** 2
    if along < 0:
        return [Reason(ReasonCode.INVERTED, "the amplitude has the opposite sign of what the unitary gives", "bad")]
    reasons = []
    if along < AMPLITUDE:
        message = f"the amplitude is {along:.2f} of what the unitary gives: noise, or another unitary"
        reasons.append(Reason(ReasonCode.IMPLAUSIBLE, message, "suspect"))
    if abs(complex(real_offset, imaginary_offset) - along * offset) > OFFSET:
        message = f"the curves are shifted by more than {OFFSET}: a readout that is biased, or another unitary"
        reasons.append(Reason(ReasonCode.IMPLAUSIBLE, message, "suspect"))
    return reasons
