"""Time grows as the size does: with points, with the length of circuits, with targets."""

from __future__ import annotations

import math
from collections.abc import Callable

import attrs
import numpy as np

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.estimates import Estimates
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.errors import ParameterError
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.execution._circuits import build, copies_at
from oqtopus_experiments.plugins._analyzer_calls import analyses_of
from oqtopus_experiments.plugins._experiment_calls import references_of, sweep_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import on_targets, shared_signals, sound, truth_of
from oqtopus_experiments.testing.experiments.circuits import circuits_match_the_sweep
from oqtopus_experiments.testing.experiments.variations import own_parameters, with_value
from oqtopus_experiments.testing.presupposing import presupposing
from oqtopus_experiments.testing.processor_time import processor_seconds
from oqtopus_experiments.testing.synthetic_data import synthetic

EXPONENT = 1.3
TIMES = 4
TARGETS = 4
SHORTEST = 0.02
"""Seconds of processor time: what takes less than that is not measured well, and costs nobody anything."""
ATTEMPTS = 5


@presupposing(circuits_match_the_sweep)
def time_grows_as_the_size_does(subject: ExperimentSubject) -> None:
    """Four times the points, or the targets, take about four times as long: in processor time, best of five tries."""
    experiment = on_targets(sound(subject), 1)
    larger = _with_more_points(experiment)
    if larger is not None:
        size, more = _operations(experiment), _operations(larger)
        _compare("circuits, with points", (lambda: build(experiment), size), (lambda: build(larger), more))
        small, large = ((one, _made_up(subject, one)) for one in (experiment, larger))
        _compare_analysis(subject, "analysis, with points", small, large)
    few, many = (on_targets(experiment, number) for number in (TARGETS, TIMES * TARGETS))
    _compare("circuits, with targets", (lambda: build(few), TARGETS), (lambda: build(many), TIMES * TARGETS))
    data = _made_up(subject, few)
    _compare_analysis(subject, "analysis, with targets", (few, data), (many, _repeated(data, many)))


def _with_more_points(experiment: Declaration) -> Declaration | None:
    """Return an experiment with about four times the points, by the first parameter that does it."""
    size = sweep_of(experiment).size
    for field in own_parameters(experiment):
        now = getattr(experiment, field.name)
        if isinstance(now, int) and not isinstance(now, bool) and now > 0:
            try:
                other = with_value(experiment, field.name, TIMES * now)
            except ParameterError:
                continue
            if other.num_qubits == experiment.num_qubits and sweep_of(other).size > 2 * size:
                return other
    return None


def _operations(experiment: Declaration) -> int:
    circuits = build(experiment)
    return sum(1 + len(circuit.data) for circuit in circuits)


def _compare_analysis(
    subject: ExperimentSubject, what: str, small: tuple[Declaration, Dataset], large: tuple[Declaration, Dataset]
) -> None:
    analyzer = chosen_analyzer(subject.experiment, subject.analyzer)
    (few, less), (many, more) = small, large
    _compare(
        what,
        (lambda: analyses_of(analyzer, few, less), less.mean.size),
        (lambda: analyses_of(analyzer, many, more), more.mean.size),
    )


def _repeated(data: Dataset, experiment: Declaration) -> Dataset:
    """Return the same data for more targets: other data may take other work."""
    times = len(experiment.targets) // len(data.targets)
    points, references = (
        Estimates(
            np.tile(one.mean, (times, 1)),
            np.tile(one.stderr, (times, 1)),
            np.tile(one.shots, (times, 1)),
            np.tile(one.low, (times, 1)),
            np.tile(one.high, (times, 1)),
        )
        for one in (data.points, data.references)
    )
    results = {
        index: Counts(np.tile(counts.bits, (1, times)), counts.occurrences) for index, counts in data.counts.items()
    }
    return attrs.evolve(data, targets=experiment.targets, points=points, references=references, counts=results)


def _made_up(subject: ExperimentSubject, experiment: Declaration) -> Dataset:
    try:
        truth, rng = truth_of(subject), np.random.default_rng(6)
        return synthetic(experiment, truth, 200, rng, spread=subject.spread, signals=shared_signals(experiment))
    except (NotApplicable, ValueError):  # no model, or no truth at the larger points
        return _falling(experiment)


def _falling(experiment: Declaration) -> Dataset:
    """Return counts that become fewer from circuit to circuit."""
    sweep, references = sweep_of(experiment), references_of(experiment)
    width = copies_at(experiment, sweep.points()[0])[0].num_clbits
    size, rng = sweep.size + len(references), np.random.default_rng(6)
    targets = len(experiment.targets)
    shots = (
        np.tile(rng.random((100, width)) < 0.1 + 0.8 * math.exp(-3 * index / size), targets) for index in range(size)
    )
    return Dataset.from_counts(experiment, {index: Counts.from_shots(own) for index, own in enumerate(shots)})


def _compare(what: str, small: tuple[Callable[[], object], int], large: tuple[Callable[[], object], int]) -> None:
    (first, size), (second, more) = small, large
    before = after = exponent = math.inf
    for _ in range(ATTEMPTS):
        # What else a machine does only adds to either: the least of each is compared.
        before, after = min(before, processor_seconds(first)), min(after, processor_seconds(second))
        if after < SHORTEST:
            return
        exponent = math.log(after / max(before, 1e-9)) / math.log(more / size)
        if exponent <= EXPONENT:
            return
    message = f"{what}: {more / size:.1f} times the size takes its power {exponent:.2f}; at most {EXPONENT} is due"
    raise NotConforming(message)
