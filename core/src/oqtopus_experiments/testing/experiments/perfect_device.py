"""Counts of a device without noise: from the state vectors of circuits that are gates, then measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import UnsupportedOperationError
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.plugins._experiment_calls import references_of, sweep_of
from oqtopus_experiments.simulation import PartProbabilities, joint, marginal, read
from oqtopus_experiments.testing.check import NotApplicable

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

WIDEST = 10
"""Qubits of one target whose state is written out."""


def probabilities(circuit: QuantumCircuit, *, entangling: bool = True) -> NDArray[np.float64]:
    """
    Return the outcome probabilities of a circuit, shape (2**classical bits,), bit j of the index being classical bit j.

    Args:
        circuit: Gates, then measurements.
        entangling: Whether gates on two qubits and more are there at all: without them only product states are.

    Raises:
        NotApplicable: When it is too wide, or more than gates and measurements.
    """
    from qiskit import QuantumCircuit as Circuit
    from qiskit.quantum_info import Statevector

    try:
        program = read(circuit)
    except UnsupportedOperationError as error:
        raise NotApplicable(str(error)) from error
    if program.dynamic or program.num_qubits > WIDEST:
        why = program.dynamic or f"{program.num_qubits} qubits"
        message = f"the state of a circuit with {why} is not written out"
        raise NotApplicable(message)
    gates = Circuit(program.num_qubits)
    for step in program.steps:
        if step.name in ("measure", "barrier", "delay") or (len(step.qubits) > 1 and not entangling):
            continue
        gates.append(step.operation, step.qubits)
    everything = np.asarray(Statevector(gates).probabilities(), dtype=float)
    bits = sorted(program.measured)
    part = PartProbabilities(tuple(bits), marginal(everything, [program.measured[bit] for bit in bits]))
    return joint([part], program.num_clbits)


def all_probabilities(experiment: Declaration, *, entangling: bool = True) -> list[NDArray[np.float64]]:
    """Return those of the first target at each point, then at each reference; raises as `probabilities`."""
    circuits = [copies_at(experiment, point)[0] for point in sweep_of(experiment).points()]
    circuits += references_of(experiment).values()
    return [probabilities(circuit, entangling=entangling) for circuit in circuits]
