"""The order in which points stand in a sweep is no property of a device."""

from __future__ import annotations

from functools import reduce
from operator import add

import attrs
import numpy as np

from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.plugins._experiment_calls import at_points
from oqtopus_experiments.testing.analyzers.answers import answers, difference
from oqtopus_experiments.testing.analyzers.data import source_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming


def the_order_of_points_does_not_matter(subject: AnalyzerSubject) -> None:
    """The same points in another order, as counts taken elsewhere may have them, give the same result."""
    source = source_of(subject)
    experiment, dataset = source.on(3), source.dataset(3, subject.shots, 4)
    if dataset.sweep.size < 2:
        message = f"{experiment.name!r} has a single point"
        raise NotApplicable(message)
    mixed = reordered(dataset, np.random.default_rng(5))
    first = answers(subject, experiment, dataset)
    for one, other in zip(first, answers(subject, at_points(experiment, mixed.sweep, ()), mixed), strict=True):
        if found := difference(one, other):
            message = (
                f"qubit {label(one.target)} has another result with its points in another order: {found}. Find points "
                "by their values, dataset.sweep.grid(), not by where they stand"
            )
            raise NotConforming(message)


def reordered(dataset: Dataset, rng: np.random.Generator) -> Dataset:
    """Return the same data with the values of every axis in another order."""
    sweeps, order, start = [], [], 0
    for grid in dataset.sweep.grids:
        picked = [rng.permutation(len(axis.values)) for axis in grid]
        places = np.arange(start, start + int(np.prod([len(one) for one in picked]))).reshape(*map(len, picked))
        order.append(places[np.ix_(*picked)].ravel())
        start += places.size
        sweeps.append(
            Sweep(*(Axis(axis.name, axis.values[one], axis.unit) for axis, one in zip(grid, picked, strict=True)))
        )
    chosen = np.concatenate(order)
    known = {index: dataset.counts[old] for index, old in enumerate(chosen.tolist()) if old in dataset.counts}
    rest = {index: counts for index, counts in dataset.counts.items() if index >= dataset.sweep.size}
    return attrs.evolve(
        dataset, sweep=reduce(add, sweeps), points=dataset.points.columns(chosen), counts={**known, **rest}
    )
