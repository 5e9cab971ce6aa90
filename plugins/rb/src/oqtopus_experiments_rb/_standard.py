"""Standard randomized benchmarking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Experiment, FitModel, Probability, Sweep, ge, in_, le, parameter
from oqtopus_experiments_rb import _decay, _sequences
from oqtopus_experiments_rb._design import check_lengths, sweep

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


@frozen(kw_only=True)
class RandomizedBenchmarking(Experiment):
    """
    Random Clifford gates that add up to an outcome that is known: how often it still comes, against their number.

    Reports `error_per_clifford`, (1 - 1/d)(1 - p) on d = 2 or 4 levels, with `decay_rate` p; `error_per_gate`, the
    same for each gate that a Clifford is made of on average: 5/6 pulses (sx or x) for one qubit, 3/2 cx for two, whose
    pulses then count as part of the cx; and `amplitude`, what preparation and readout leave of 1 - 1/d.

    Each length has sequences of its own, and each target too. Half of them end in 0 and half in 1 (of two qubits a
    quarter in each outcome), so that the decay ends at 1/d however the readout errs; the standard error includes how
    far single sequences scatter.

    Source: E. Magesan, J. M. Gambetta, J. Emerson, "Scalable and robust randomized benchmarking of quantum processes",
    Phys. Rev. Lett. 106, 180504 (2011).
    """

    name: ClassVar[str] = "rb"
    num_qubits: int = parameter(1, in_((1, 2)), help="qubits of a target: 1 or 2")
    max_sequence_length: int = parameter(100, ge(3), le(100_000), help="random Cliffords of the longest sequence")
    num_lengths: int = parameter(10, ge(3), le(1000), check_lengths, help="number of lengths, from 1 to the longest")
    num_samples: int = parameter(
        50,
        ge(4),
        le(100_000),
        help="sequences of each length; rounded up to as many of each outcome they end in, at least two",
    )
    seed: int = parameter(0, ge(0), help="another number draws other sequences")

    def sweep(self) -> Sweep:
        """Return lengths, the outcomes that sequences end in, and sequences, of which no two are alike."""
        return sweep(self.num_qubits, self.max_sequence_length, self.num_lengths, self.num_samples)

    def signal(self, ending: str = "1") -> Probability:
        """Return how often the expected outcome comes; 1 in counts that only say whether it did."""
        return Probability(ending)

    def circuit(self, length: int, ending: str, sequence: int, target: tuple[int, ...]) -> QuantumCircuit:
        """Return random Cliffords, the one that turns all of them into the ending, and a measurement."""
        return _sequences.drawn(self.seed, length, ending, sequence, target).circuit()

    def fit_model(self) -> FitModel:
        """Return the decay towards 1/d; with what the readout does to single endings, where these are known."""
        size = self.num_qubits
        floor = 0.5**size
        known = any(axis.name == "ending" for axis in self.sweep().axes)
        extra = dict.fromkeys(_decay.OF_READOUT[size] if known else (), 0.0)
        by_ending = _decay.of_one_qubit if size == 1 else _decay.of_two_qubits

        def guess(length: _decay.Array, *others: Any) -> dict[str, float]:
            decay_rate, amplitude = _decay.guess_decay(length, others[-1], floor)
            return {"decay_rate": decay_rate, "amplitude": amplitude, **extra}

        def error_per_clifford(decay_rate: float) -> float:
            return (1 - floor) * (1 - decay_rate)

        gates = _sequences.gates_of_a_clifford(size)

        def error_per_gate(decay_rate: float) -> float:
            return error_per_clifford(decay_rate) / gates

        return FitModel(
            by_ending if known else _decay.of_survivals(floor),
            guess,
            quantities=("error_per_clifford", "decay_rate", "error_per_gate", "amplitude"),
            bounds={"decay_rate": (0, np.inf)},
            derived={"error_per_clifford": error_per_clifford, "error_per_gate": error_per_gate},
            symbols={"error_per_clifford": "EPC", "error_per_gate": "EPG"},
            flat="",  # perfect gates do not decay
            checks=(_decay.decays("amplitude"),),
            example={"decay_rate": 0.99, "amplitude": 0.95 * (1 - floor), **extra},
            formula=_decay.formula(size, by_ending=known),
        )
