"""
Devices that do not do what they should: none of them may be called good.

Each is given as 20 data sets. A number that is right in spite of it, within five standard errors of that of the sound
data, may be called good: a T1 with calibrated readout survives a biased one. One data set in twenty may be fooled by
chance: an experiment that is fooled in every third run passes once in 300 times, in every second once in 50 000.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from attrs import field, frozen

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.plugins._analyzer_calls import analyses_of
from oqtopus_experiments.plugins._experiment_calls import model_of, sweep_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import kept, on_targets, sound
from oqtopus_experiments.testing.experiments.circuits import circuits_match_the_sweep
from oqtopus_experiments.testing.experiments.perfect_device import all_probabilities
from oqtopus_experiments.testing.experiments.recording import (
    TARGETS,
    Recording,
    has_truth,
    of_probabilities,
    perfect,
    recorded,
    shots_of,
)
from oqtopus_experiments.testing.presupposing import presupposing

FOOLED = 1
"""Of the 20 data sets."""
SIGMAS = 5.0


def dead(sound: Recording) -> Recording:
    """Every bit reads 0."""
    return sound.spoilt([np.zeros_like(own) for own in sound.shots])


def saturated(sound: Recording) -> Recording:
    """Every bit reads 1."""
    return sound.spoilt([np.ones_like(own) for own in sound.shots])


def coin_flips(sound: Recording) -> Recording:
    """Every bit of every shot is a coin."""
    rng = np.random.default_rng([11, sound.seed])
    return sound.spoilt([rng.random(own.shape) < 0.5 for own in sound.shots])


def stuck_bit(sound: Recording) -> Recording:
    """The first bit reads 1 whatever happens; of one bit alone that is `saturated`."""
    spoilt = [own.copy() for own in sound.shots]
    for own in spoilt:
        own[..., 0] = True
    return sound.spoilt(spoilt)


def reversed_bits(sound: Recording) -> Recording:
    """The bits of each target stand in reverse order."""
    return sound.spoilt([own[..., ::-1] for own in sound.shots])


def shuffled_points(sound: Recording) -> Recording:
    """The points of the sweep have each other's shots."""
    order = np.random.default_rng([12, sound.seed]).permutation(sound.points)
    return sound.spoilt([*(sound.shots[index] for index in order), *sound.shots[sound.points :]])


def shuffled_shots(sound: Recording) -> Recording:
    """Shots of all points are mixed."""
    rng, points = np.random.default_rng([13, sound.seed]), np.array(sound.shots[: sound.points])
    mixed = rng.permutation(points.reshape(-1, *points.shape[2:])).reshape(points.shape)
    return sound.spoilt([*mixed, *sound.shots[sound.points :]])


def another_run(sound: Recording) -> Recording:
    """At each point some probability that has nothing to do with it."""
    rng = np.random.default_rng([14, sound.seed])
    return sound.spoilt([rng.random(own.shape) < rng.random(own.shape[1:]) for own in sound.shots])


def biased_readout(sound: Recording) -> Recording:
    """A third of all zeros read 1."""
    rng = np.random.default_rng([15, sound.seed])
    return sound.spoilt([own | (rng.random(own.shape) < 1 / 3) for own in sound.shots])


def one_job_repeated(sound: Recording) -> Recording:
    """Every circuit has the shots of the first."""
    return sound.spoilt([sound.shots[0] for _ in sound.shots])


SPOILT: Mapping[str, Callable[[Recording], Recording]] = {
    "a dead device": dead,
    "a device that reads all ones": saturated,
    "coin flips": coin_flips,
    "a stuck bit": stuck_bit,
    "bits in reverse order": reversed_bits,
    "shuffled points": shuffled_points,
    "shuffled shots": shuffled_shots,
    "counts of another run": another_run,
    "a strongly biased readout": biased_readout,
    "a device that repeats one job": one_job_repeated,
}


OF_SEVERAL_BITS = ("a stuck bit", "bits in reverse order")
"""What one bit alone has no other of."""
OF_A_TRUTH = ("a strongly biased readout",)
"""What may be part of what is measured, where no model says that it is not, as in a success probability."""


@frozen(eq=False)
class Line:
    """
    A sound device and its impostors, each analyzed when somebody looks at it, and once.

    Args:
        device: What the sound one reads.
        analyzer: What looks.
    """

    device: Recording
    analyzer: Analyzer
    _known: dict[str, tuple[Analysis, ...]] = field(factory=dict)

    def analyses(self, name: str, recording: Recording | None = None) -> tuple[Analysis, ...]:
        """Return the analyses of an impostor by its name, or of a recording that is to be known by it."""
        if name not in self._known:
            shown = SPOILT[name](self.device) if recording is None else recording
            self._known[name] = tuple(analyses_of(self.analyzer, self.device.experiment, shown.dataset()))
        return self._known[name]


@kept
def line(subject: ExperimentSubject) -> Line:
    """Return the sound device of a subject and its impostors."""
    device = recorded(subject)
    return Line(device, chosen_analyzer(device.experiment, subject.analyzer))


def no_impostor_is_called_good(subject: ExperimentSubject) -> None:
    """A dead device, coin flips, shuffled points, counts of another run and their like are never good, unless right."""
    suspects = line(subject)
    honest = suspects.analyses("a sound device", suspects.device)
    if not honest[0].quantities:
        message = "it reports no quantity"
        raise NotApplicable(message)
    several = suspects.device.shots[0].shape[-1] > 1
    left_out = (*(() if several else OF_SEVERAL_BITS), *(() if has_truth(subject) else OF_A_TRUTH))
    names = [name for name in SPOILT if name not in left_out]
    for name, recording in (*((name, None) for name in names), *_product(subject)):
        found = suspects.analyses(name, recording)
        fooled = [one for one, due in zip(found, honest, strict=True) if _is_fooled(one, due)]
        if len(fooled) > FOOLED:
            shown = fooled[0].quantities[0]
            message = f"{len(fooled)} of {TARGETS} data sets of {name} are called good, one with {shown.name} = {shown}"
            raise NotConforming(message)


def _is_fooled(analysis: Analysis, due: Analysis) -> bool:
    if analysis.verdict.level != "good" or not analysis.quantities:
        return False
    return not _agree(analysis.quantities[0], due.quantities[0])


def _agree(one: Quantity, other: Quantity) -> bool:
    return bool(abs(one.value - other.value) <= SIGMAS * np.hypot(one.stderr, other.stderr))


def _product(subject: ExperimentSubject) -> Iterator[tuple[str, Recording]]:
    """Yield what a device reads whose gates on two qubits do nothing, where there are any."""
    experiment = on_targets(sound(subject), TARGETS)
    if experiment.num_qubits == 1:
        return
    try:
        apart = all_probabilities(experiment, entangling=False)
        whole = all_probabilities(experiment)
    except NotApplicable:
        return
    if any(not np.allclose(one, other) for one, other in zip(apart, whole, strict=True)):
        yield "a product state", of_probabilities(experiment, apart, shots_of(subject), seed=16)


def data_without_a_signal_are_bad(subject: ExperimentSubject) -> None:
    """All zeros, all ones and coin flips are bad, where the model does not allow a signal that never changes."""
    experiment = sound(subject)
    model = model_of(experiment)
    if model is None:
        message = "it has no fit model, so that nobody knows whether a constant is a result"
        raise NotApplicable(message)
    if not model.flat:
        message = "its model says that a signal that does not change is a result: flat = ''"
        raise NotApplicable(message)
    sweep = sweep_of(experiment)
    if sound_model.is_plain(model) and not any(
        axis.is_numeric for axis in sweep.axes if axis.name in sound_model.axes_of(model, sweep.grid())
    ):
        message = "its model is of labels alone, where a constant is a result"
        raise NotApplicable(message)
    suspects = line(subject)
    flat = {"coin flips": 0.85}
    if len({repr(own) for own in suspects.device.signals.signals}) == 1:
        flat |= {"a dead device": 1.0, "a device that reads all ones": 1.0}
    for name, due in flat.items():
        found = suspects.analyses(name)
        other = [one.verdict for one in found if one.verdict.level != "bad"]
        if len(other) > (1 - due) * len(found):
            said = f"{other[0].level}: {other[0].why:.100}"
            message = f"{len(other)} of {len(found)} data sets of {name} are not bad but {said}"
            raise NotConforming(message)


@presupposing(circuits_match_the_sweep)
def on_a_perfect_device_the_model_describes_the_circuits(subject: ExperimentSubject) -> None:
    """Without noise, what the circuits give is nothing that the verdict finds fault with, or no signal at all."""
    device = perfect(subject)
    analyses = analyses_of(chosen_analyzer(device.experiment, subject.analyzer), device.experiment, device.dataset())
    doubted = [one for one in analyses if {"poor_fit", "inverted", "systematic"} & set(one.verdict.codes)]
    if len(doubted) > 0.1 * len(analyses):
        message = (
            f"of a device without noise {len(doubted)} of {len(analyses)} data sets are "
            f"{doubted[0].verdict.level}: {doubted[0].verdict.why:.160}; circuit, signal and model do not go together"
        )
        raise NotConforming(message)
