"""GHZ states: the coherence between all zeros and all ones, and with the populations the fidelity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import (
    Axis,
    Expectation,
    Experiment,
    FitModel,
    ParameterError,
    Parity,
    Signal,
    Sweep,
    checks,
    ge,
    hookimpl,
    in_,
    le,
    parameter,
)
from oqtopus_experiments_ghz import _fringe
from oqtopus_experiments_ghz._state import PREPARATIONS, ghz_circuit

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from oqtopus_experiments.testing import Subject

MOST = 20
"""Qubits of a state."""
NO_FRINGE = "the parity does not oscillate with the phase: no coherence between all zeros and all ones"


def check_phases(experiment: _Ghz, field: attrs.Attribute[Any], points: int) -> None:
    """Refuse phases that cannot tell the fringe of n qubits from one of fewer."""
    fewest = _fringe.fewest_points(experiment.num_qubits)
    if points < fewest:
        message = f"'phase_points' must be >= {fewest} for {experiment.num_qubits} qubits: {points}"
        raise ValueError(message)


@frozen(kw_only=True)
class _Ghz(Experiment):
    """What both experiments say of the state and of its analysis."""

    num_qubits: int = parameter(2, ge(2), le(MOST), help="qubits of the state")
    phase_points: int | None = parameter(
        None,
        check_phases,
        le(10_000),
        help="phases of the analysis pulse over half a turn (default 2n + 1, at least 13)",
    )
    preparation: str = parameter(
        "chain", in_(PREPARATIONS), help="chain: cx between neighbours of the target only; fan_out: all from its first"
    )

    def _phases(self) -> Axis:
        points = self.phase_points or _fringe.default_points(self.num_qubits)
        return Axis("phase", _fringe.phases(points), unit="rad")


@frozen(kw_only=True)
class ParityOscillation(_Ghz):
    """
    Parity of a GHZ state of n qubits against the phase of an analysis pulse on all of them.

    Reports `coherence`, the fitted contrast of the fringe: twice the modulus of the matrix element between |0..0> and
    |1..1>, 1 for an ideal state and at most 1/2 where not all qubits are entangled with each other. Also
    `relative_phase`, that of |1..1>, and `offset`, what a readout that favours one value leaves of the fringe. All
    qubits wait for `delay` before the analysis.

    Source: C. A. Sackett et al., "Experimental entanglement of four particles", Nature 404, 256 (2000); T. Monz et al.,
    "14-qubit entanglement: creation and coherence", Phys. Rev. Lett. 106, 130506 (2011).
    """

    name: ClassVar[str] = "parity_oscillation"
    signal: ClassVar[Parity] = Parity()
    delay: float = parameter(0.0, ge(0), unit="ns", help="wait between the state and its analysis")
    delay_us: float | None = parameter(None, ge(0), help="the same in us, as the original calls it; give one of them")

    def __attrs_post_init__(self) -> None:
        """Take a delay that was given in us for what it is."""
        if self.delay_us is None:
            return
        if self.delay not in (0.0, 1000 * self.delay_us):
            message = "give 'delay' or 'delay_us', not both"
            raise ParameterError("delay_us", message)
        # Another way to say it, and no second value that could differ.
        object.__setattr__(self, "delay", 1000 * self.delay_us)
        object.__setattr__(self, "delay_us", None)

    def settings(self) -> dict[str, Any]:
        """Return what `coherence` depends on: it is another after another wait."""
        return {**super().settings(), **({"delay": self.delay} if self.delay else {})}

    def on_clock(self, step: float) -> ParityOscillation:
        """Return this experiment with the nearest delay that a device can keep."""
        return attrs.evolve(self, delay=step * round(self.delay / step)) if step else self

    def sweep(self) -> Sweep:
        """Return the phases."""
        return Sweep(self._phases())

    def circuit(self, phase: float) -> QuantumCircuit:
        """Return the state, the wait, the analysis pulse and the measurement of all qubits."""
        return ghz_circuit(self.num_qubits, self.preparation, phase, self.delay)

    def fit_model(self) -> FitModel:
        """Return a fringe of n periods a turn, with free contrast, phase and offset."""
        size = self.num_qubits

        def fringe(
            phase: NDArray[np.float64], in_phase: float, quadrature: float, offset: float
        ) -> NDArray[np.float64]:
            return _fringe.fringe(phase, size, in_phase, quadrature, offset)

        def guess(phase: NDArray[np.float64], signal: NDArray[np.float64]) -> dict[str, float]:
            return _fringe.components(phase, signal, size)

        return FitModel(
            fringe,
            guess,
            quantities=("coherence", "relative_phase", "offset"),
            derived={"coherence": _fringe.contrast, "relative_phase": _fringe.relative_phase},
            units={"relative_phase": "rad"},
            symbols={"relative_phase": "φ"},
            flat=NO_FRINGE,
            checks=(
                checks.present("coherence", NO_FRINGE),
                _fringe.unbiased,
                lambda summary: _fringe.entangled(summary, "coherence", size),
            ),
            example={"in_phase": 0.9, "quadrature": 0.1, "offset": 0.01},
            formula=f"parity = {_fringe.formula(size)}",
        )


@frozen(kw_only=True)
class GHZ(_Ghz):
    """
    Fidelity of a GHZ state of n qubits, from its populations and the fringe of its parity.

    Reports `fidelity` = (`population` + `contrast`) / 2, where `population` is P(0..0) + P(1..1), read in z, and
    `contrast` the amplitude of the parity against the phase of an analysis pulse on all qubits. It is the fidelity to
    (|0..0> + exp(i `relative_phase`) |1..1>) / sqrt(2); `offset` is what a readout that favours one value leaves of the
    fringe. Above 1/2 all qubits are entangled with each other; a product
    state has at most 1/2, and is not called good. Readout errors are part of it.

    Source: C. A. Sackett et al., "Experimental entanglement of four particles", Nature 404, 256 (2000); the bound in
    O. Guehne and G. Toth, "Entanglement detection", Phys. Rep. 474, 1 (2009).
    """

    name: ClassVar[str] = "ghz"
    num_qubits: int = parameter(3, ge(2), le(MOST), help="qubits of the state")

    def sweep(self) -> Sweep:
        """Return the measurement in z, and one for each phase."""
        return Sweep(Axis("basis", ["z"])) + Sweep(Axis("basis", ["xy"]), self._phases())

    def signal(self, basis: str) -> Signal:
        """Return what is read: all qubits alike, or the parity."""
        if basis == "xy":
            return Parity()
        return Expectation({"0" * self.num_qubits: 1.0, "1" * self.num_qubits: 1.0}, "P(0..0) + P(1..1)")

    def circuit(self, basis: str, phase: float = 0.0) -> QuantumCircuit:
        """Return the state and its measurement in z, or after an analysis pulse."""
        return ghz_circuit(self.num_qubits, self.preparation, phase if basis == "xy" else None)

    def fit_model(self) -> FitModel:
        """Return the population and the fringe, fitted together."""
        size = self.num_qubits

        def ghz(
            basis: NDArray[np.str_],
            phase: NDArray[np.float64],
            population: float,
            in_phase: float,
            quadrature: float,
            offset: float,
        ) -> NDArray[np.float64]:
            parity = _fringe.fringe(np.nan_to_num(phase), size, in_phase, quadrature, offset)
            return np.where(basis == "z", population, parity)

        def guess(basis: NDArray[np.str_], phase: NDArray[np.float64], signal: NDArray[np.float64]) -> dict[str, float]:
            told, rest = basis == "z", basis == "xy"
            population = float(signal[told].mean()) if told.any() else 0.5
            found = _fringe.components(phase[rest], signal[rest], size) if rest.any() else NO_COMPONENTS
            return {"population": population, **found}

        return FitModel(
            ghz,
            guess,
            quantities=("fidelity", "population", "contrast", "relative_phase", "offset"),
            derived={
                "fidelity": lambda population, in_phase, quadrature: (
                    (population + _fringe.contrast(in_phase, quadrature)) / 2
                ),
                "contrast": _fringe.contrast,
                "relative_phase": _fringe.relative_phase,
            },
            units={"relative_phase": "rad"},
            symbols={"fidelity": "F", "relative_phase": "φ"},
            flat="",
            checks=(
                checks.present("contrast", NO_FRINGE),
                _fringe.unbiased,
                lambda summary: _fringe.entangled(summary, "fidelity", size),
            ),
            example={"population": 0.9, "in_phase": 0.85, "quadrature": 0.1, "offset": 0.01},
            formula=f"signal = where(basis == 'z', population, {_fringe.formula(size)})",
        )


NO_COMPONENTS = {"in_phase": 0.0, "quadrature": 0.0, "offset": 0.0}


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiments of this plugin."""
    return [ParityOscillation, GHZ]


@hookimpl
def conformance_subjects() -> list[Subject]:
    """Return three qubits: of two, one spreads the state to the other whichever `preparation` is asked for."""
    from oqtopus_experiments.testing import ExperimentSubject

    return [ExperimentSubject(experiment=ParityOscillation(num_qubits=3)), ExperimentSubject(experiment=GHZ())]
