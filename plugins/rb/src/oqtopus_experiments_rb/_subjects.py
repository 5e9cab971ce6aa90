"""What the experiments are verified with: a few short sequences, as the checks run them hundreds of times."""

from __future__ import annotations

from oqtopus_experiments.testing import ExperimentSubject, Subject
from oqtopus_experiments_rb._interleaved import InterleavedRandomizedBenchmarking
from oqtopus_experiments_rb._simultaneous import SimultaneousRandomizedBenchmarking
from oqtopus_experiments_rb._standard import RandomizedBenchmarking

ONE_QUBIT = ExperimentSubject(
    experiment=RandomizedBenchmarking(max_sequence_length=30, num_lengths=5, num_samples=6),
    truth={"decay_rate": 0.98, "amplitude": 0.46, "asymmetry": 0.01},
)
TWO_QUBITS = ExperimentSubject(
    experiment=RandomizedBenchmarking(num_qubits=2, max_sequence_length=6, num_lengths=3, num_samples=8),
    truth={"decay_rate": 0.9, "amplitude": 0.7, "asymmetry_0": 0.01, "asymmetry_1": 0.015},
)
INTERLEAVED = ExperimentSubject(
    experiment=InterleavedRandomizedBenchmarking(max_sequence_length=30, num_lengths=4, num_samples=6),
    truth={"decay_rate": 0.98, "ratio": 0.99, "amplitude": 0.46, "other_amplitude": 0.46, "asymmetry": 0.01},
)
SIMULTANEOUS = ExperimentSubject(
    experiment=SimultaneousRandomizedBenchmarking(max_sequence_length=12, num_lengths=3, num_samples=4),
    shots=300,
    deviations={
        "on_a_perfect_device_the_model_describes_the_circuits": "the check runs the circuits of the first target on "
        "all, but targets are driven in different turns; those of the first turn are described"
    },
)
SUBJECTS: list[Subject] = [ONE_QUBIT, TWO_QUBITS, INTERLEAVED, SIMULTANEOUS]
