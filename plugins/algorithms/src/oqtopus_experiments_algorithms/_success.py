"""The analyzer of algorithms with a known outcome: how often it was read, beside what is ideal and what coins give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Analyzer,
    Dataset,
    Declaration,
    Estimates,
    Level,
    Panel,
    PanelAxis,
    PointSeries,
    Probability,
    Quantity,
    Verdict,
)
from oqtopus_experiments_algorithms._known_outcome import CONTROL, Answer, KnownOutcome
from oqtopus_experiments_algorithms._rules import Read, findings

MOST_TICKS = 64
"""Outcomes that a figure shows each."""


@frozen(kw_only=True)
class Success(Analyzer):
    """
    How often an algorithm with a known outcome succeeds.

    `success_probability` is how often a right outcome was read; `kept_advantage` how much of the advantage over coin
    flips is left, (success - floor) / (ideal - floor); `control_success` that of the control circuit. The figure has
    each outcome beside its ideal.
    """

    name: ClassVar[str] = "success"
    by_target: ClassVar[bool] = True

    def analyze(self, experiment: Declaration, dataset: Dataset) -> Sequence[Analysis]:
        """Return the success of each target; see `Analyzer.analyze`."""
        if not isinstance(experiment, KnownOutcome):
            message = f"the analyzer 'success' reads algorithms with a known outcome, not {experiment.name!r}"
            raise AnalysisError(message)
        answers = experiment.answer(), experiment.control_answer()
        return [self._of(experiment, answers, dataset, target) for target in range(len(dataset.targets))]

    def _of(self, experiment: KnownOutcome, answers: tuple[Answer, Answer], dataset: Dataset, target: int) -> Analysis:
        asked = _read(dataset, target, 0, dataset.points, answers[0])
        control = _read(dataset, target, CONTROL, dataset.references, answers[1])
        success = Quantity("success_probability", asked.success, asked.stderr)
        quantities = [
            *experiment.headline(success),
            success,
            Quantity("kept_advantage", *asked.kept),
            Quantity("control_success", control.success, control.stderr),
        ]
        return Analysis(
            dataset.targets[target],
            quantities,
            Verdict(findings(asked, control)),
            panels=[_panel(asked, "asked"), _panel(control, "control")],
        )


def _read(dataset: Dataset, target: int, point: int | str, found: Estimates, answer: Answer) -> Read:
    """Return what one target read at a circuit, the first of its kind; mitigated where the data are."""
    nothing = np.full(len(answer.distribution), np.nan)
    there = not isinstance(point, str) or point in dataset.reference_names
    if not there or not found.shots[target, 0] or not np.isfinite(found.mean[target, 0]):
        return Read(answer, np.nan, np.nan, 0, nothing, nothing)
    parts, covariance = dataset.expectations(target, point, [Probability(one) for one in answer.distribution])
    errors = np.sqrt(np.diagonal(covariance))
    return Read(
        answer,
        float(found.mean[target, 0]),
        float(found.stderr[target, 0]),
        int(found.shots[target, 0]),
        parts,
        errors,
    )


def _panel(read: Read, title: str) -> Panel:
    """Return each outcome beside what is ideal; of many outcomes, those that are ideal or were read most."""
    ideal = np.array(list(read.answer.distribution.values()))
    shown = np.sort(np.argsort(-(ideal + np.nan_to_num(read.parts)), kind="stable")[:MOST_TICKS])
    names = [list(read.answer.distribution)[index] for index in shown]
    places = np.arange(len(shown))
    return Panel(
        title,
        x=PanelAxis("outcome", ticks=names),
        y=PanelAxis("probability", limits=(-0.05, 1.05)),
        points=[
            PointSeries(places, ideal[shown], np.full(len(shown), np.nan), "ideal"),
            PointSeries(places, read.parts[shown], read.errors[shown], "measured"),
        ],
        levels=[Level(1 / len(ideal), "coin flips")],
    )
