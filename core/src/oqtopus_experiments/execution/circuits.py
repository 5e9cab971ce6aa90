"""Circuits of an experiment: one per sweep point, with all targets side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import PluginError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def build(experiment: Declaration) -> tuple[QuantumCircuit, ...]:
    """
    Return the circuits of the sweep points in order, then those of the references.

    Target t acts on qubits ``t*n .. t*n+n-1`` and classical bits ``t*w .. t*w+w-1``, where w is the width of one
    target, so that qubit i of the circuit is element i of `physical_qubits`.

    Raises:
        PluginError: When a circuit has not ``num_qubits`` qubits or no classical bits, or the signal cannot be read
            from it: an experiment is checked before anything of it is submitted.
    """
    single = [experiment.circuit(**point) for point in experiment.sweep().points()]
    single += experiment.references().values()
    for circuit in single:
        if circuit.num_qubits != experiment.num_qubits or not circuit.num_clbits:
            message = (
                f"{type(experiment).__name__}.circuit must act on {experiment.num_qubits} qubits and measure at least "
                f"one classical bit; it has {circuit.num_qubits} qubits and {circuit.num_clbits} classical bits"
            )
            raise PluginError(message)
        try:
            experiment.signal.values(np.zeros((1, circuit.num_clbits), dtype=bool))
        except ValueError as error:
            message = f"{type(experiment).__name__}: {error}"
            raise PluginError(message) from error
    return tuple(side_by_side(circuit, len(experiment.targets)) for circuit in single)


def physical_qubits(experiment: Declaration) -> tuple[int, ...]:
    """Return the device qubit of each qubit of the circuits."""
    return tuple(qubit for target in experiment.targets for qubit in target)


def side_by_side(circuit: QuantumCircuit, copies: int) -> QuantumCircuit:
    """Return a circuit that holds so many independent copies, copy 0 on the lowest qubits and classical bits."""
    if copies == 1:
        return circuit
    wide = type(circuit)(circuit.num_qubits * copies, circuit.num_clbits * copies, name=circuit.name)
    for copy in range(copies):
        first_qubit, first_bit = copy * circuit.num_qubits, copy * circuit.num_clbits
        wide.compose(
            circuit,
            qubits=range(first_qubit, first_qubit + circuit.num_qubits),
            clbits=range(first_bit, first_bit + circuit.num_clbits),
            inplace=True,
        )
    return wide
