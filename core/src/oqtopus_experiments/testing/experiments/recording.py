"""Shots of every circuit of an experiment, bit by bit, so that they can be spoilt in any way."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.estimates import estimates
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.plugins._experiment_calls import references_of, sweep_of
from oqtopus_experiments.testing.check import NotApplicable
from oqtopus_experiments.testing.experiments.basis import kept, on_targets, shared_signals, sound, truth_of
from oqtopus_experiments.testing.experiments.perfect_device import all_probabilities
from oqtopus_experiments.testing.synthetic_data import synthetic

Bits = NDArray[np.bool_]
TARGETS = 20
FEW = 8
"""Targets of a perfect device, of which each says the same."""
LARGEST = 2**28
"""Bits of all shots of a recording: more are not kept in memory."""


@frozen(eq=False)
class Recording:
    """
    What was read at many targets side by side.

    Args:
        experiment: On so many targets.
        signals: What is read of each circuit, one for all targets.
        shots: Of each circuit, shape (shots, targets, classical bits); points first, then references.
        seed: Of what is spoilt by chance: another number spoils otherwise.
    """

    experiment: Declaration
    signals: PointSignals
    shots: tuple[Bits, ...]
    seed: int = 0

    @property
    def points(self) -> int:
        """How many circuits are points of the sweep rather than references."""
        return sweep_of(self.experiment).size

    def spoilt(self, shots: Sequence[Bits]) -> Recording:
        """Return the same recording with other shots."""
        return attrs.evolve(self, shots=tuple(shots))

    def dataset(self) -> Dataset:
        """Return the data set of it."""
        counts = {index: Counts.from_shots(own.reshape(len(own), -1)) for index, own in enumerate(self.shots)}
        found = estimates(self.signals, counts, len(self.experiment.targets))
        return Dataset(
            sweep=sweep_of(self.experiment),
            targets=self.experiment.targets,
            signal_label=self.signals.label,
            points=found.columns(slice(0, self.points)),
            references=found.columns(slice(self.points, None)),
            reference_names=tuple(references_of(self.experiment)),
            counts=counts,
        )


def of_probabilities(experiment: Declaration, found: Sequence[NDArray[np.float64]], shots: int, seed: int) -> Recording:
    """Return shots of circuits with these outcome probabilities, drawn for each target."""
    rng, targets = np.random.default_rng(seed), len(experiment.targets)
    drawn = []
    for own in found:
        outcomes = rng.choice(len(own), size=(shots, targets), p=own / own.sum())
        drawn.append((outcomes[..., None] >> np.arange(len(own).bit_length() - 1)) & 1 == 1)
    return Recording(experiment, shared_signals(experiment), tuple(drawn))


def shots_of(subject: ExperimentSubject) -> int:
    """Return as many shots as the subject says, or fewer where they would not fit into memory."""
    experiment = sound(subject)
    sweep = sweep_of(experiment)
    width = copies_at(experiment, sweep.points()[0])[0].num_clbits
    bits = width * TARGETS * (sweep.size + len(references_of(experiment)))
    return max(50, min(subject.shots, int(LARGEST // bits)))


def has_truth(subject: ExperimentSubject) -> bool:
    """Return whether a model and a truth of it say what a sound device would read."""
    try:
        return bool(truth_of(subject))
    except NotApplicable:
        return False


@kept
def recorded(subject: ExperimentSubject) -> Recording:
    """
    Return what a sound device would read: of its model at its truth, else of its circuits without noise.

    Raises:
        NotApplicable: When neither says it.
    """
    experiment = on_targets(sound(subject), TARGETS)
    if has_truth(subject):
        truth, signals = truth_of(subject), shared_signals(experiment)
        dataset = synthetic(
            experiment, truth, shots_of(subject), np.random.default_rng(3), spread=subject.spread, signals=signals
        )
        size = dataset.sweep.size + len(dataset.reference_names)
        if len(dataset.counts) == size:
            rng = np.random.default_rng(4)
            return Recording(experiment, signals, tuple(_shots(dataset.counts[index], rng) for index in range(size)))
    return of_probabilities(experiment, all_probabilities(experiment), shots_of(subject), seed=3)


def perfect(subject: ExperimentSubject) -> Recording:
    """Return what a device without noise would read; raises `NotApplicable` where states are not written out."""
    experiment = on_targets(sound(subject), FEW)
    return of_probabilities(experiment, all_probabilities(experiment), shots_of(subject), seed=5)


def _shots(counts: Counts, rng: np.random.Generator) -> Bits:
    rows = rng.permutation(np.repeat(np.arange(len(counts.occurrences)), counts.occurrences))
    shots: Bits = counts.bits[rows][:, :, None]
    return shots
