"""What comes back: an outcome for each circuit, of all its shots."""

from __future__ import annotations

from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.testing.backends.places import places_of
from oqtopus_experiments.testing.backends.running import batch_of, pattern, results_of
from oqtopus_experiments.testing.check import NotConforming
from oqtopus_experiments.testing.presupposing import presupposing


@presupposing()
def each_circuit_gets_one_outcome(subject: BackendSubject) -> None:
    """Every circuit of a batch has one outcome, whether the batch holds one circuit or many."""
    for size in (1, 5) if subject.backend.queued else (1, 2, 7, 40):
        results_of(subject, batch_of(subject, [pattern(number % 2, 1) for number in range(size)], name=f"of {size}"))


@presupposing(each_circuit_gets_one_outcome)
def counts_hold_all_shots(subject: BackendSubject) -> None:
    """Counts hold as many shots as were asked for, one as well as many."""
    width = min(2, len(places_of(subject).qubits))
    for shots in (1, 500) if subject.backend.queued else (1, 2, 1000, 20_000):
        batch = batch_of(subject, [pattern(number, width) for number in (1, 0)], shots, name=f"{shots} shots")
        for number, result in enumerate(results_of(subject, batch)):
            if isinstance(result, Failure):
                message = f"circuit {number}, x and measure, failed with {shots} shots: {result.reason}"
                raise NotConforming(message)
            if result.shots != shots:
                message = f"circuit {number} was to run {shots} times and has {result.shots} shots"
                raise NotConforming(message)
