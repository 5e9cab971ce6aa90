"""Which circuit an outcome belongs to, and what becomes of the circuits themselves."""

from __future__ import annotations

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.testing.backends.foundation import on_sound_counts
from oqtopus_experiments.testing.backends.places import places_of
from oqtopus_experiments.testing.backends.running import batch_of, counts_of, expect, pattern, results_of
from oqtopus_experiments.testing.check import NotConforming


@on_sound_counts
def an_outcome_belongs_to_the_circuit_at_its_position(subject: BackendSubject) -> None:
    """The index of an outcome is the position of its circuit in the batch, in whatever order the circuits run."""
    width = min(3, len(places_of(subject).qubits))
    numbers = range(min(2**width, 4 if subject.backend.queued else 8))
    shuffled = Order(tuple(reversed([*numbers[::2], *numbers[1::2]])), 1)
    found = counts_of(subject, [pattern(number, width) for number in numbers], order=shuffled)
    for number, counts in enumerate(found):
        expect(subject, counts, f"{number:0{width}b}", f"circuit {number} of a batch in a shuffled order")


@on_sound_counts
def circuits_are_left_as_they_were(subject: BackendSubject) -> None:
    """A backend does not change the circuits of a batch, and the same batch runs again."""
    width = min(2, len(places_of(subject).qubits))
    circuits = [pattern(number, width) for number in range(2)]
    kept = [circuit.copy() for circuit in circuits]
    batch = batch_of(subject, circuits)
    first, second = results_of(subject, batch), results_of(subject, batch)
    if circuits != kept or batch.circuits != tuple(kept):
        message = "a circuit was another one after it was run: work on a copy"
        raise NotConforming(message)
    if {type(result) for result in (*first, *second)} != {Counts}:
        message = "the same batch gave counts once, and a failure another time"
        raise NotConforming(message)
