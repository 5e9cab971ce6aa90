"""
From data with a known truth back to that truth: right numbers, and error bars that mean what they say.

Data are drawn at the truth of the subject and at four others around it, half of them with four times the shots; each
group is 80 targets of one analysis. All bounds are such that a right experiment misses one of them once in 10 000.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.plugins._analyzer_calls import analyses_of
from oqtopus_experiments.plugins._experiment_calls import model_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import (
    kept,
    on_targets,
    plain_model,
    shared_signals,
    true_values,
    truth_of,
)
from oqtopus_experiments.testing.presupposing import presupposing
from oqtopus_experiments.testing.synthetic_data import synthetic

TARGETS = 80
AROUND = 0.2
"""How far other truths lie from that of the subject, relative."""
NEARER = 12
"""How often a truth that cannot be measured is halved towards that of the subject."""
BIAS = 0.25
"""Standard errors by which an estimate may be off on average: what is left of a maximum-likelihood fit."""
WIDTH = 0.05
"""How much error bars may be too wide or too narrow beyond chance."""
SIGMAS = 4.2
"""A normal number is further out once in 37 000; some thirty are looked at, most of them alike."""
SOUND = 0.8
"""Part of sound data that is called good."""


@frozen(eq=False)
class Group:
    """Analyses of data with one truth; `truth` also holds what the model derives."""

    truth: Mapping[str, float]
    shots: int
    analyses: tuple[Analysis, ...]

    @property
    def used(self) -> int:
        """How many of them are not called bad."""
        return sum(one.verdict.level != "bad" for one in self.analyses)

    def pulls(self, name: str) -> NDArray[np.float64]:
        """Return (estimate - truth) / standard error of those that are not called bad."""
        used = [one[name] for one in self.analyses if one.verdict.level != "bad"]
        found = np.array([(one.value - self.truth[name]) / one.stderr for one in used if one.stderr > 0])
        known: NDArray[np.float64] = found[np.isfinite(found)]
        return known


@kept
def groups(subject: ExperimentSubject) -> tuple[Group, ...]:
    """Return what is found at the truth of a subject, and at others around it: as far away as the data are not bad."""
    model, truth = plain_model(subject), truth_of(subject)
    experiment = on_targets(subject.experiment, TARGETS)
    signals, rng = shared_signals(experiment), np.random.default_rng(7)
    analyzer = chosen_analyzer(experiment, subject.analyzer)
    found = []
    for number, own in enumerate((truth, *_around(truth, rng))):
        shots = subject.shots * (4 if number % 2 else 1)
        group = None
        for closer in range(NEARER):
            near = {name: truth[name] + (value - truth[name]) / 2**closer for name, value in own.items()}
            if not all(low < near.get(name, math.nan) < high for name, (low, high) in model.bounds.items()):
                continue
            try:
                dataset = synthetic(experiment, near, shots, rng, spread=subject.spread, signals=signals)
            except ValueError:  # beyond what a probability can be
                continue
            group = Group(true_values(model, near), shots, tuple(analyses_of(analyzer, experiment, dataset)))
            if group.used >= SOUND * TARGETS:
                break
        if group is None:
            message = f"no data can be drawn at its truth, {truth}: the signal leaves its range, or a value its bounds"
            raise NotConforming(message)
        found.append(group)
    return tuple(found)


def _around(truth: Mapping[str, float], rng: np.random.Generator) -> Iterator[dict[str, float]]:
    """Yield truths of which every value is another, by up to 20 percent either way."""
    for _ in range(4):
        away = rng.choice([-1, 1], len(truth)) * rng.uniform(0.5, 1.0, len(truth)) * AROUND
        yield {name: value * (1 + step) for (name, value), step in zip(truth.items(), away, strict=True)}


def _reported(found: tuple[Group, ...]) -> list[str]:
    return [one.name for one in found[0].analyses[0].quantities if one.name in found[0].truth]


def sound_data_are_called_good(subject: ExperimentSubject) -> None:
    """Data that follow its own model are called good, in four of five cases at least."""
    first = groups(subject)[0]
    part = sum(one.verdict.level == "good" for one in first.analyses) / TARGETS
    if part < SOUND:
        why = next(one.verdict.why for one in first.analyses if one.verdict.level != "good")
        message = f"at its own truth, with {first.shots} shots, {part:.0%} of the data are called good: {why:.120}"
        raise NotConforming(message)


def the_numbers_follow_the_truth(subject: ExperimentSubject) -> None:
    """Every reported quantity is right on average, at its truth and at others up to 20 % away from it."""
    found = groups(subject)
    seen = False
    for name in _reported(found):
        everything = []
        for group in found:
            pulls = group.pulls(name)
            if len(pulls) < 0.5 * TARGETS:
                message = f"{name} is known in {len(pulls)} of {TARGETS} data sets whose truth is {group.truth[name]:g}"
                raise NotConforming(message)
            _check_mean(name, group.truth[name], pulls, BIAS + 0.15)
            everything.append(pulls)
        _check_mean(name, found[0].truth[name], np.concatenate(everything), BIAS)
        seen = True
    if not seen:
        message = "it reports nothing whose truth is known"
        raise NotApplicable(message)


def _check_mean(name: str, truth: float, pulls: NDArray[Any], bias: float) -> None:
    bound = bias + SIGMAS / math.sqrt(len(pulls))
    if abs(pulls.mean()) > bound:
        message = (
            f"{name} is off by {pulls.mean():+.2f} standard errors on average over {len(pulls)} data sets around "
            f"{truth:g}; at most {bound:.2f} is chance"
        )
        raise NotConforming(message)


@presupposing(the_numbers_follow_the_truth)
def the_error_bars_are_as_wide_as_the_scatter(subject: ExperimentSubject) -> None:
    """The standard error of every reported quantity is the scatter of its estimates, at any number of shots."""
    found = groups(subject)
    for name in _reported(found):
        apart = [(group.shots, group.pulls(name)) for group in found]
        centred = [(shots, pulls - pulls.mean()) for shots, pulls in apart]
        for told, chosen in (
            ("all", centred),
            (f"{found[0].shots} shots", [one for one in centred if one[0] == found[0].shots]),
            (f"{found[1].shots} shots", [one for one in centred if one[0] == found[1].shots]),
        ):
            pulls = np.concatenate([one for _, one in chosen])
            wide, within = float(pulls.std()), float(np.mean(np.abs(pulls) < 1))
            slack = WIDTH + SIGMAS / math.sqrt(2 * len(pulls))
            slack_within = WIDTH / 2 + SIGMAS * math.sqrt(0.683 * 0.317 / len(pulls))
            if abs(wide - 1) > slack or abs(within - 0.683) > slack_within:
                message = (
                    f"the scatter of {name} is {wide:.2f} of its error bars ({told}, {len(pulls)} data sets), "
                    f"{within:.0%} within one of them; 1 ± {slack:.2f} and 68 % ± {slack_within:.0%} are due"
                )
                raise NotConforming(message)


def what_the_model_lists_is_reported(subject: ExperimentSubject) -> None:
    """Each quantity that the model lists is in every analysis, in its unit."""
    found, model = groups(subject), model_of(subject.experiment)
    for analysis in (one for group in found for one in group.analyses):
        units = {one.name: one.unit for one in analysis.quantities}
        for name in model.quantities if model else ():
            due = model.units.get(name, "") if model else ""
            if units.get(name) != due:
                said = f"has the unit {units[name]!r}, not {due!r}" if name in units else "is not reported"
                message = f"the model lists {name!r}; it {said}"
                raise NotConforming(message)
