"""Poor data are no error: they give a verdict, and no number is made of what was not measured."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import attrs
import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.estimates import Estimates, binomial_stderr
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.errors import AnalysisError, PluginFault
from oqtopus_experiments.plugins._analyzer_calls import analyses_of
from oqtopus_experiments.plugins._experiment_calls import model_of
from oqtopus_experiments.testing.analyzers.answers import answers, arrays, quantities
from oqtopus_experiments.testing.analyzers.covering import check_cover, reported_of_model
from oqtopus_experiments.testing.analyzers.data import Source, source_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming

TARGETS, FLAT = 3, 60


def it_never_raises_on_poor_data(subject: AnalyzerSubject) -> None:
    """One shot, one point, no points, readings all alike, coin flips: each gives sound analyses, and no error."""
    source = source_of(subject)
    experiment = source.on(TARGETS)
    answers(subject, experiment, source.dataset(TARGETS, subject.shots, 12))
    for what, dataset in poor(source, subject.shots):
        try:
            analyses_of(subject.analyzer, experiment, dataset)
        except (AnalysisError, PluginFault) as error:
            message = f"of data with {what} it raises: {error}. Poor data are a verdict, `bad` with its reason"
            raise NotConforming(message) from error


def nothing_is_made_of_missing_points(subject: AnalyzerSubject) -> None:
    """Without any counts there is no number and the verdict is bad; a missing point is left out, not taken for 0."""
    source = source_of(subject)
    experiment, whole = source.on(TARGETS), source.dataset(TARGETS, subject.shots, 13)
    try:
        empty = analyses_of(subject.analyzer, experiment, without(whole, np.ones(circuits(whole), dtype=bool)))
    except PluginFault as fault:
        message = f"it raises where no circuit has counts: {fault}"
        raise NotApplicable(message) from fault
    made = [one.name for one in (*quantities(empty), *arrays(empty)) if np.isfinite(one.value).any()]
    if made:
        message = f"{made[0]} has a value where no circuit has counts: what is not known is NaN"
        raise NotConforming(message)
    if any(analysis.verdict.level != "bad" for analysis in empty):
        message = f"where no circuit has counts the verdict is {empty[0].verdict}; it must be bad"
        raise NotConforming(message)
    first = np.arange(circuits(whole)) == 0
    _check_elements(answers(subject, experiment, without(whole, first)), whole)
    names = [quantity.name for quantity in empty[0].quantities]
    if reported_of_model(source, names):
        _check_cover_of_the_rest(subject, source)


def without_a_signal_nothing_is_good(subject: AnalyzerSubject) -> None:
    """Of coin flips, a quantity of a model that must change over the sweep is not good: at most 1 of 60 by chance."""
    source = source_of(subject)
    model = model_of(source.experiment)
    if model is None or not model.flat:
        message = "a signal that does not change is a result like any other of this experiment"
        raise NotApplicable(message)
    analyses = answers(subject, source.on(FLAT), source.coin_flips(FLAT, subject.shots, 14))
    if not reported_of_model(source, [quantity.name for quantity in analyses[0].quantities]):
        message = "it reports no quantity of the experiment's model"
        raise NotApplicable(message)
    good = [one for one in analyses if one.verdict.level == "good" and one.quantities[0].is_known]
    if len(good) > 1:
        headline = good[0].quantities[0]
        message = f"{len(good)} of {FLAT} data sets of coin flips are good, as {headline.name} = {headline}"
        raise NotConforming(message)


def answers_to_poor_data(
    subject: AnalyzerSubject, source: Source
) -> Iterator[tuple[str, Dataset, tuple[Analysis, ...]]]:
    """Yield what is said of poor data, where nothing is raised: that is the matter of a check of its own."""
    experiment = source.on(TARGETS)
    for what, dataset in poor(source, subject.shots):
        with contextlib.suppress(AnalysisError, PluginFault):
            yield what, dataset, analyses_of(subject.analyzer, experiment, dataset)


def poor(source: Source, shots: int) -> Iterator[tuple[str, Dataset]]:
    """Yield data that are worth little, each with what it is."""
    whole = source.dataset(TARGETS, shots, 15)
    size, everything = whole.sweep.size, np.ones(circuits(whole), dtype=bool)
    yield "1 shot", source.dataset(TARGETS, 1, 16)
    yield "2 shots", source.dataset(TARGETS, 2, 17)
    yield "coin flips", source.coin_flips(TARGETS, shots, 18)
    yield "no counts at all", without(whole, everything)
    for point in {0, size // 2, size - 1}:
        yield f"point {point} missing", without(whole, np.arange(circuits(whole)) == point)
        yield f"no other point than {point}", without(whole, np.arange(circuits(whole)) != point)
    if whole.reference_names:
        yield "no references", without(whole, np.arange(circuits(whole)) >= size)
        yield "references alone", without(whole, np.arange(circuits(whole)) < size)
    if np.isfinite(whole.points.low).all():
        yield "the lower reading in every shot", _all_alike(whole, high=False)
        yield "the higher reading in every shot", _all_alike(whole, high=True)


def without(dataset: Dataset, missing: NDArray[np.bool_]) -> Dataset:
    """Return data without the counts of some circuits, of all targets; shape (circuits,)."""
    size = dataset.sweep.size
    return attrs.evolve(
        dataset,
        points=_without(dataset.points, missing[:size]),
        references=_without(dataset.references, missing[size:]),
        counts={index: counts for index, counts in dataset.counts.items() if not missing[index]},
    )


def circuits(dataset: Dataset) -> int:
    """Return how many circuits there are, those of references included."""
    return dataset.sweep.size + len(dataset.reference_names)


def _without(estimates: Estimates, missing: NDArray[np.bool_]) -> Estimates:
    return attrs.evolve(
        estimates,
        mean=np.where(missing, np.nan, estimates.mean),
        stderr=np.where(missing, np.nan, estimates.stderr),
        shots=np.where(missing, 0, estimates.shots),
    )


def _all_alike(dataset: Dataset, *, high: bool) -> Dataset:
    """Return data whose signal is at an end of its range everywhere; outcomes are not known then."""
    points = dataset.points
    span = points.high - points.low
    mean = points.high if high else points.low
    stderr = span * binomial_stderr(np.full_like(mean, float(high)), points.shots)
    return attrs.evolve(dataset, points=attrs.evolve(points, mean=mean, stderr=stderr), counts={})


def _check_elements(analyses: tuple[Analysis, ...], dataset: Dataset) -> None:
    """Hold arrays over an axis of the sweep to having no number at a point that is missing, here the first."""
    first = dataset.sweep.points()[0]
    for array in (array for analysis in analyses for array in analysis.arrays):
        names = [dimension.name for dimension in array.dimensions]
        if set(names) != set(first) or any(first[d.name] not in d.labels for d in array.dimensions):
            continue
        place = tuple(dimension.labels.index(first[dimension.name]) for dimension in array.dimensions)
        if np.isfinite(array.values[place]):
            message = f"{array.name} has a number at {first}, where no shot was read: it must be NaN"
            raise NotConforming(message)


def _check_cover_of_the_rest(subject: AnalyzerSubject, source: Source) -> None:
    targets = 100
    whole = source.dataset(targets, subject.shots, 19)
    missing = np.zeros(circuits(whole), dtype=bool)
    missing[1 : whole.sweep.size : 4] = True
    analyses = answers(subject, source.on(targets), without(whole, missing))
    experiment: Declaration = source.on(TARGETS)
    exact = quantities(answers(subject, experiment, source.dataset(TARGETS, 100 * subject.shots, 20)))
    hint = ": is a missing point, whose mean is NaN, taken for a number?"
    for found, many in zip(quantities(analyses), exact, strict=True):
        check_cover(found, many.value.mean(axis=0), 2.5, f" with every fourth point missing{hint}")
