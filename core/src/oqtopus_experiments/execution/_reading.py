"""Which qubit each classical bit of an experiment is read from: its circuits say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.errors import CalibrationError
from oqtopus_experiments.execution._sound_circuits import is_of_qiskit
from oqtopus_experiments.plugins._experiment_calls import circuit_at, sweep_of, wants_target

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def sources(circuit: QuantumCircuit) -> tuple[int | None, ...]:
    """
    Return the qubit that the value of each classical bit comes from; None where it is no measurement that wrote it.

    What is measured into a bit last is what is read from it. A circuit that is not one of Qiskit, of which core knows
    its widths only, reads its qubits in order.
    """
    if not is_of_qiskit(circuit):
        return tuple(bit if bit < circuit.num_qubits else None for bit in range(circuit.num_clbits))
    found: dict[int, int | None] = {}
    for step in reversed(circuit.data):
        for bit in step.clbits:
            measured = circuit.find_bit(step.qubits[0]).index if step.operation.name == "measure" else None
            found.setdefault(circuit.find_bit(bit).index, measured)
        if len(found) == circuit.num_clbits:
            break
    return tuple(found.get(bit) for bit in range(circuit.num_clbits))


def read_qubits(experiment: Declaration) -> tuple[Target, ...]:
    """
    Return for each target the physical qubit that each of its classical bits is read from.

    The first circuit says it for all: that they agree is seen before anything is submitted (`check_reading`).

    Raises:
        CalibrationError: When a bit is not read from a qubit, or two bits from one.
        PluginFault: When the code of the experiment fails.
    """
    first = sweep_of(experiment).points()[0]
    circuit = circuit_at(experiment, first, experiment.targets[0] if wants_target(experiment) else None)
    places = _sound(sources(circuit), "its first circuit")
    return tuple(tuple(target[place] for place in places) for target in experiment.targets)


def check_reading(experiment: Declaration, batch: Batch) -> None:
    """
    See whether every circuit says which qubit each bit is read from, and all of all targets the same.

    Raises:
        CalibrationError: When one does not: which, and what it reads.
    """
    known: tuple[int, ...] | None = None
    for index, circuit in enumerate(batch.circuits):
        for target, read in enumerate(_of_targets(circuit, experiment)):
            which = f"circuit {index} of target {target}"
            places = _sound(read, which)
            known = places if known is None else known
            if places != known:
                message = f"{which} reads qubits {_told(places)} where others read {_told(known)}"
                raise CalibrationError(message)


def _of_targets(circuit: QuantumCircuit, experiment: Declaration) -> Iterator[tuple[int | None, ...]]:
    """Yield what each target side by side reads, its own qubits counted from 0."""
    found, copies, width = sources(circuit), len(experiment.targets), experiment.num_qubits
    bits = len(found) // copies
    for target in range(copies):
        own = found[target * bits : (target + 1) * bits]
        yield tuple(None if place is None else place - target * width for place in own)


def _sound(read: tuple[int | None, ...], which: str) -> tuple[int, ...]:
    places = tuple(place for place in read if place is not None)
    if len(places) < len(read):
        message = f"bit {read.index(None)} of {which} is not read from a qubit"
        raise CalibrationError(message)
    if len(set(places)) < len(places):
        message = f"{which} reads one qubit into two bits: {_told(places)}"
        raise CalibrationError(message)
    return places


def _told(places: tuple[int, ...]) -> str:
    return ", ".join(map(str, places))
