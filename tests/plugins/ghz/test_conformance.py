"""Both experiments keep what the contract promises."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import ExperimentSubject
from oqtopus_experiments.testing.conformance import ExperimentConformance
from oqtopus_experiments_ghz import GHZ, ParityOscillation


class TestGhz(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=GHZ())


class TestParityOscillation(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=ParityOscillation(num_qubits=3))
