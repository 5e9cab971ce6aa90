"""What an analyzer is verified on: data sets drawn from the model of an experiment, or from its circuits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.errors import OqtopusExperimentsError
from oqtopus_experiments.execution._on_targets import on_targets
from oqtopus_experiments.plugins._experiment_calls import model_of
from oqtopus_experiments.testing.analyzers.circuit_outcomes import outcome_probabilities
from oqtopus_experiments.testing.analyzers.decay import Decay
from oqtopus_experiments.testing.check import NotApplicable
from oqtopus_experiments.testing.synthetic_data import drawn, synthetic

Array = NDArray[np.float64]

FLIPPED = 0.05
"""Part of the shots of a circuit without noise that read coin flips: no outcome is certain on a device."""


MOST_ROWS = 10**6
"""Shots of all targets that are drawn one by one, side by side; of more, each target is drawn by itself."""


@frozen(eq=False)
class Source:
    """
    Where data sets come from.

    Args:
        experiment: On its own targets.
        truth: Values of the parameters of its model; empty where data are drawn from circuits.
        spread: As for `synthetic`.
        outcomes: Probabilities of the outcomes of each circuit, the references last, each of shape (2**width,); empty
            where data are drawn from a model.
    """

    experiment: Declaration
    truth: Mapping[str, float]
    spread: float = math.nan
    outcomes: Sequence[Array] = field(default=(), repr=False)

    def on(self, targets: int) -> Declaration:
        """
        Return the experiment on so many targets side by side.

        Raises:
            NotApplicable: When it cannot be on other targets.
        """
        size = self.experiment.num_qubits
        listed = [tuple(range(size * index, size * (index + 1))) for index in range(targets)]
        try:
            return on_targets(self.experiment, listed)
        except (OqtopusExperimentsError, KeyError, ValueError) as error:
            message = f"{self.experiment.name!r} cannot be on {targets} targets: {error}"
            raise NotApplicable(message) from error

    def dataset(self, targets: int, shots: int, seed: int) -> Dataset:
        """Return what so many targets read, each a draw of its own from the same truth."""
        experiment, rng = self.on(targets), np.random.default_rng(seed)
        if not self.outcomes:
            return synthetic(experiment, self.truth, shots, rng, spread=self.spread)
        return _from_outcomes(experiment, self.outcomes, shots, rng)

    def coin_flips(self, targets: int, shots: int, seed: int) -> Dataset:
        """Return what is read where every outcome is as likely as any other: nothing is measured."""
        experiment, rng = self.on(targets), np.random.default_rng(seed)
        if self.outcomes:
            flat = [np.full(len(one), 1 / len(one)) for one in self.outcomes]
            return _from_outcomes(experiment, flat, shots, rng)
        known = self.dataset(1, 1, 0)
        middle = _middle(known.points.low[0], known.points.high[0])
        references = _middle(known.references.low[0], known.references.high[0])
        return drawn(experiment, middle, shots, rng, references=references, spread=self.spread)


def source_of(subject: AnalyzerSubject) -> Source:
    """
    Return where the data of a subject come from: its experiment's model, else the circuits of the experiment.

    Raises:
        NotApplicable: When neither says what would be measured.
    """
    experiment = subject.experiment or Decay()
    model = model_of(experiment)
    truth = dict(subject.truth or (model.example if model else {}))
    if model is not None and truth:
        return Source(experiment, truth, subject.spread)
    if model is not None:
        message = f"the model of {experiment.name!r} has no example: give the subject `truth`"
        raise NotApplicable(message)
    noisy = [(1 - FLIPPED) * one + FLIPPED / len(one) for one in outcome_probabilities(experiment)]
    return Source(experiment, {}, subject.spread, noisy)


def _middle(low: Array, high: Array) -> Array:
    return np.where(np.isfinite(low), (low + high) / 2, 0.0)


def _from_outcomes(experiment: Declaration, outcomes: Sequence[Array], shots: int, rng: np.random.Generator) -> Dataset:
    results: dict[int, Counts | Failure] = {}
    apart: dict[tuple[int, int], Counts] = {}
    targets = len(experiment.targets)
    for index, probabilities in enumerate(outcomes):
        width = int(np.log2(len(probabilities)))
        if shots * targets > MOST_ROWS:
            every = (np.arange(2**width)[:, None] >> np.arange(width)) & 1 == 1
            read = rng.multinomial(shots, probabilities, size=targets)
            apart |= {(index, target): Counts(every, own) for target, own in enumerate(read)}
            continue
        read = rng.choice(len(probabilities), size=(shots, targets), p=probabilities)
        bits = (read[:, :, None] >> np.arange(width)) & 1 == 1
        results[index] = Counts.from_shots(bits.reshape(shots, -1))
    return Dataset.from_counts(experiment, results, apart=apart)
