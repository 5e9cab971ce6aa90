"""Simultaneous randomized benchmarking: the same qubits driven by turns and all together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import REQUIRED, Axis, Experiment, FitModel, Probability, Sweep, ge, in_, le, parameter
from oqtopus_experiments_rb import _decay, _sequences
from oqtopus_experiments_rb._design import check_lengths, sweep

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

TOGETHER, ALONE = "together", "alone"


@frozen(kw_only=True)
class SimultaneousRandomizedBenchmarking(Experiment):
    """
    By how much the error of a Clifford grows when the other targets are driven too.

    Reports `crosstalk`, the error per Clifford together less that alone, with `error_alone` and `error_together`; the
    verdict says which differences are real (``crosstalk_found``), at a chance of 1 % that any of all targets is called
    so by luck.

    Alone means by turns: qubit q of one-qubit targets is driven in turn q mod `turns`, and the others wait. On a line
    of qubits two turns leave the neighbours of a driven one alone; as many turns as qubits leave all others alone.

    Source: J. M. Gambetta et al., "Characterization of addressability by simultaneous randomized benchmarking", Phys.
    Rev. Lett. 109, 240504 (2012); S. Holm, Scand. J. Statist. 6, 65 (1979) for the many differences.
    """

    name: ClassVar[str] = "simultaneous_rb"
    analyzer: ClassVar[str] = "crosstalk"
    num_qubits: int = parameter(1, in_((1, 2)), help="qubits of a target: 1 or 2")
    max_sequence_length: int = parameter(100, ge(3), le(100_000), help="random Cliffords of the longest sequence")
    num_lengths: int = parameter(10, ge(3), le(1000), check_lengths, help="number of lengths, from 1 to the longest")
    num_samples: int = parameter(
        30,
        ge(4),
        le(100_000),
        help="sequences of each length and turn; rounded up to as many of each ending, at least two",
    )
    turns: int = parameter(2, ge(2), le(1000), help="turns in which targets are driven without the others")
    seed: int = parameter(0, ge(0), help="another number draws other sequences")

    def sweep(self) -> Sweep:
        """Return all turns and all together, at all lengths, endings and sequences."""
        kinds = Axis("kind", [*(f"turn {turn}" for turn in range(self.turns)), TOGETHER])
        return sweep(self.num_qubits, self.max_sequence_length, self.num_lengths, self.num_samples, kinds)

    def turn_of(self, target: tuple[int, ...]) -> int:
        """Return in which turn a target is driven: neighbours on a line take turns."""
        return min(target) // self.num_qubits % self.turns

    def notes(self) -> Sequence[str]:
        """Say which targets are never driven without each other."""
        if len(self.targets) > 1 and len({self.turn_of(target) for target in self.targets}) == 1:
            return ["all targets are driven in the same turn, so none is ever alone: set turns to another number"]
        return []

    def signal(self, ending: str) -> Probability:
        """Return how often the expected outcome comes."""
        return Probability(ending)

    def circuit(self, kind: str, length: int, ending: str, sequence: int, target: tuple[int, ...]) -> QuantumCircuit:
        """Return random Cliffords where it is the turn of the target, the same as together; else a measurement."""
        if kind not in (TOGETHER, f"turn {self.turn_of(target)}"):
            return _sequences.waiting(self.num_qubits)
        return _sequences.drawn(self.seed, length, ending, sequence, target).circuit()


@frozen(kw_only=True)
class AloneAndTogether(Experiment):
    """What one target measures in its own turn and together: the part of the sweep that tells of it."""

    name: ClassVar[str] = "alone_and_together"
    whole: SimultaneousRandomizedBenchmarking = parameter(REQUIRED, help="the experiment that it is part of")

    @property
    def num_qubits(self) -> int:
        """Those of the whole."""
        return self.whole.num_qubits

    def sweep(self) -> Sweep:
        """Return both kinds at the points of the whole."""
        _, *axes = self.whole.sweep().axes
        return Sweep(Axis("kind", [ALONE, TOGETHER]), *axes)

    def circuit(self, kind: str, length: int, ending: str, sequence: int, target: tuple[int, ...]) -> QuantumCircuit:
        """Return the circuit of the whole."""
        whole = f"turn {self.whole.turn_of(target)}" if kind == ALONE else TOGETHER
        return self.whole.circuit(whole, length, ending, sequence, target)

    def fit_model(self) -> FitModel:
        """Return two decays."""
        size = self.num_qubits
        part = 1 - 0.5**size

        def error_alone(decay_rate: float) -> float:
            return part * (1 - decay_rate)

        def error_together(decay_rate: float, ratio: float) -> float:
            return part * (1 - decay_rate * ratio)

        def crosstalk(decay_rate: float, ratio: float) -> float:
            return part * decay_rate * (1 - ratio)

        return FitModel(
            _decay.two_decays(ALONE, size),
            _decay.guess_two_decays(ALONE, size),
            quantities=("crosstalk", "error_alone", "error_together"),
            bounds={"decay_rate": (0, np.inf), "ratio": (0, np.inf)},
            derived={function.__name__: function for function in (crosstalk, error_alone, error_together)},
            flat="",  # perfect gates do not decay
            checks=(
                _decay.decays("amplitude"),
                _decay.decays("other_amplitude"),
            ),
        )
