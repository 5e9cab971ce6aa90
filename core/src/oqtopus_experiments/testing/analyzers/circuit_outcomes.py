"""What the circuits of an experiment without a model would read on a device without noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.plugins._experiment_calls import circuit_at, references_of, sweep_of, wants_target
from oqtopus_experiments.testing.check import NotApplicable
from oqtopus_experiments.testing.noiseless import without_noise

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

MOST_QUBITS = 10


def outcome_probabilities(experiment: Declaration) -> list[NDArray[np.float64]]:
    """
    Return the outcome probabilities of each circuit, the references last; bit j of an index is classical bit j.

    Raises:
        NotApplicable: Where each target has circuits of its own, or they are too wide.
    """
    if wants_target(experiment) or experiment.num_qubits > MOST_QUBITS:
        why = "has circuits for each target" if wants_target(experiment) else "has too many qubits"
        message = f"{experiment.name!r} has no model and {why}: give the subject an experiment with a model"
        raise NotApplicable(message)
    circuits = [circuit_at(experiment, point) for point in sweep_of(experiment).points()]
    return [_probabilities(circuit) for circuit in (*circuits, *references_of(experiment).values())]


def _probabilities(circuit: QuantumCircuit) -> NDArray[np.float64]:
    from qiskit import QuantumCircuit

    if not isinstance(circuit, QuantumCircuit):
        message = "its circuits are not those of Qiskit: give the subject an experiment with a model"
        raise NotApplicable(message)
    return without_noise(circuit)
