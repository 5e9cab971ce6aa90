"""One analysis for each target, from its own data."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.estimates import Estimates
from oqtopus_experiments.contracts.experiment import Declaration
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
        chosen = np.array(order)
        for analysis in answers(subject, _experiment_on(experiment, chosen), only(dataset, chosen)):
            if found := difference(beside[analysis.target], analysis):
                how = "alone" if len(order) == 1 else "at another place among the targets"
                message = f"qubit {label(analysis.target)} has another result {how} than beside the others: {found}"
                raise NotConforming(message)


def only(dataset: Dataset, chosen: NDArray[np.int64]) -> Dataset:
    """Return the data of some targets, in this order."""
    return attrs.evolve(
        dataset,
        targets=tuple(dataset.targets[index] for index in chosen),
        points=_rows(dataset.points, chosen),
        references=_rows(dataset.references, chosen),
        counts={index: _bits_of(counts, len(dataset.targets), chosen) for index, counts in dataset.counts.items()},
    )


def _experiment_on(experiment: Declaration, chosen: NDArray[np.int64]) -> Declaration:
    return attrs.evolve(experiment, targets=[experiment.targets[index] for index in chosen])


def _rows(estimates: Estimates, chosen: NDArray[np.int64]) -> Estimates:
    return Estimates(*(values[chosen] for values in attrs.astuple(estimates, recurse=False)))


def _bits_of(counts: Counts, targets: int, chosen: NDArray[np.int64]) -> Counts:
    rows = len(counts.occurrences)
    return Counts(counts.bits.reshape(rows, targets, -1)[:, chosen].reshape(rows, -1), counts.occurrences)
