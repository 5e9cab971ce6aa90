"""
Whether error bars mean what they say: hundreds of data sets with one truth, all analyzed in one call.

The root of the mean square of (value - truth) / error is 1 where they do. Over 400 independent data sets its standard
deviation is 0.035 (of chi-square, Abramowitz and Stegun 26.4), so that 1.2 is exceeded by chance once in 10^8, and
error bars that are too small by 1.4 stay below it three times in 10^5.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts import arguments
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.errors import AnalysisError
from oqtopus_experiments.plugins._analyzer_calls import forecast_of
from oqtopus_experiments.plugins._experiment_calls import model_of
from oqtopus_experiments.testing.analyzers.answers import Numbers, answers, arrays, quantities
from oqtopus_experiments.testing.analyzers.data import Source, source_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming

DATA_SETS, LARGEST = 400, 1.2
CLIPPED = 5.0
"""A single data set counts as no further off than this: what is asked is whether error bars are right, not tails."""
EXACT, OF_EXACT = 300, 12
"""Times as many shots, and data sets of them, whose mean is taken as truth where nobody knows it better."""


def error_bars_cover_the_truth(subject: AnalyzerSubject) -> None:
    """Of 400 data sets the values lie around the truth as their errors say: root mean square at most 1.2 of them."""
    source = source_of(subject)
    analyses = answers(subject, source.on(DATA_SETS), source.dataset(DATA_SETS, subject.shots, 8))
    exact = answers(subject, source.on(OF_EXACT), source.dataset(OF_EXACT, EXACT * subject.shots, 9))
    hint = ": its error bars are too small, or it is biased"
    checked = [
        check_cover(found, many.value.mean(axis=0), LARGEST, hint)
        for found, many in (
            *zip(quantities(analyses), quantities(exact), strict=True),
            *zip(arrays(analyses), arrays(exact), strict=True),
        )
    ]
    if not any(checked):
        message = "no number is known of most of its data sets"
        raise NotApplicable(message)


def it_finds_the_truth_of_its_data(subject: AnalyzerSubject) -> None:
    """Of many shots it finds the values of the model's parameters from which the data were drawn, within 5 errors."""
    source = source_of(subject)
    truth = _truth_of(source)
    if not truth:
        message = "data are drawn from circuits, and only of the parameters of a model the truth is known"
        raise NotApplicable(message)
    analyses = answers(subject, source.on(OF_EXACT), source.dataset(OF_EXACT, EXACT * subject.shots, 10))
    named = [one for one in quantities(analyses) if one.name in truth and one.known.any()]
    if not named:
        message = "it reports nothing of which the truth is known"
        raise NotApplicable(message)
    for one in named:
        value, error = np.mean(one.value[one.known]), np.mean(one.stderr[one.known]) / np.sqrt(one.known.sum())
        if abs(value - truth[one.name]) > 5 * error + 1e-9 * abs(value):
            message = (
                f"data were drawn from {one.name} = {truth[one.name]:.6g}, and of {EXACT * subject.shots} shots it "
                f"says {value:.6g} ± {error:.2g}"
            )
            raise NotConforming(message)


def a_forecast_agrees_with_the_scatter(subject: AnalyzerSubject) -> None:
    """Errors that it forecasts are those with which its values scatter, within 30 %, and it forecasts the truth."""
    source = source_of(subject)
    if not source.truth:
        message = "the experiment has no model to forecast with"
        raise NotApplicable(message)
    try:
        expected = forecast_of(subject.analyzer, source.on(1), source.truth, subject.shots)
    except AnalysisError as error:
        message = f"it makes no forecast: {error}"
        raise NotApplicable(message) from error
    targets = DATA_SETS // 2
    analyses = answers(subject, source.on(targets), source.dataset(targets, subject.shots, 11))
    truth = _truth_of(source)
    for found, due in zip(quantities(analyses), expected.quantities, strict=True):
        if found.name != due.name:
            message = f"it forecasts {due.name} where it then reports {found.name}"
            raise NotConforming(message)
        if due.name in truth and abs(due.value - truth[due.name]) > 1e-6 * abs(due.value):
            message = f"it forecasts {due.name} = {due.value:.6g} of the truth {truth[due.name]:.6g}"
            raise NotConforming(message)
        if not due.is_known or np.mean(found.known) < 0.9:
            continue
        scatter = float(np.std(found.value[found.known]))
        if not 0.7 * scatter < due.stderr < 1.3 * scatter:
            message = f"it forecasts an error of {due.stderr:.3g} of {due.name}, and values scatter by {scatter:.3g}"
            raise NotConforming(message)


def check_cover(found: Numbers, truth: NDArray[np.float64], largest: float, hint: str) -> bool:
    """
    Hold the values of many data sets against their truth; of an array, all elements together.

    Args:
        found: What was found.
        truth: Of each element.
        largest: The root mean square that (value - truth) / error may have.
        hint: What it may mean; the end of the sentence.

    Returns:
        Whether enough of it is known to say anything.

    Raises:
        NotConforming: When they lie further from it than their errors say.
    """
    known = found.known & (found.stderr > 0) & np.isfinite(truth)
    if np.mean(known) < 0.5:
        return False
    pulls = ((found.value - truth)[known]) / found.stderr[known]
    spread = float(np.sqrt(np.mean(np.clip(pulls, -CLIPPED, CLIPPED) ** 2)))
    if spread > largest:
        message = (
            f"{found.name} lies {spread:.2f} of its errors from the truth in the root mean square over {len(known)} "
            f"data sets (at most {largest:.2f}; mean {pulls.mean():+.2f}){hint}"
        )
        raise NotConforming(message)
    return True


def _truth_of(source: Source) -> dict[str, float]:
    """Return the true values of the parameters of a model, and of what it derives by functions."""
    return {**source.truth, **_derived(source.experiment, source.truth)}


def _derived(experiment: Declaration, truth: Mapping[str, float]) -> dict[str, float]:
    model = experiment.fit_model()
    functions = {} if model is None else {name: how for name, how in model.derived.items() if callable(how)}
    return {name: float(how(**{one: truth[one] for one in arguments.names(how)})) for name, how in functions.items()}


def reported_of_model(source: Source, names: list[str]) -> bool:
    """Return whether any of the quantities of an analyzer is one of the experiment's model."""
    model = model_of(source.experiment)
    return model is not None and bool({*source.truth, *model.derived, *model.quantities} & set(names))
