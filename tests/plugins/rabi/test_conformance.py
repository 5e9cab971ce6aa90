"""Rabi keeps what the contract promises, with either pulse."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import ExperimentSubject
from oqtopus_experiments.testing.conformance import ExperimentConformance
from oqtopus_experiments_rabi import Rabi


class TestAngle(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=Rabi())


class TestNumberOfPulses(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=Rabi(pulse="sx"))
