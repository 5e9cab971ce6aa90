"""The same tasks by qiskit-experiments, in an environment of its own; see ``nox -s bench-peers``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from qiskit_experiments.framework import ParallelExperiment
from qiskit_experiments.library import T1
from qiskit_experiments.test import NoisyDelayAerBackend

DELAYS = np.linspace(1, 75_000, 51) * 1e-9


def t1(qubits: int = 1) -> object:
    """T1 of 51 delays on qubits side by side, on its own simulator of relaxing qubits; the table of results."""
    device = NoisyDelayAerBackend([25e-6] * qubits, [30e-6] * qubits)
    alone = [T1((qubit,), DELAYS) for qubit in range(qubits)]
    experiment = alone[0] if qubits == 1 else ParallelExperiment(alone, flatten_results=True)
    data = experiment.run(device, shots=1000).block_for_results()
    return data.analysis_results(dataframe=True)


TASKS: dict[str, Callable[[], object]] = {"t1": t1, "t1_5": lambda: t1(5)}
