"""One analysis for each target, from its own data."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.part import part
from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.testing.analyzers.answers import answers, difference
from oqtopus_experiments.testing.analyzers.data import source_of
from oqtopus_experiments.testing.check import NotConforming

TARGETS = 4


def each_target_has_the_result_of_its_own_data(subject: AnalyzerSubject) -> None:
    """The result of a target is the same alone, beside others, and at another place among them."""
    source = source_of(subject)
    experiment, dataset = source.on(TARGETS), source.dataset(TARGETS, subject.shots, 3)
    beside = {one.target: one for one in answers(subject, experiment, dataset)}
    for order in ((2, 0, 3, 1), *((index,) for index in range(TARGETS))):
        # What says `by_target` gets pieces of the data with the experiment as it is.
        given = [_experiment_on(experiment, order), *[experiment] * subject.analyzer.by_target]
        for analysis in (one for on in given for one in answers(subject, on, part(dataset, order))):
            if found := difference(beside[analysis.target], analysis):
                how = "alone" if len(order) == 1 else "at another place among the targets"
                message = f"qubit {label(analysis.target)} has another result {how} than beside the others: {found}"
                raise NotConforming(message)


def _experiment_on(experiment: Declaration, chosen: Sequence[int]) -> Declaration:
    return attrs.evolve(experiment, targets=[experiment.targets[index] for index in chosen])
