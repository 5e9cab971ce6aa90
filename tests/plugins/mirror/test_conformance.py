"""Mirror benchmarking keeps what the contract promises, on one qubit and on two."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import subjects_of
from oqtopus_experiments.testing.conformance import ExperimentConformance

ONE, TWO = subjects_of("mirror_rb")


class TestOneQubit(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ONE


class TestTwoQubits(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return TWO
