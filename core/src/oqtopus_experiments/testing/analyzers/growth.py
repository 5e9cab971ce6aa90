"""A device has a thousand qubits: the time of an analysis grows with their number, and no faster."""

from __future__ import annotations

from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.testing.analyzers.answers import answers
from oqtopus_experiments.testing.analyzers.data import Source, source_of
from oqtopus_experiments.testing.check import NotConforming
from oqtopus_experiments.testing.processor_time import processor_seconds

MORE, MOST = 8, 24
"""Times as many targets, and times as long that they may take: the square would be 64."""
NOTICED, FEWEST, TRIED = 0.02, 4, 64
"""Seconds of processor time from which on a comparison means something, and with how many targets it is tried."""

AGAIN = 3
"""Times that it must be seen: a processor that is shared is slow at times, for the few or for the many."""


def time_grows_with_the_targets_and_no_faster(subject: AnalyzerSubject) -> None:
    """Eight times the targets take at most 24 times as long, of the time of the processor."""
    source = source_of(subject)
    targets = FEWEST
    while (few := _seconds(subject, source, targets)) < NOTICED and targets < TRIED:
        targets *= 2
    for _ in range(AGAIN):
        many = _seconds(subject, source, MORE * targets, repeats=1)
        if many <= max(NOTICED, MOST * max(few, NOTICED / MORE)):
            return
        few = max(few, _seconds(subject, source, targets))
    message = (
        f"{targets} targets take {1000 * few:.0f} ms and {MORE * targets} take {1000 * many:.0f} ms: analyze each "
        "on its own"
    )
    raise NotConforming(message)


def _seconds(subject: AnalyzerSubject, source: Source, targets: int, repeats: int = 3) -> float:
    experiment, dataset = source.on(targets), source.dataset(targets, subject.shots, 25)
    return min(processor_seconds(lambda: answers(subject, experiment, dataset)) for _ in range(repeats))
