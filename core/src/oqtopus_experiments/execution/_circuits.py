"""Circuits of an experiment: one per sweep point, with all targets side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.execution._sound_circuits import Point, check_copies, check_unchanged, size
from oqtopus_experiments.plugins._experiment_calls import (
    circuit_at,
    references_of,
    signals_of,
    sweep_of,
    wants_target,
)

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def build(experiment: Declaration) -> tuple[QuantumCircuit, ...]:
    """
    Return the circuits of the sweep points in order, then those of the references.

    Target t acts on qubits ``t*n .. t*n+n-1`` and classical bits ``t*w .. t*w+w-1``, where w is the width of one
    target, so that qubit i of the circuit is element i of `physical_qubits`.

    Raises:
        PluginFault: When its code fails, a circuit has not ``num_qubits`` qubits or measures nothing, or the signal
            cannot be read from it: an experiment is checked before anything of it is submitted.
    """
    sweep, references = sweep_of(experiment), references_of(experiment)
    signals = signals_of(experiment, sweep, tuple(references))
    points = sweep.points()
    copies, sizes = [], []
    for arguments in points:
        copies.append(copies_at(experiment, arguments))
        sizes.append(sum(map(size, copies[-1])))
    check_unchanged(experiment, copies, sizes)
    copies += [[circuit] for circuit in references.values()]
    places: list[Point | str] = [*points, *references]
    known = set[tuple[int, int]]()
    for index, (own, point) in enumerate(zip(copies, places, strict=True)):
        check_copies(experiment, own, signals, index, point, known)
    return tuple(side_by_side(own, len(experiment.targets)) for own in copies)


def copies_at(experiment: Declaration, point: Mapping[str, Any]) -> list[QuantumCircuit]:
    """Return the circuits of one point: one that all targets share, or one per target where it is asked for."""
    if not wants_target(experiment):
        return [circuit_at(experiment, point)]
    return [circuit_at(experiment, point, target) for target in experiment.targets]


def physical_qubits(experiment: Declaration) -> tuple[int, ...]:
    """Return the device qubit of each qubit of the circuits."""
    return tuple(qubit for target in experiment.targets for qubit in target)


def side_by_side(copies: Sequence[QuantumCircuit], targets: int) -> QuantumCircuit:
    """
    Return a circuit that holds one copy per target, copy 0 on the lowest qubits and classical bits.

    Args:
        copies: One circuit that all targets share, or one per target. Those that differ are aligned at their final
            measurements: what is shorter begins later, so that no qubit waits before it is read.
        targets: How many copies there are.
    """
    if targets == 1:
        return copies[0]
    first = copies[0]
    wide = type(first)(first.num_qubits * targets, first.num_clbits * targets, name=first.name)
    if len(copies) == 1:
        _place_all(wide, first, targets)
        return wide
    split = [_without_final_measurements(circuit) for circuit in copies]
    for target, (body, _) in enumerate(split):
        _place(wide, body, target)
    wide.barrier()
    for target, (_, measurements) in enumerate(split):
        _place(wide, measurements, target)
    return wide


def _place_all(wide: QuantumCircuit, circuit: QuantumCircuit, copies: int) -> None:
    """Put so many copies of a circuit side by side: at once where none of its operations holds another circuit."""
    from qiskit.circuit import CircuitInstruction

    if circuit.parameters or circuit.global_phase or any(step.is_control_flow() for step in circuit.data):
        for copy in range(copies):
            _place(wide, circuit, copy)
        return
    qubits, clbits = wide.qubits, wide.clbits
    steps = [
        (
            step.operation,
            [circuit.find_bit(qubit).index for qubit in step.qubits],
            [circuit.find_bit(clbit).index for clbit in step.clbits],
        )
        for step in circuit.data
    ]
    for copy in range(copies):
        here, there = copy * circuit.num_qubits, copy * circuit.num_clbits
        for operation, on, into in steps:
            # What `compose` and `append` look up for each operation costs more than everything else of a wide circuit.
            placed = CircuitInstruction(operation, [qubits[here + i] for i in on], [clbits[there + i] for i in into])
            wide._append(placed)  # noqa: SLF001  # what Qiskit documents for libraries that know their operations


def _place(wide: QuantumCircuit, circuit: QuantumCircuit, target: int) -> None:
    qubit, bit = target * circuit.num_qubits, target * circuit.num_clbits
    wide.compose(
        circuit,
        qubits=range(qubit, qubit + circuit.num_qubits),
        clbits=range(bit, bit + circuit.num_clbits),
        inplace=True,
    )


def _without_final_measurements(circuit: QuantumCircuit) -> tuple[QuantumCircuit, QuantumCircuit]:
    """Return a circuit up to its final measurements, and those: each is the last operation of its qubit and its bit."""
    last: dict[Any, int] = {}
    for number, instruction in enumerate(circuit.data):
        if instruction.operation.name != "barrier":
            last |= dict.fromkeys((*instruction.qubits, *instruction.clbits), number)
    final = {
        number
        for number, instruction in enumerate(circuit.data)
        if instruction.operation.name == "measure"
        and all(last[bit] == number for bit in (*instruction.qubits, *instruction.clbits))
    }
    body, measurements = circuit.copy_empty_like(), circuit.copy_empty_like()
    for number, instruction in enumerate(circuit.data):
        (measurements if number in final else body).append(instruction)
    return body, measurements
