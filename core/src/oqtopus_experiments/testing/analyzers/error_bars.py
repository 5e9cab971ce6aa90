"""Error bars: there is one for every number, and it shrinks as the shots say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.testing.analyzers.answers import Numbers, answers, arrays, quantities
from oqtopus_experiments.testing.analyzers.data import source_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming

MORE = 100
"""Times as many shots."""
LEAST, MOST = 8.0, 12.5
"""By how much smaller errors may become of so many more shots: ten times, within a fifth."""
TARGETS = 16


def every_number_has_an_error_bar(subject: AnalyzerSubject) -> None:
    """A quantity, or an element of an array, that is a number has a standard error; that of a quantity is above 0."""
    source = source_of(subject)
    analyses = answers(subject, source.on(TARGETS), source.dataset(TARGETS, subject.shots, 6))
    numbers = quantities(analyses)
    for one in (*numbers, *arrays(analyses)):
        if (np.isfinite(one.value) & ~np.isfinite(one.stderr)).any():
            message = f"{one.name} is a number without an error: estimate one, or let both be NaN"
            raise NotConforming(message)
    for one in numbers:
        if (one.stderr[one.known] <= 0).any():
            message = f"{one.name} has the error 0: no number of shots makes one certain"
            raise NotConforming(message)
    if not any(one.known.any() for one in (*numbers, *arrays(analyses))):
        message = (
            f"it gives no number at all of {subject.shots} shots drawn from {dict(source.truth) or 'the circuits'}"
        )
        raise NotConforming(message)


def errors_shrink_with_the_root_of_the_shots(subject: AnalyzerSubject) -> None:
    """A hundred times the shots make error bars ten times smaller, within a fifth."""
    source = source_of(subject)
    few, many = (
        answers(subject, source.on(TARGETS), source.dataset(TARGETS, shots, 7))
        for shots in (subject.shots, MORE * subject.shots)
    )
    checked = _check(quantities(few), quantities(many)) + _check(arrays(few), arrays(many))
    if not checked:
        message = "no number is known of most of its data sets"
        raise NotApplicable(message)


def _check(few: Sequence[Numbers], many: Sequence[Numbers]) -> int:
    """Return how many numbers could be held against each other."""
    checked = 0
    for one, other in zip(few, many, strict=True):
        if np.mean(one.known) < 0.5 or np.mean(other.known) < 0.5:
            continue
        before, after = np.median(one.stderr[one.known]), np.median(other.stderr[other.known])
        if before == after == 0:  # of elements that cannot be others
            continue
        checked += 1
        if not LEAST * after <= before <= MOST * after:
            times = f"{before / after:.2g} times smaller" if after else "0"
            message = (
                f"the error of {one.name} is {before:.3g}, and {times} of {MORE} times the shots: it must be about 10. "
                "Take it from dataset.stderr, which knows the shots"
            )
            raise NotConforming(message)
    return checked
