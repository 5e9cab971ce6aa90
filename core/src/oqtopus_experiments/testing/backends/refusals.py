"""What a backend cannot run: it says so in a typed error or a failure, and never makes up counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.testing.backends.foundation import on_sound_counts
from oqtopus_experiments.testing.backends.places import size_of
from oqtopus_experiments.testing.backends.running import batch_of, expect, pattern, results_of
from oqtopus_experiments.testing.check import NotConforming
from oqtopus_experiments.testing.presupposing import presupposing

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

_WIDE = 64
"""Qubits that no state vector holds, where a device says nothing of its size."""


@frozen
class _Answer:
    results: list[Counts | Failure]
    refusal: str = ""


def _asked(
    subject: BackendSubject,
    circuits: list[QuantumCircuit],
    what: str,
    physical_qubits: tuple[int, ...] | None = None,
) -> _Answer:
    """Return what becomes of a batch; an error that is not a `BackendError` is a fault of the backend."""
    before = subject.submissions() if subject.submissions else 0
    batch = batch_of(subject, circuits, name="refused", physical_qubits=physical_qubits)
    try:
        with fence("check, submit or open", type(subject.backend), f"of {what}", passing=(BackendError,)):
            return _Answer(results_of(subject, batch))
    except BackendError as error:
        taken = (subject.submissions() if subject.submissions else 0) - before
        if taken:
            message = f"{what} was refused ({error}) after {taken} jobs of its batch had been submitted"
            raise NotConforming(message) from error
        return _Answer([], str(error) or type(error).__name__)


def _unknown_gate() -> QuantumCircuit:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Gate

    circuit = QuantumCircuit(1, 1)
    circuit.append(Gate("mystery", 1, []), [0])
    circuit.measure(0, 0)
    return circuit


def _unknown_operation() -> QuantumCircuit:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Instruction

    circuit = QuantumCircuit(1, 1)
    circuit.append(Instruction("mystery", 1, 0, []), [0])
    circuit.measure(0, 0)
    return circuit


def _angle_without_a_value() -> QuantumCircuit:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

    circuit = QuantumCircuit(1, 1)
    circuit.rx(Parameter("mystery"), 0)
    circuit.measure(0, 0)
    return circuit


CASES = {
    "a gate that has neither a matrix nor a definition": _unknown_gate,
    "an operation that is no gate": _unknown_operation,
    "a rotation by a parameter without a value": _angle_without_a_value,
}


@on_sound_counts
def what_cannot_be_run_has_no_counts(subject: BackendSubject) -> None:
    """A circuit that nobody could run is refused with a `BackendError`, or fails: it never has counts."""
    for what, make in CASES.items():
        answer = _asked(subject, [make()], what)
        if any(isinstance(result, Counts) for result in answer.results):
            message = f"{what} has counts, {answer.results[0]!r:.80}: nobody can have measured them"
            raise NotConforming(message)


@presupposing(what_cannot_be_run_has_no_counts)
def a_refusal_names_what_was_refused(subject: BackendSubject) -> None:
    """The error or failure of a circuit that cannot be run names the gate or the parameter."""
    for what, make in CASES.items():
        answer = _asked(subject, [make()], what)
        reasons = [answer.refusal, *(one.reason for one in answer.results if isinstance(one, Failure))]
        if not any("mystery" in reason for reason in reasons):
            message = f"{what}, called 'mystery': {' '.join(reasons)!r:.120} does not name it"
            raise NotConforming(message)


@presupposing(what_cannot_be_run_has_no_counts)
def one_circuit_that_cannot_be_run_spoils_no_other(subject: BackendSubject) -> None:
    """A batch with one circuit that cannot be run is refused as a whole, or gives the others their own counts."""
    answer = _asked(subject, [pattern(1, 1), _unknown_gate(), pattern(0, 1)], "a batch with one gate unknown")
    for number, (result, key) in enumerate(zip(answer.results, ("1", "", "0"), strict=False)):
        if isinstance(result, Counts) and not key:
            message = f"circuit {number} cannot be run and has counts: {result!r:.80}"
            raise NotConforming(message)
        if isinstance(result, Counts):
            expect(subject, result, key, f"circuit {number}, beside one that cannot be run,")


@on_sound_counts
def more_qubits_than_there_are_are_refused(subject: BackendSubject) -> None:
    """A circuit with more qubits than the device has, or than a simulator can hold, has no counts made up for it."""
    size = size_of(subject)
    if size is None:
        answer = _asked(subject, [_entangled(_WIDE)], f"{_WIDE} entangled qubits", tuple(range(_WIDE)))
        for result in answer.results:
            if isinstance(result, Counts) and subject.probabilities is None:
                expect(subject, result, "1" * _WIDE, f"{_WIDE} qubits entangled and set apart again")
        return
    answer = _asked(subject, [pattern(0, size + 1)], f"{size + 1} qubits of {size}", tuple(range(size + 1)))
    answer_of_one = _asked(subject, [pattern(0, 1)], f"qubit {size} of {size}", (size,))
    for result, what in [(one, f"{size + 1} qubits") for one in answer.results] + [
        (one, f"qubit {size}") for one in answer_of_one.results
    ]:
        if isinstance(result, Counts):
            message = f"the device has {size} qubits, and a circuit on {what} has counts"
            raise NotConforming(message)


def _entangled(width: int) -> QuantumCircuit:
    """Return a circuit that entangles many qubits, undoes it, and flips all."""
    from qiskit import QuantumCircuit

    tangle = QuantumCircuit(width, width)
    for layer in range(2):
        for qubit in range(width):
            tangle.ry(0.3 + 0.1 * ((qubit + layer) % 7), qubit)
        for qubit in range(width - 1):
            tangle.cx(qubit, qubit + 1)
    whole = tangle.compose(tangle.inverse())
    whole.x(range(width))
    whole.measure(range(width), range(width))
    return whole
