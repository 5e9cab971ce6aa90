"""What comes back: an outcome for each circuit, of all its shots."""

from __future__ import annotations

from oqtopus_experiments.contracts.backend import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.testing.check import NotConforming


def each_circuit_gets_one_outcome(subject: BackendSubject) -> None:
    """Every circuit of a batch has one outcome, in any order, and counts hold as many shots as were asked for."""
    from qiskit import QuantumCircuit

    circuits = []
    for width in (1, 2, 3):
        circuit = QuantumCircuit(width, width)
        circuit.x(width - 1)
        circuit.measure(range(width), range(width))
        circuits.append(circuit)
    batch = Batch(tuple(circuits), 100, (0, 1, 2))
    outcomes = list(subject.backend.submit(batch).outcomes())
    if sorted(outcome.index for outcome in outcomes) != [0, 1, 2]:
        message = f"three circuits got outcomes of the positions {[outcome.index for outcome in outcomes]}"
        raise NotConforming(message)
    for outcome in outcomes:
        if isinstance(outcome.result, Counts) and outcome.result.shots != batch.shots:
            message = f"circuit {outcome.index} was to run {batch.shots} times and has {outcome.result.shots} shots"
            raise NotConforming(message)
