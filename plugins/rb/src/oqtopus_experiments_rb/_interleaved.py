"""Interleaved randomized benchmarking of one gate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Probability, Sweep, ge, in_, le, parameter
from oqtopus_experiments_rb import _decay, _sequences
from oqtopus_experiments_rb._design import check_lengths, sweep
from oqtopus_experiments_rb._group import GATES, qubits_of

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

REFERENCE, INTERLEAVED = "reference", "interleaved"


@frozen(kw_only=True)
class InterleavedRandomizedBenchmarking(Experiment):
    """
    The error of one gate: random Clifford sequences without it, and the same with the gate after each Clifford.

    Reports `gate_error`, (1 - 1/d)(1 - r), and `gate_fidelity`, 1 less that, from the ratio r of the two decay rates,
    which are fitted jointly; `systematic_bound`, by how much errors of the Cliffords that differ may shift it at most;
    `decay_rate` of the reference, `interleaved_decay_rate`, and `error_per_clifford` of the reference.

    Both kinds of a length and ending have the same sequences and run one right after the other, so that a device that
    drifts does so for both.

    Source: E. Magesan et al., "Efficient measurement of quantum gate error by interleaved randomized benchmarking",
    Phys. Rev. Lett. 109, 080505 (2012), the bound is equation 5 there.
    """

    name: ClassVar[str] = "irb"
    interleaved_gate: str = parameter("x", in_(GATES), help="the gate to benchmark; its qubits are those of a target")
    max_sequence_length: int = parameter(128, ge(3), le(100_000), help="random Cliffords of the longest sequence")
    num_lengths: int = parameter(8, ge(3), le(1000), check_lengths, help="number of lengths, from 1 to the longest")
    num_samples: int = parameter(
        30,
        ge(4),
        le(100_000),
        help="sequences of each length and kind; rounded up to as many of each ending, at least two",
    )
    seed: int = parameter(0, ge(0), help="another number draws other sequences")

    @property
    def num_qubits(self) -> int:
        """As many as the gate acts on."""
        return qubits_of(self.interleaved_gate)

    def sweep(self) -> Sweep:
        """Return both kinds at all lengths, endings and sequences."""
        kinds = Axis("kind", [REFERENCE, INTERLEAVED])
        return sweep(self.num_qubits, self.max_sequence_length, self.num_lengths, self.num_samples, kinds)

    def signal(self, ending: str) -> Probability:
        """Return how often the expected outcome comes."""
        return Probability(ending)

    def circuit(self, kind: str, length: int, ending: str, sequence: int, target: tuple[int, ...]) -> QuantumCircuit:
        """Return random Cliffords, the same for both kinds, each with the gate behind it or not; and a measurement."""
        gate = self.interleaved_gate if kind == INTERLEAVED else ""
        return _sequences.drawn(self.seed, length, ending, sequence, target).circuit(gate)

    def fit_model(self) -> FitModel:
        """Return both decays towards 1/d, the second as the first times what the gate costs."""
        size = self.num_qubits
        levels: int = 2**size

        def gate_error(ratio: float) -> float:
            return (1 - 1 / levels) * (1 - ratio)

        def gate_fidelity(ratio: float) -> float:
            return 1 - gate_error(ratio)

        def interleaved_decay_rate(decay_rate: float, ratio: float) -> float:
            return decay_rate * ratio

        def error_per_clifford(decay_rate: float) -> float:
            return (1 - 1 / levels) * (1 - decay_rate)

        def systematic_bound(decay_rate: float, ratio: float) -> float:
            return bound(decay_rate, ratio, levels)

        derived = (gate_error, gate_fidelity, systematic_bound, interleaved_decay_rate, error_per_clifford)
        return FitModel(
            _decay.two_decays(REFERENCE, size),
            _decay.guess_two_decays(REFERENCE, size),
            quantities=(
                "gate_error",
                "gate_fidelity",
                "systematic_bound",
                "decay_rate",
                "interleaved_decay_rate",
                "error_per_clifford",
            ),
            bounds={"decay_rate": (0, np.inf), "ratio": (0, np.inf)},
            derived={function.__name__: function for function in derived},
            flat="",  # perfect gates do not decay
            checks=(
                _decay.decays("amplitude"),
                _decay.decays("other_amplitude"),
            ),
            example={
                "decay_rate": 0.99,
                "ratio": 0.995,
                "amplitude": 0.95 * (1 - 1 / levels),
                "other_amplitude": 0.95 * (1 - 1 / levels),
                **dict.fromkeys(_decay.OF_READOUT[size], 0.0),
            },
            formula=_decay.formula(size, first=REFERENCE),
        )


def bound(decay_rate: float, ratio: float, levels: int) -> float:
    """Return by how much errors of single Cliffords may shift the gate error: equation 5 of Magesan et al. 2012."""
    lost = max(1 - decay_rate, 0.0)
    spread = (1 - 1 / levels) * (abs(decay_rate - ratio) + lost)
    squared = levels**2 - 1
    other = 2 * squared * lost / (decay_rate * levels**2) + 4 * math.sqrt(lost * squared) / decay_rate
    return min(spread, other)
