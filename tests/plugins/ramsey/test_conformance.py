"""Ramsey keeps what the contract promises."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import ExperimentSubject
from oqtopus_experiments.testing.conformance import ExperimentConformance
from oqtopus_experiments_ramsey import Ramsey


class TestRamsey(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=Ramsey(delay_points=12))
