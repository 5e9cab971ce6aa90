"""Mirror benchmarking: random circuits of one to many qubits, run there and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import (
    Axis,
    Experiment,
    FitModel,
    FitSummary,
    Reason,
    ReasonCode,
    Signal,
    Sweep,
    ge,
    guesses,
    hookimpl,
    le,
    parameter,
)
from oqtopus_experiments_mirror._cliffords import cliffords
from oqtopus_experiments_mirror._mirrored import Mirrored, mirrored
from oqtopus_experiments_mirror._polarization import Polarization, scale

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from oqtopus_experiments.testing import Subject

# An amplitude that is not above 0 by so many standard errors is none.
SIGMAS = 5.0
# Of a polarization that is lost by less than this between preparation and readout nobody asks why, per qubit.
SOUND, PER_QUBIT = 0.5, 0.95
# Stochastic errors do to one circuit about what they do to another: a standard deviation above this part of the
# amplitude, at any length, is something else.
DIFFER = 0.2
# A layer is seen where it leaves so much of the polarization.
VISIBLE = 0.05
# Standard deviation of a single shot of a polarization of 0.6 on two qubits.
SPREAD = 0.6


def check_density(experiment: MirrorRB, field: attrs.Attribute[float], density: float) -> None:
    """Refuse a density of pairs where there are none."""
    if experiment.num_qubits == 1 and density != field.default:
        message = f"{field.name!r} means nothing for one qubit; leave it out"
        raise ValueError(message)


@frozen(kw_only=True)
class MirrorRB(Experiment):
    """
    Polarization that is left of random circuits which are run and undone, against the number of their layers.

    A layer is a random Clifford on every qubit and a cx on pairs of neighbours. Reports `error_per_layer`, the
    probability that a layer does something wrong (its entanglement infidelity), `polarization`, what a layer leaves of
    it, and `amplitude`, what preparation and readout leave. Works for as many qubits as there are: the outcome to
    expect is known without simulating the circuit.

    Source: T. Proctor et al., "Measuring the capabilities of quantum computers", Nature Physics 18, 75 (2022), for the
    circuits; T. Proctor et al., "Scalable randomized benchmarking of quantum computers using mirror circuits", Phys.
    Rev. Lett. 129, 150502 (2022), for the effective polarization and its decay.
    """

    name: ClassVar[str] = "mirror_rb"

    num_qubits: int = parameter(2, ge(1), le(1000), help="qubits of one target; neighbours in it are coupled")
    max_sequence_length: int = parameter(64, ge(4), le(100_000), help="largest number of layers, both ways together")
    num_lengths: int = parameter(7, ge(4), le(1000), help="number of lengths, 0 included, by equal factors")
    num_samples: int = parameter(12, ge(2), le(10_000), help="random circuits of each length and target")
    two_qubit_density: float = parameter(
        1.0,
        ge(0),
        le(1),
        check_density,
        help="probability of a cx on each pair in a layer",
    )
    sequence_seed: int = parameter(0, ge(0), help="another number draws other circuits")

    def sweep(self) -> Sweep:
        """Return even lengths from 0, and the number of each circuit."""
        there = np.unique(np.rint(np.geomspace(1, self.max_sequence_length // 2, self.num_lengths - 1)))
        return Sweep(Axis("length", np.append(0, 2 * there)), Axis("sample", np.arange(self.num_samples)))

    def signal(self, length: float, sample: float, target: tuple[int, ...]) -> Signal:
        """Return the polarization about the outcome that follows from the Paulis of the circuit."""
        return Polarization(self._mirrored(length, sample, target).outcome)

    def circuit(self, length: float, sample: float, target: tuple[int, ...]) -> QuantumCircuit:
        """Return the circuit of one target. Barriers keep compilers from undoing it themselves."""
        from qiskit import QuantumCircuit

        qubits = range(self.num_qubits)
        angles = cliffords().angles
        circuit = QuantumCircuit(self.num_qubits, self.num_qubits)
        for step in self._mirrored(length, sample, target).steps:
            for qubit, turn in enumerate(step.turns):
                circuit.u(*angles[turn], qubit)
            for first in step.joined:
                circuit.cx(first, first + 1)
            circuit.barrier()
        circuit.measure(qubits, qubits)
        return circuit

    def fit_model(self) -> FitModel:
        """Return one exponential decay to zero."""
        lost = scale(self.num_qubits)

        def decay(length: NDArray[np.float64], error_per_layer: float, amplitude: float) -> NDArray[np.float64]:
            kept: NDArray[np.float64] = amplitude * (1 - error_per_layer / lost) ** length
            return kept

        def guess(length: NDArray[np.float64], signal: NDArray[np.float64]) -> dict[str, float]:
            time = max(guesses.decay_time(length, signal), 0.1)
            return {"error_per_layer": lost * -np.expm1(-1 / time), "amplitude": float(signal[0])}

        return FitModel(
            decay,
            guess,
            quantities=("error_per_layer", "polarization", "amplitude"),
            # Below 0 is what chance makes of a layer without errors.
            bounds={"error_per_layer": (-lost, lost)},
            derived={"polarization": lambda error_per_layer: 1 - error_per_layer / lost},
            flat="",  # perfect layers lose nothing
            checks=(self._reflects, self._decays, self._are_alike),
            example={"error_per_layer": 0.02 * lost, "amplitude": 0.9},
            formula=f"polarization = amplitude * (1 - error_per_layer / {lost!r}) ** length",
        )

    def _reflects(self, summary: FitSummary) -> Sequence[Reason]:
        """Refuse what comes back no more often than by chance, and doubt what seldom does even without layers."""
        amplitude = summary.quantities["amplitude"]
        if not amplitude.value > SIGMAS * amplitude.stderr:
            message = "what comes back is no nearer to the expected outcome than random bits"
            return [
                Reason(ReasonCode.NO_SIGNAL, message, "bad"),
                Reason(ReasonCode.UNDETERMINED, "without a signal no layer has an error", "bad"),
            ]
        least = SOUND * PER_QUBIT**self.num_qubits
        if amplitude.value > least:
            return []
        message = f"amplitude = {amplitude.value:.2g}, below {least:.2g}: a bit is stuck or swapped, or readout is poor"
        return [Reason(ReasonCode.IMPLAUSIBLE, message, "suspect")]

    def _decays(self, summary: FitSummary) -> Sequence[Reason]:
        """Ask for lengths at which something of the polarization is left."""
        lengths, kept = np.unique(summary.axes["length"]), summary.quantities["polarization"].value
        seen = int((kept ** lengths[lengths > 0] > VISIBLE).sum())
        if seen > 1:
            return []
        if seen:
            message = "one length besides 0 has a signal; take a smaller max_sequence_length"
            return [Reason(ReasonCode.WINDOW_TOO_LONG, message, "suspect")]
        message = "the first layers leave nothing: each has an error nearly always"
        return [
            Reason(ReasonCode.WINDOW_TOO_LONG, message, "bad"),
            Reason(ReasonCode.UNDETERMINED, "the error of a layer has a bound only", "bad"),
        ]

    def _are_alike(self, summary: FitSummary) -> Sequence[Reason]:
        """Doubt circuits of one length of which some come back and others do not."""
        # Of any length: where few circuits are compared, those of most lengths may be alike by chance.
        apart = float(np.max(summary.stderr)) * self.num_samples**0.5
        amplitude = summary.quantities["amplitude"].value
        if apart <= DIFFER * max(amplitude, SOUND):
            return []
        message = f"circuits of one length differ by {apart:.2g}: coherent errors, lost phases, or too few shots"
        return [Reason(ReasonCode.IMPLAUSIBLE, message, "suspect")]

    def _mirrored(self, length: float, sample: float, target: tuple[int, ...]) -> Mirrored:
        seed = (self.sequence_seed, int(sample), int(length), *target)
        return mirrored(self.num_qubits, int(length), self.two_qubit_density, seed)


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [MirrorRB]


@hookimpl
def conformance_subjects() -> list[Subject]:
    """Return small ones, of one qubit and of two; signals of two have more than two values."""
    from oqtopus_experiments.testing import ExperimentSubject

    small: dict[str, Any] = {"max_sequence_length": 16, "num_lengths": 4, "num_samples": 3}
    return [
        ExperimentSubject(experiment=MirrorRB(num_qubits=1, **small)),
        ExperimentSubject(experiment=MirrorRB(**small), spread=SPREAD),
    ]
