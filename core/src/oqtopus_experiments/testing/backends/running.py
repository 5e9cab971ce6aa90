"""What a check asks of a backend: circuits run to their end, each outcome one that can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.job import Job
from oqtopus_experiments.contracts.journal import Journal, MemoryJournal
from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.execution._returned import Returned
from oqtopus_experiments.plugins import _backend_calls as calls
from oqtopus_experiments.testing.backends.places import places_of
from oqtopus_experiments.testing.check import NotConforming

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

PATIENCE = 600.0
"""Seconds that a queue is waited for."""


def batch_of(
    subject: BackendSubject,
    circuits: Sequence[QuantumCircuit],
    shots: int = 100,
    *,
    name: str = "verified",
    order: Order | None = None,
    physical_qubits: tuple[int, ...] | None = None,
) -> Batch:
    """Return circuits on the first of the qubits that the subject is verified on."""
    widest = max(circuit.num_qubits for circuit in circuits)
    places = places_of(subject).qubits[:widest] if physical_qubits is None else physical_qubits
    batch = Batch(tuple(circuits), shots, places, name)
    return batch if order is None else batch.in_order(order)


def results_of(subject: BackendSubject, batch: Batch, journal: Journal | None = None) -> list[Counts | Failure]:
    """
    Run a batch to its end, and return what became of each circuit, in the order of the experiment.

    Raises:
        NotConforming: When something came back that cannot be, or a circuit has no outcome.
        BackendError: When the batch is refused.
    """
    calls.check(subject.backend, batch)
    return collected(subject, batch, subject.backend.open(batch, journal or MemoryJournal(batch.order)))


def collected(subject: BackendSubject, batch: Batch, job: Job) -> list[Counts | Failure]:
    """Return what became of each circuit of a job, as `results_of`."""
    returned = Returned(batch, f"job {job.id}")
    found = {outcome.index: outcome.result for outcome in returned.accepted(job.outcomes(PATIENCE))}
    if returned.refused:
        message = f"a batch of {len(batch.circuits)} circuits: {'; '.join(returned.refused[:3])}"
        raise NotConforming(message)
    missing = [circuit for circuit in range(len(batch.circuits)) if circuit not in found]
    if missing:
        message = (
            f"a batch of {len(batch.circuits)} circuits: circuits {', '.join(map(str, missing[:5]))} have no outcome; "
            "one that has no counts gets a Failure with the reason"
        )
        raise NotConforming(message)
    return [found[circuit] for circuit in range(len(batch.circuits))]


def counts_of(
    subject: BackendSubject,
    circuits: Sequence[QuantumCircuit],
    shots: int = 100,
    *,
    name: str = "verified",
    order: Order | None = None,
    physical_qubits: tuple[int, ...] | None = None,
) -> list[Counts]:
    """
    Run circuits that every backend can run, and return their counts in the order given.

    Raises:
        NotConforming: When one of them has none.
    """
    batch = batch_of(subject, circuits, shots, name=name, order=order, physical_qubits=physical_qubits)
    found = []
    for number, result in enumerate(results_of(subject, batch)):
        if isinstance(result, Failure):
            message = f"circuit {number}, which holds {told(circuits[number])}, failed: {result.reason}"
            raise NotConforming(message)
        found.append(result)
    return found


def told(circuit: QuantumCircuit) -> str:
    """Return what a circuit holds, for a message: ``x, measure x 2``."""
    names = Counter(item.operation.name for item in circuit.data)
    return ", ".join(name if count == 1 else f"{name} x {count}" for name, count in names.items()) or "nothing"


def expect(subject: BackendSubject, counts: Counts, key: str, what: str) -> None:
    """
    Hold the counts of a circuit that reads one outcome, without noise, against it.

    A device with noise must read it more often than any other.

    Raises:
        NotConforming: When it reads another.
    """
    found = counts.to_dict()
    exact = subject.noise == 0 and subject.probabilities is None
    if (exact and set(found) != {key}) or max(found, key=lambda one: (found[one], one), default="") != key:
        seen = dict(sorted(found.items(), key=lambda item: -item[1])[:4])
        message = f"{what} must read {key!r}, and read {seen}"
        raise NotConforming(message)


def pattern(number: int, width: int) -> QuantumCircuit:
    """Return a circuit that reads a number, qubit i being its bit i."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(width, width)
    for qubit in np.flatnonzero([(number >> qubit) & 1 for qubit in range(width)]):
        circuit.x(int(qubit))
    circuit.measure(range(width), range(width))
    return circuit
