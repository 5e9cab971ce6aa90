"""An analyzer is a pure function of experiment and data."""

from __future__ import annotations

import numpy as np

from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.plugins._experiment_calls import analyses_of, model_of
from oqtopus_experiments.testing.analyzers.decay import experiment_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.synthetic_data import synthetic


def the_same_data_give_the_same_answer(subject: AnalyzerSubject) -> None:
    """The same data analyzed again give the same numbers, to the last bit."""
    experiment = experiment_of(subject)
    model = model_of(experiment)
    truth = subject.truth or (model.example if model else {})
    if not truth:
        message = f"{experiment.name!r} has no model with an example: give `truth`"
        raise NotApplicable(message)
    dataset = synthetic(experiment, truth, subject.shots, np.random.default_rng(1))
    first, second = (
        [(one.name, one.value, one.stderr) for analysis in analyses for one in analysis.quantities]
        for analyses in (analyses_of(subject.analyzer, experiment, dataset) for _ in range(2))
    )
    if repr(first) != repr(second):
        message = f"the same data gave {first} and then {second}: an analyzer draws no random numbers without a seed"
        raise NotConforming(message)
