"""The same seed, the same counts; another seed or another batch, others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.errors import OqtopusExperimentsError
from oqtopus_experiments.testing.backends.distributions import counts_scatter_as_shots_do
from oqtopus_experiments.testing.backends.places import places_of
from oqtopus_experiments.testing.backends.running import counts_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.presupposing import presupposing

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def seeded(subject: BackendSubject, seed: int | None) -> BackendSubject:
    """Return the subject with a seed, as a new process has it."""
    if not any(field.name == "seed" and field.init for field in attrs.fields(type(subject.backend))):
        message = "it has no option 'seed'"
        raise NotApplicable(message)
    # As a new process has it, and not only a new value in an object that may remember the old one.
    try:
        backend: Backend = attrs.evolve(subject.backend, seed=seed)  # type: ignore[call-arg]  # that it has one was asked
    except (ValueError, OqtopusExperimentsError) as error:
        message = f"it takes no seed here: {error}"
        raise NotApplicable(message) from error
    return attrs.evolve(subject, backend=backend)


def random_circuits(subject: BackendSubject) -> list[QuantumCircuit]:
    """Return circuits whose counts differ from draw to draw."""
    from qiskit import QuantumCircuit

    width = min(3, len(places_of(subject).qubits))
    circuit = QuantumCircuit(width, width)
    circuit.h(range(width))
    circuit.measure(range(width), range(width))
    return [circuit] * (2 if subject.backend.queued else 4)


def _counts(subject: BackendSubject, seed: int | None, name: str = "verified") -> list[Counts]:
    chosen = seeded(subject, seed)
    return counts_of(chosen, random_circuits(chosen), 1000, name=name)


@presupposing(counts_scatter_as_shots_do)
def the_same_seed_gives_the_same_counts(subject: BackendSubject) -> None:
    """A batch that is run again with the same seed gives the same counts."""
    if _counts(subject, 3) != _counts(subject, 3):
        message = "seed = 3 gave other counts when the same batch was run again: draw them from a generator made of it"
        raise NotConforming(message)


@presupposing(counts_scatter_as_shots_do)
def another_seed_gives_other_counts(subject: BackendSubject) -> None:
    """Another seed gives other counts, and none given is another one each time."""
    for one, other in ((3, 4), (None, None)):
        if _counts(subject, one) == _counts(subject, other):
            message = f"seeds {one} and {other} gave the same counts of {len(random_circuits(subject))} random circuits"
            raise NotConforming(message)


@presupposing(counts_scatter_as_shots_do)
def batches_of_one_seed_draw_numbers_of_their_own(subject: BackendSubject) -> None:
    """Two batches of one seed and different names, as of two experiments of a run, have independent counts."""
    if _counts(subject, 3, "one") == _counts(subject, 3, "two"):
        message = "two batches of one seed gave the same counts: make the generator of the seed and the batch's name"
        raise NotConforming(message)
