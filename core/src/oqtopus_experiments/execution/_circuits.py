"""Circuits of an experiment: one per sweep point, with all targets side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.execution._side_by_side import side_by_side
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
