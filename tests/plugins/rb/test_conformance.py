"""Benchmarking keeps what the contract promises, of one and of two qubits."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import ExperimentSubject
from oqtopus_experiments.testing.conformance import ExperimentConformance
from oqtopus_experiments_rb import InterleavedRandomizedBenchmarking, RandomizedBenchmarking


class TestOneQubit(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(
            experiment=RandomizedBenchmarking(max_sequence_length=30, num_lengths=5, num_samples=6),
            truth={"decay_rate": 0.98, "amplitude": 0.46, "asymmetry": 0.01},
        )


class TestTwoQubits(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(
            experiment=RandomizedBenchmarking(num_qubits=2, max_sequence_length=6, num_lengths=3, num_samples=4),
            truth={"decay_rate": 0.9, "amplitude": 0.7, "asymmetry_0": 0.01, "asymmetry_1": 0.015},
        )


class TestInterleaved(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(
            experiment=InterleavedRandomizedBenchmarking(max_sequence_length=30, num_lengths=4, num_samples=6),
            truth={
                "decay_rate": 0.98, "ratio": 0.99, "amplitude": 0.46, "other_amplitude": 0.46, "asymmetry": 0.01,
            },
        )  # fmt: skip
