"""Benchmarking keeps what the contract promises, of one and of two qubits."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing.conformance import ExperimentConformance
from oqtopus_experiments_rb import _subjects


class TestOneQubit(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return _subjects.ONE_QUBIT


class TestTwoQubits(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return _subjects.TWO_QUBITS


class TestInterleaved(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return _subjects.INTERLEAVED


class TestSimultaneous(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return _subjects.SIMULTANEOUS
